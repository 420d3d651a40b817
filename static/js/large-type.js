// The large-type switch without a reload; the cookie is the same one that the link sets by itself.
export function largeType(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-large-type]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const on = document.documentElement.classList.toggle("large-type");
    document.cookie = `large_type=${on ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
    link.querySelector("[data-words]").textContent = on ? "标准字号" : "大字版";
    const url = new URL(link.href);
    url.searchParams.set("on", on ? "0" : "1");
    link.href = url;
  });
}

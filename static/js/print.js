// <button data-print hidden>: shown only where it can work. data-print="now" on the page's <main> prints at once.
export function printButtons(root) {
  for (const button of root.querySelectorAll("[data-print]")) button.hidden = false;
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]:is(button, a)")) {
      event.preventDefault();
      window.print();
    }
  });
  if (root.querySelector("main [data-print=now]")) addEventListener("load", () => window.print(), { once: true });
}

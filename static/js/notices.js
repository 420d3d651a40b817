// Notice strips: errors stay until read, the others leave after six seconds unless pointed at. A failed
// htmx request says that nothing is lost.
const STAY_MS = 6000;

function tend(strip) {
  const close = strip.querySelector("[data-dismiss]");
  if (close) {
    close.hidden = false;
    close.addEventListener("click", () => strip.remove());
  }
  if (strip.dataset.notice === "late" || strip.dataset.notice === "soon" || strip.dataset.tended) return;
  strip.dataset.tended = "1";
  let timer = 0;
  const leave = () => { timer = setTimeout(() => strip.remove(), STAY_MS); };
  const stay = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) strip.addEventListener(name, stay);
  for (const name of ["mouseleave", "focusout"]) strip.addEventListener(name, leave);
  leave();
}

function say(words) {
  const strip = document.createElement("div");
  strip.className = "notice-strip tone-late";
  strip.setAttribute("role", "alert");
  strip.dataset.notice = "late";
  const text = document.createElement("span");
  text.className = "words";
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet btn-sm";
  close.dataset.dismiss = "";
  close.textContent = "知道了";
  strip.append(text, close);
  document.getElementById("notices")?.replaceChildren(strip);
}

export function notices(root) {
  const region = root.getElementById("notices");
  if (!region) return;
  const all = () => region.querySelectorAll(".notice-strip").forEach((s) => s.dataset.tended || tend(s));
  all();
  new MutationObserver(all).observe(region, { childList: true });
  root.querySelector("[data-focus]")?.focus();
  root.addEventListener("htmx:sendError", () => say("网络中断，内容已保存在本机，恢复后请再按一次提交。"));
  root.addEventListener("htmx:timeout", () => say("等待时间太长，还没有办成。内容都在，请再按一次。"));
}

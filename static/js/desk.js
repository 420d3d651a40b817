// The desk: a preview beside a wide list, an act's form over the case page, quick picks, ticked rows.
// Everything here is a plain link or form without it.
const WIDE = "(min-width: 1200px)";

function preview(link) {
  const pane = document.getElementById("preview");
  if (!pane || !window.htmx || !matchMedia(WIDE).matches) return false;
  if (link.hasAttribute("data-previewed")) return false; // a second press opens the case
  document.querySelectorAll("[data-previewed]").forEach((other) => {
    other.removeAttribute("data-previewed");
    other.closest("tr")?.removeAttribute("data-here");
  });
  link.setAttribute("data-previewed", "");
  link.closest("tr")?.setAttribute("data-here", "");
  pane.hidden = false;
  window.htmx.ajax("GET", link.dataset.preview, { target: pane, swap: "innerHTML" });
  return true;
}

function openAct(url) {
  const dialog = document.getElementById("act-dialog");
  const body = document.getElementById("act-dialog-body");
  if (!dialog?.showModal || !window.htmx) return false;
  body.replaceChildren();
  window.htmx.ajax("GET", url, { target: body, swap: "innerHTML" }).then(() => {
    if (!body.childElementCount) return;
    if (!dialog.open) dialog.showModal();
    body.querySelector("[autofocus], textarea, select, input:not([type=hidden])")?.focus();
  });
  return true;
}

function pick(button) {
  const group = button.closest("[data-picks-for]");
  const text = document.getElementById(group.dataset.picksFor);
  text.value = text.value.trim() ? `${text.value.trim()}\n${button.textContent}` : button.textContent;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

function wake(root) {
  root.querySelectorAll?.("[data-picks-for], [data-scripted]").forEach((hidden) => { hidden.hidden = false; });
}

function tally() {
  const form = document.querySelector("form[data-bulk]");
  const words = form?.querySelector("[data-ticked]");
  if (!words) return;
  const n = form.querySelectorAll("input[name=number]:checked").length;
  words.textContent = n ? `已选 ${n} 件` : "";
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const row = event.target.closest("a[data-preview]");
  if (row && preview(row)) event.preventDefault();
  const act = event.target.closest("[data-act]");
  if (act && openAct(act.dataset.act)) event.preventDefault();
  const quick = event.target.closest("[data-pick]");
  if (quick) pick(quick);
  if (event.target.closest("dialog [data-dialog-close]")) event.preventDefault();
});
document.addEventListener("change", (event) => { if (event.target.name === "number") tally(); });
document.addEventListener("htmx:load", (event) => wake(event.target));
// Errors inside the dialog are announced where they stand.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.closest?.("dialog")) event.target.querySelector("[data-focus], [role=alert]")?.focus();
});
wake(document);
tally();

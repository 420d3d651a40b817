// Which paper the printer at this counter takes is remembered; app.js opens the dialog.
const KEY = "counter-paper";

function use(paper) {
  document.documentElement.dataset.paper = paper;
  try { localStorage.setItem(KEY, paper); } catch { /* private window */ }
}

let last = "a5";
try { last = localStorage.getItem(KEY) || "a5"; } catch { /* private window */ }
document.documentElement.dataset.paper = last;
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-paper]");
  if (button) use(button.dataset.paper);
}, true);
document.querySelector("[data-next]")?.focus();

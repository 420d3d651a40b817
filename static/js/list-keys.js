// Tables with data-list-keys: j and k walk the rows, Enter opens the row's link, a press anywhere in a
// row with data-href does too. Keys are left alone while somebody types.
const typing = (e) => e.closest("input, textarea, select, [contenteditable], dialog");

function rowsOf(table) {
  return [...table.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a[href]"));
}

function move(table, step) {
  const rows = rowsOf(table);
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.hasAttribute("data-here"));
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
  rows[here]?.removeAttribute("data-here");
  next.setAttribute("data-here", "");
  next.querySelector("a[href]").focus();
  next.scrollIntoView({ block: "nearest" });
}

export function listKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const table = root.querySelector("table[data-list-keys]");
    if (!table || !["j", "k"].includes(event.key)) return;
    event.preventDefault();
    move(table, event.key === "j" ? 1 : -1);
  });
  root.addEventListener("click", (event) => {
    const row = event.target.closest("table[data-list-keys] tbody tr");
    if (!row || event.target.closest("a, button, input, label, select, summary") || getSelection().toString()) return;
    row.querySelector("a[href]")?.click();
  });
}

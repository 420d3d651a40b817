// How many signs a text has and how many it may have: under every textarea with data-count (its limit), and under those
// with a maxlength once four fifths are used, or always where the limit is long. maxlength itself is taken away: it
// would cut a pasted text short without a word, while the server says what is too long and keeps all of it.
const LONG = 10_000;
const FROM = 0.8;

const said = (n) => n.toLocaleString("zh-CN");
const lengthOf = (text) => [...text.trim()].length;

// The sentence for a text longer than the server takes; empty when it fits.
export function tooMuch(area) {
  const have = lengthOf(area.value);
  const most = Number(area.dataset.count) || Infinity;
  if (have > most) return `现在有 ${said(have)} 字，最多 ${said(most)} 字。请精简，或把详细材料作为附件上传。`;
  const lines = area.value.split("\n").map(lengthOf).filter(Boolean);
  const mostLines = Number(area.dataset.mostLines) || Infinity;
  const longest = Number(area.dataset.lineMost) || Infinity;
  if (lines.length > mostLines) return `现在有 ${lines.length} 条，最多写 ${mostLines} 条，请合并几条。`;
  const long = lines.findIndex((length) => length > longest);
  if (long >= 0) return `第 ${long + 1} 条有 ${said(lines[long])} 字，每条最多 ${said(longest)} 字，请缩短或分成几行。`;
  return "";
}

function count(area) {
  const always = "count" in area.dataset || area.maxLength >= LONG;
  area.dataset.count ??= area.maxLength;
  area.removeAttribute("maxlength");
  const most = Number(area.dataset.count);
  const line = document.createElement("div");
  line.className = "form-text counted figures";
  line.id = `${area.id}_counted`;
  area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
  area.after(line);
  const tell = () => {
    const have = lengthOf(area.value);
    line.hidden = !always && have < most * FROM;
    line.textContent = `${said(have)} / ${said(most)} 字${have > most ? `，多了 ${said(have - most)} 字` : ""}`;
    line.classList.toggle("over", have > most);
  };
  for (const name of ["input", "draft:filled"]) area.addEventListener(name, tell);
  tell();
}

export function counts(root) {
  for (const area of root.querySelectorAll("textarea[data-count], textarea[maxlength]")) {
    if (area.dataset.countOn || area.readOnly || "countInto" in area.dataset) continue;
    area.dataset.countOn = "1";
    count(area);
  }
}

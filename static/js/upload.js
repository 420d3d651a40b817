// [data-upload]: lists the chosen files and says at once what the server would refuse by size or number.
// What a file really is, only the server judges.
const MB = 1024 * 1024;
const sizeText = (n) => (n >= MB ? `${(n / MB).toFixed(1)} MB` : `${Math.max(Math.round(n / 1024), 1)} KB`);

function problemOf(files, box) {
  const most = Number(box.dataset.maxFiles || 10);
  const each = Number(box.dataset.maxFileMb || 20);
  const all = Number(box.dataset.maxTotalMb || 50);
  if (files.length > most) return `一次最多传 ${most} 个文件，您选了 ${files.length} 个，请去掉几个。`;
  const big = files.find((f) => f.size > each * MB);
  if (big) return `文件“${big.name}”有 ${sizeText(big.size)}，超过每个 ${each} MB 的上限，请压缩或分开后再传。`;
  const empty = files.find((f) => f.size === 0);
  if (empty) return `文件“${empty.name}”是空的，请重新选择。`;
  const total = files.reduce((sum, f) => sum + f.size, 0);
  return total > all * MB ? `全部文件共 ${sizeText(total)}，超过 ${all} MB 的上限，请分几次传。` : "";
}

function show(box, input) {
  const list = box.querySelector(".upload-list");
  const files = [...input.files];
  list.replaceChildren(...files.map((file, place) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = `${file.name}（${sizeText(file.size)}）`;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn btn-quiet btn-sm";
    drop.textContent = "去掉";
    drop.setAttribute("aria-label", `去掉 ${file.name}`);
    drop.addEventListener("click", () => {
      const rest = new DataTransfer();
      files.forEach((f, i) => { if (i !== place) rest.items.add(f); });
      input.files = rest.files;
      show(box, input);
      input.focus();
    });
    line.append(name, drop);
    return line;
  }));
  const problem = problemOf(files, box);
  box.querySelector(".upload-problem").textContent = problem;
  input.setCustomValidity(problem);
}

export function uploads(root) {
  for (const box of root.querySelectorAll("[data-upload]")) {
    const input = box.querySelector("input[type=file]");
    if (!input || box.dataset.uploadOn) continue;
    box.dataset.uploadOn = "1";
    input.addEventListener("change", () => show(box, input));
  }
}

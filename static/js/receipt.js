// [data-save-image="name"]: the receipt drawn on a canvas and saved as a picture, for phones without a printer.
// Drawn here and nowhere sent: the query code leaves this page only with its owner.
const WIDTH = 720;
const PAD = 48;
const SANS = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

function linesOf(receipt) {
  return [...receipt.querySelectorAll("[data-line], .promises li")].map((e) => ({
    text: e.matches("li") ? [...e.children].map((part) => part.innerText.trim()).join("  ") : e.innerText.trim(),
    size: e.dataset.line === "big" ? 44 : e.tagName === "H1" ? 36 : e.tagName === "H2" ? 30 : 24,
    bold: e.dataset.line === "big" || /^H\d$/.test(e.tagName),
  }));
}

function wrapped(pen, text) {
  const lines = [""];
  for (const char of text) {
    if (pen.measureText(lines.at(-1) + char).width > WIDTH - 2 * PAD) lines.push("");
    lines[lines.length - 1] += char;
  }
  return lines;
}

function draw(receipt) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const rows = linesOf(receipt).flatMap((line) => {
    const font = `${line.bold ? 700 : 400} ${line.size}px ${SANS}`;
    pen.font = font;
    return wrapped(pen, line.text).map((text) => ({ text, font, height: line.size * 1.55 }));
  });
  const qr = receipt.querySelector("[data-qr]");
  const side = 240;
  canvas.width = WIDTH;
  canvas.height = 2 * PAD + rows.reduce((sum, row) => sum + row.height, 0) + side + 24;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#1f2933";
  let y = PAD;
  for (const row of rows) {
    pen.font = row.font;
    y += row.height;
    pen.fillText(row.text, PAD, y - row.height * 0.3);
  }
  if (qr?.complete) pen.drawImage(qr, (WIDTH - side) / 2, y + 24, side, side);
  return canvas;
}

for (const button of document.querySelectorAll("[data-save-image]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    draw(document.querySelector("[data-receipt]")).toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${button.dataset.saveImage}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  });
}

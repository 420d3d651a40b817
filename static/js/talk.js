// The record of a talk. form[data-send-when-there]: before it is sent the server is asked whether it is there, so that
// without a network nothing leaves the page and no word is lost (draft.js keeps them); the form's token makes sending
// again the same sending. [data-signature="id of a file input"]: what is drawn goes as a picture into that input.
const WAIT_MS = 8000;
const OFFLINE = "网络断了，没有发出。写下的内容已保存在本机，网络恢复后请再按一次保存。";
const LOGGED_OUT = "登录已过期，没有发出。请在另一个窗口登录，再回到这里按一次保存。";

async function serverAnswers(address) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS);
  try {
    const answer = await fetch(address, { method: "HEAD", cache: "no-store", signal: stop.signal });
    return answer.redirected ? LOGGED_OUT : "";
  } catch {
    return OFFLINE;
  } finally {
    clearTimeout(timer);
  }
}

function say(form, words) {
  const line = form.querySelector(".offline-note");
  line.textContent = words;
  line.hidden = !words;
  if (words) line.scrollIntoView({ block: "center" });
}

function sendWhenThere(form) {
  let asking = false;
  let goes = false;
  form.addEventListener("submit", async (event) => {
    if (goes) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    const why = await serverAnswers(location.pathname + location.search);
    asking = false;
    say(form, why);
    if (why) return;
    goes = true;
    form.requestSubmit(event.submitter ?? undefined);
    goes = false;
  });
  addEventListener("online", () => {
    if (!form.querySelector(".offline-note").hidden) say(form, "网络恢复了，请再按一次保存。");
  });
}

function signature(box) {
  const input = document.getElementById(box.dataset.signature);
  const canvas = box.querySelector("canvas");
  const said = box.querySelector("[data-signature-said]");
  const pen = canvas.getContext("2d");
  const own = "签名.png";
  let drawing = false;
  if (!input || !window.DataTransfer) return;
  box.hidden = false;
  const blank = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height); };
  const at = (event) => {
    const area = canvas.getBoundingClientRect();
    return [(event.clientX - area.left) * canvas.width / area.width, (event.clientY - area.top) * canvas.height / area.height];
  };
  const put = (file) => {
    const all = new DataTransfer();
    for (const one of input.files) if (one.name !== own) all.items.add(one);
    if (file) all.items.add(file);
    input.files = all.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    said.textContent = file ? "已签名，保存时一并提交。" : "";
  };
  blank();
  Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  const end = () => {
    if (!drawing) return;
    drawing = false;
    canvas.toBlob((blob) => blob && put(new File([blob], own, { type: "image/png" })), "image/png");
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  box.querySelector("[data-signature-clear]").addEventListener("click", () => { blank(); put(null); });
}

// What was kept and put back is not left out of sight.
function openFilled(form) {
  for (const part of form.querySelectorAll("details:not([open])")) {
    part.open = [...part.querySelectorAll("input:not([type=checkbox]):not([type=hidden]), textarea")].some((field) => field.value);
  }
}

for (const form of document.querySelectorAll("form[data-draft-token]")) {
  openFilled(form);
  form.addEventListener("draft:filled", () => openFilled(form));
}
document.querySelectorAll("form[data-send-when-there]").forEach(sendWhenThere);
document.querySelectorAll("[data-signature]").forEach(signature);

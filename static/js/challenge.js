// A sum that a busy address is asked for (core/challenge.py). A worker finds it, so that the page stays quick; without
// workers the words about waiting stay on the page, and waiting opens the gate as well.
function solve(box) {
  const question = JSON.parse(box.dataset.challenge);
  const words = box.querySelector("[role=status]");
  const form = box.closest("form");
  let pressed = null;
  let done = false;
  const hold = (event) => {
    if (done) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event.submitter || form.querySelector("[type=submit]");
    words.textContent = box.dataset.waiting;
  };
  const giveUp = () => {
    done = true;
    words.textContent = words.dataset.plain;
  };
  words.dataset.plain = words.textContent;
  words.textContent = box.dataset.working;
  form.addEventListener("submit", hold, true);
  const worker = new Worker(box.dataset.worker);
  worker.addEventListener("error", giveUp);
  worker.addEventListener("message", ({ data }) => {
    worker.terminate();
    if (data.number === null) return giveUp();
    done = true;
    const { algorithm, challenge, salt, signature } = question;
    const answer = { algorithm, challenge, number: data.number, salt, signature, took: data.took };
    box.querySelector("[name=challenge_solved]").value = btoa(JSON.stringify(answer));
    box.classList.add("is-done");
    words.textContent = box.dataset.done;
    if (pressed) form.requestSubmit(pressed);
  });
  worker.postMessage({ hash: box.dataset.hash, ...question });
}

if (typeof Worker === "function") document.querySelectorAll("[data-challenge]").forEach(solve);

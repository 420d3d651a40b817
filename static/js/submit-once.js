// A second press of the same submit button does nothing until the page answers. The server holds the
// real rule (a token per form); this only spares people the question whether it worked.
const WAIT_MS = 30000;

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[data-was-enabled]")) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("data-was-enabled");
    if (button.dataset.words) button.textContent = button.dataset.words;
    delete button.dataset.words;
  }
}

export function submitOnce(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if ((form.getAttribute("method") || "get").toLowerCase() !== "post") return;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.defaultPrevented) return;
    form.dataset.sending = "1";
    const button = event.submitter;
    if (button) {
      // aria-disabled, not disabled: a disabled button would not send its name and value.
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("data-was-enabled", "");
      if (button.childElementCount === 0) {
        button.dataset.words = button.textContent;
        button.textContent = button.dataset.sendingWords || "正在提交…";
      }
    }
    setTimeout(() => release(form), WAIT_MS);
  });
  root.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  // Back from the next page: the browser shows this one as it was, buttons asleep.
  addEventListener("pageshow", () => root.querySelectorAll("form[data-sending]").forEach(release));
}

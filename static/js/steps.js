// <form data-steps> with <fieldset data-step="name">: one fieldset at a time, the rest of the form stays in the page,
// so going back never loses a word and the phone's own back key goes one step back. Without this script the form is
// one page. Also here: notes that belong to one choice (data-shown-for).
import { tooMuch } from "./count.js";

function valueOf(field) {
  if (field.type === "file") return [...field.files].map((f) => f.name).join("\n");
  if (field.type === "checkbox") return field.checked ? "是" : "";
  if (field.type === "radio") return field.checked ? labelOf(field) : "";
  if (field.tagName === "SELECT") {
    const option = field.selectedOptions[0];
    return option?.value ? [option.dataset.path, option.textContent.trim()].filter(Boolean).join(" ") : "";
  }
  return field.value.trim();
}

function labelOf(field) {
  const label = field.labels?.[0] || field.closest(".field")?.querySelector(".form-label");
  return (label?.textContent || "").trim();
}

function nameOf(field) {
  const words = field.type === "radio" ? field.closest("fieldset").querySelector("legend").textContent
    : field.tagName === "SELECT" ? field.closest(".field").querySelector(".form-label").textContent : labelOf(field);
  return words.replace(/[(（].*[)）]/, "").trim();
}

// What the server would refuse of one line: a telephone number that lacks figures, a number that is none or too small.
function isWrong(field) {
  const least = Number(field.dataset.leastDigits);
  if (least) return field.value.trim() !== "" && (field.value.match(/\p{Nd}/gu) ?? []).length < least;
  return !field.validity.valid;
}

class Steps {
  constructor(form) {
    this.form = form;
    this.steps = [...form.querySelectorAll("fieldset[data-step]")];
    this.list = form.querySelector("[data-step-list]");
    this.acts = form.querySelector("[data-step-acts]");
    this.back = form.querySelector("[data-step-back]");
    this.next = form.querySelector("[data-step-next]");
    this.review = form.querySelector("[data-review]");
    this.submit = form.querySelector("button[type=submit]");
    this.acts.append(this.submit);
    this.list.replaceChildren(...this.steps.map((step) => {
      const line = document.createElement("li");
      line.textContent = step.dataset.step;
      return line;
    }));
    this.list.hidden = this.acts.hidden = false;
    form.classList.add("js-steps");
    this.next.addEventListener("click", () => this.forward());
    this.back.addEventListener("click", () => history.back());
    form.addEventListener("submit", (event) => this.guard(event), true);
    form.addEventListener("keydown", (event) => this.enter(event));
    addEventListener("popstate", (event) => this.show(event.state?.step ?? 0, true));
    for (const link of document.querySelectorAll(".form-errors a")) {
      link.addEventListener("click", (event) => this.toField(event, link.hash.slice(1)));
    }
    const wrong = this.steps.findIndex((step) => step.querySelector("[aria-invalid=true], .is-invalid, .invalid-feedback.d-block"));
    history.replaceState({ step: 0 }, "");
    this.show(0, false);
    for (let n = 1; n <= wrong; n += 1) this.go(n, false);
  }

  go(n, moved = true) {
    history.pushState({ step: n }, "");
    this.show(n, moved);
  }

  show(n, moved) {
    this.at = Math.min(Math.max(n, 0), this.steps.length - 1);
    this.steps.forEach((step, i) => step.classList.toggle("now", i === this.at));
    [...this.list.children].forEach((line, i) => {
      line.classList.toggle("past", i < this.at);
      if (i === this.at) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    });
    this.back.hidden = this.at === 0;
    const last = this.at === this.steps.length - 1;
    this.next.hidden = last;
    this.submit.hidden = !last;
    if (last) this.fillReview();
    if (moved) {
      scrollTo(0, 0);
      this.steps[this.at].querySelector("legend").focus({ preventScroll: true });
    }
  }

  forward() {
    if (!this.isFine(this.at)) return;
    this.go(this.at + 1);
  }

  // Only what the server would surely refuse: nothing written at all, too much of it, a
  // telephone number or a number that cannot be one, or files it cannot take.
  isFine(n) {
    const body = this.form.elements.body;
    if (this.steps[n].contains(body)) {
      body.setCustomValidity(body.value.trim() ? "" : "请写下要反映的事情，一句话也可以。");
      if (!body.reportValidity()) return false;
    }
    for (const area of this.steps[n].querySelectorAll("textarea[data-count], textarea[data-most-lines]")) {
      if (area !== body || area.value.trim()) area.setCustomValidity(tooMuch(area));
      if (!area.reportValidity()) return false;
    }
    for (const field of this.steps[n].querySelectorAll("input[data-problem]")) {
      field.setCustomValidity("");
      if (isWrong(field)) field.setCustomValidity(field.dataset.problem);
      if (!field.reportValidity()) return false;
    }
    const files = this.steps[n].querySelector("input[type=file]");
    return !files || files.reportValidity();
  }

  guard(event) {
    const wrong = this.steps.findIndex((step, n) => {
      const shown = this.at;
      if (n !== shown) this.show(n, false);
      const fine = this.isFine(n);
      if (fine && n !== shown) this.show(shown, false);
      return !fine;
    });
    if (wrong >= 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  enter(event) {
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
    if (event.target.matches("input:not([type=submit]):not([type=checkbox]):not([type=radio]):not([type=file])") && !this.next.hidden) {
      event.preventDefault();
      this.forward();
    }
  }

  toField(event, id) {
    const target = document.getElementById(id);
    const n = this.steps.findIndex((step) => step.contains(target));
    if (n < 0) return;
    event.preventDefault();
    if (n !== this.at) this.go(n);
    const field = target.hidden ? document.getElementById(`${id}_box`) : target;
    (field?.matches("input, textarea, select, [tabindex]") ? field : field?.querySelector("input"))?.focus();
  }

  fillReview() {
    const lines = [];
    this.steps.slice(0, -1).forEach((step, n) => {
      for (const field of step.querySelectorAll("input[name], textarea[name], select[name]")) {
        const words = valueOf(field);
        if (!words || (field.name === "head_count" && words === "1")) continue;
        lines.push(this.reviewLine(nameOf(field), words, field, n));
      }
    });
    this.review.replaceChildren(...lines);
    this.review.hidden = !lines.length;
  }

  reviewLine(name, words, field, n) {
    const line = document.createElement("div");
    const term = document.createElement("dt");
    const said = document.createElement("dd");
    const change = document.createElement("button");
    term.textContent = name;
    said.textContent = words;
    if (field.tagName === "TEXTAREA") said.tabIndex = 0;
    Object.assign(change, { type: "button", className: "btn btn-quiet btn-sm", textContent: "修改" });
    change.setAttribute("aria-label", `修改 ${name}`);
    change.addEventListener("click", () => {
      this.go(n);
      (field.hidden ? document.getElementById(`${field.id}_box`) : field)?.focus();
    });
    const act = document.createElement("dd");
    act.className = "change";
    act.append(change);
    line.append(term, said, act);
    return line;
  }
}

function shownFor(note) {
  const form = note.closest("form");
  const [name, value] = note.dataset.shownFor.split("=");
  const tell = () => { note.hidden = new FormData(form).get(name) !== value; };
  for (const event of ["change", "draft:filled"]) form.addEventListener(event, tell);
  tell();
}

// A sentence stands until something is changed.
for (const area of document.querySelectorAll("textarea, input[data-problem]")) {
  for (const name of ["input", "draft:filled"]) area.addEventListener(name, () => area.setCustomValidity(""));
}
for (const note of document.querySelectorAll("[data-shown-for]")) shownFor(note);
for (const form of document.querySelectorAll("form[data-steps]")) new Steps(form);

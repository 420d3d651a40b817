// The counter's keyboard: speaking order with Enter, figures for radio keys, Ctrl+Enter, Ctrl+S, F4, L and J.
// Loaded before app.js, so that rows of persons and chosen options exist when the draft is put back.
import { mayKeep } from "./draft.js";

const LOOK_MS = 450;
const form = document.querySelector("form[data-counter]");

function kept(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function keep(key, value) {
  try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or private: the draft says so */ }
}

// Persons -----------------------------------------------------------------------------------------
const persons = form.querySelector("[data-persons]");
const total = form.elements["persons-TOTAL_FORMS"];
const most = Number(form.elements["persons-MAX_NUM_FORMS"].value);

function addPerson() {
  const n = Number(total.value);
  if (n >= most) return null;
  const holder = document.createElement("template");
  holder.innerHTML = form.querySelector("[data-person-template]").innerHTML.replaceAll("__prefix__", n);
  const row = holder.content.firstElementChild;
  persons.append(row);
  total.value = n + 1;
  if (n > 0) row.querySelector("select[name$=-role]").value = "companion";
  return row;
}

form.querySelector("[data-add-person]").addEventListener("click", () => {
  addPerson()?.querySelector("input").focus();
  const heads = form.elements.head_count;
  if (Number(heads.value) < Number(total.value)) heads.value = total.value;
});

// What the draft needs before it is put back -------------------------------------------------------
const LABELS = `counter-labels:${form.dataset.draft}`;
const last = kept(`draft:${form.dataset.draft}`);
const draft = last?.until > Date.now() ? last.values : {};
if (!form.querySelector("[aria-invalid=true], .is-invalid")) {
  while (draft[`persons-${total.value}-name`] !== undefined && addPerson());
  for (const [name, pairs] of Object.entries(kept(LABELS) ?? {})) {
    const select = form.elements[name];
    for (const [value, label] of pairs.filter(Array.isArray)) {
      if (draft[name]?.includes(value) && select && ![...select.options].some((o) => o.value === value)) {
        select.add(new Option(label, value));
      }
    }
  }
}
form.addEventListener("change", (event) => {
  const select = event.target;
  if (!select.matches("[data-picker] select") || !mayKeep(form)) return;
  const labels = kept(LABELS) ?? {};
  labels[select.name] = [...select.selectedOptions].map((o) => [o.value, o.textContent]);
  keep(LABELS, labels);
});

// Beside the form -----------------------------------------------------------------------------------
let looking = 0;
const look = () => {
  clearTimeout(looking);
  looking = setTimeout(() => form.dispatchEvent(new Event("counter:look")), LOOK_MS);
};
const LOOKED_AT = /^(persons-\d+-(name|id_number|phone|address)|subject|body|category|complained_unit|complained_people)$/;
for (const name of ["input", "change", "draft:filled"]) {
  form.addEventListener(name, (event) => { if (LOOKED_AT.test(event.target.name ?? "")) look(); });
}

const panel = document.getElementById("earlier");
const chosen = form.querySelector("[data-chosen]");
let before = null;

function choose(number, how) {
  form.elements.original.value = number;
  form.elements.join.value = how === "join" ? "True" : "";
  chosen.hidden = !number;
  chosen.querySelector("[data-chosen-words]").textContent = number ? `${how === "join" ? "将并入" : "将关联"} ${number}` : "";
  mark();
}

function mark() {
  for (const row of panel.querySelectorAll("[data-earlier]")) {
    row.toggleAttribute("data-on", row.dataset.earlier === form.elements.original.value);
  }
}
document.addEventListener("htmx:afterSwap", mark);
form.querySelector("[data-unchoose]").addEventListener("click", () => { choose("", ""); (before ?? form.elements.subject).focus(); });
panel.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (button) choose(button.closest("[data-earlier]").dataset.earlier, button.dataset.pick);
});

function panelKey(event, row) {
  const rows = [...panel.querySelectorAll("[data-earlier]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const how = { l: "link", L: "link", j: "join", J: "join" }[event.key];
  if (step) rows[Math.min(Math.max(rows.indexOf(row) + step, 0), rows.length - 1)].focus();
  else if (how) choose(row.dataset.earlier, how);
  else if (event.key === "Enter") row.querySelector("a").click();
  else return;
  event.preventDefault();
}

// Keys ------------------------------------------------------------------------------------------------
const stops = () => [...form.querySelectorAll("input, select, textarea, button")].filter(
  (e) => e.type !== "hidden" && e.tabIndex >= 0 && e.offsetParent !== null && !e.closest("aside"),
);

function onward(from) {
  const all = stops();
  // A group of radios is one stop.
  const next = all.slice(all.indexOf(from) + 1).find((e) => e.name !== from.name || e.type !== "radio");
  next?.focus();
}

function saveDraft() {
  form.dispatchEvent(new Event("change", { bubbles: true }));
  if (!mayKeep(form)) {
    form.querySelector("[data-saved]").textContent = "检举控告不在本机暂存，请尽快登记";
    return;
  }
  const at = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  form.querySelector("[data-saved]").textContent = `已暂存在本机 ${at}，不含附件`;
}
form.querySelector("[data-save-draft]").addEventListener("click", saveDraft);

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=print]"));
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    saveDraft();
  } else if (event.key === "F4" && !event.altKey) {
    event.preventDefault();
    before = document.activeElement;
    panel.querySelector("[data-earlier]")?.focus();
  } else if (event.key === "Escape" && panel.contains(document.activeElement)) {
    (before ?? form.elements.subject).focus();
  }
});

form.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = event.target.closest("[data-earlier]");
  if (row && event.target === row) return panelKey(event, row);
  const group = event.target.closest("[data-keys]");
  const radio = group && /^[1-9]$/.test(event.key) && group.querySelectorAll("input[type=radio]")[event.key - 1];
  if (radio) {
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (event.key === "Enter" && event.target.matches("input:not([type=file]), select")) {
    // Enter goes on to the next question; only Ctrl+Enter and the buttons register.
    event.preventDefault();
    onward(event.target);
  }
});

// Signs written -----------------------------------------------------------------------------------------
const body = form.elements.body;
const output = document.getElementById(body.dataset.countInto);
const count = () => {
  const n = [...body.value].length;
  output.textContent = `${n.toLocaleString("zh-CN")} 字`;
  output.classList.toggle("too-many", n > Number(output.dataset.most));
};
for (const name of ["input", "draft:filled"]) body.addEventListener(name, count);
count();

if (form.querySelector(".form-errors")) look();
else (form.querySelector("[data-keys] input:checked") ?? form.querySelector("input:not([type=hidden])")).focus();

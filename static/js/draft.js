// <form data-draft="key">: what is typed is kept in this browser until the server says it was accepted.
// The page after success carries <meta name="draft-done" content="key"> (or any element with
// data-draft-done="key"). Passwords, files, hidden fields, the CSRF token and what stands in [data-no-draft] are never
// kept. data-draft-days="1" keeps it shorter than usual; while a field matching data-draft-unless="…:checked" is there,
// nothing is kept and what was kept goes at once, also what an earlier visit left. data-draft-token: the form's token is
// kept too, so that what may have arrived already is not taken for something new when it is sent again. Sending a form[data-drop-drafts] (退出登录) clears all drafts of the browser.
const PREFIX = "draft:";
const LABELS = "counter-labels:"; // names of chosen options, kept by counter.js beside its draft
const KEEP_DAYS = 14;
let dropped = false; // logged out: nothing is written any more while the page goes
const SKIP = new Set(["password", "file", "hidden", "submit", "button", "reset"]);

function storage() {
  try {
    const probe = "draft-probe";
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return null;
  }
}

function fields(form) {
  const token = "draftToken" in form.dataset;
  const kept = (e) => !SKIP.has(e.type) || (token && e.type === "hidden" && e.name === "token");
  return [...form.elements].filter((e) => e.name && kept(e) && !e.closest("[data-no-draft]"));
}

function read(form) {
  const values = {};
  for (const e of fields(form)) {
    if (e.type === "checkbox" || e.type === "radio") {
      (values[e.name] ??= []).push(...(e.checked ? [e.value] : []));
    } else if (e.type === "select-multiple") {
      values[e.name] = [...e.selectedOptions].map((o) => o.value);
    } else {
      (values[e.name] ??= []).push(e.value);
    }
  }
  return values;
}

function write(form, values) {
  const used = {};
  let changed = false;
  for (const e of fields(form)) {
    const kept = values[e.name];
    if (!kept) continue;
    if (e.type === "checkbox" || e.type === "radio") {
      const on = kept.includes(e.value);
      if (e.checked !== on) { e.checked = on; changed = true; }
    } else if (e.type === "select-multiple") {
      for (const o of e.options) o.selected = kept.includes(o.value);
    } else {
      const value = kept[(used[e.name] = (used[e.name] ?? -1) + 1)];
      if (value !== undefined && value !== e.value) {
        if (e.tagName === "SELECT" && ![...e.options].some((o) => o.value === value)) continue;
        e.value = value;
        changed = true;
      }
    }
    e.dispatchEvent(new Event("draft:filled", { bubbles: true }));
  }
  return changed;
}

function note(form, text, withDiscard, key, store) {
  let line = form.querySelector(":scope > .draft-note");
  if (!line) {
    line = document.createElement("p");
    line.className = "draft-note";
    line.setAttribute("role", "status");
    form.prepend(line);
  }
  line.textContent = text;
  if (withDiscard) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-sm";
    button.textContent = "清空草稿";
    button.addEventListener("click", () => {
      forget(store, key);
      empty(form);
      line.textContent = "草稿已清空。";
    });
    line.append(" ", button);
  }
}

export function mayKeep(form) {
  return !(form?.dataset.draftUnless && form.querySelector(form.dataset.draftUnless));
}

function empty(form) {
  form.reset();
  if (form.dataset.freshToken) form.elements.token.value = form.dataset.freshToken;
  for (const e of fields(form)) e.dispatchEvent(new Event("draft:filled", { bubbles: true }));
}

// Puts back what was kept, unless it is of a kind that must not lie in a browser: then it goes, and nobody reads it here.
function putBack(form, values, store, key) {
  const changed = write(form, values);
  if (!mayKeep(form)) {
    forget(store, key);
    empty(form);
  } else if (changed) note(form, "已恢复上次没有提交的内容（只保存在本机）。", true, key, store);
}

function forget(store, key) {
  store.removeItem(PREFIX + key);
  store.removeItem(LABELS + key);
}

function dropAll(store) {
  dropped = true;
  for (const name of Object.keys(store)) {
    if (name.startsWith(PREFIX) || name.startsWith(LABELS)) store.removeItem(name);
  }
}

function dropOld(store) {
  for (const name of Object.keys(store).filter((k) => k.startsWith(PREFIX))) {
    try {
      if (JSON.parse(store.getItem(name)).until > Date.now()) continue;
    } catch { /* not ours, or half written */ }
    forget(store, name.slice(PREFIX.length));
  }
}

function keep(form, store) {
  if (form.dataset.draftOn) return;
  form.dataset.draftOn = "1";
  const key = form.dataset.draft;
  if ("draftToken" in form.dataset) form.dataset.freshToken = form.elements.token.value;
  let kept = null;
  try { kept = JSON.parse(store.getItem(PREFIX + key)); } catch { store.removeItem(PREFIX + key); }
  // A form that came back from the server with errors already holds what was typed.
  if (!mayKeep(form)) forget(store, key);
  else if (kept && !form.querySelector("[aria-invalid=true], .is-invalid, .form-errors")) putBack(form, kept.values, store, key);
  let timer = 0;
  let told = false;
  const save = () => {
    clearTimeout(timer);
    if (dropped) return;
    if (!mayKeep(form)) {
      forget(store, key);
      if (form.dataset.draftUnlessWords && !told) note(form, form.dataset.draftUnlessWords, false);
      told = true;
      return;
    }
    told = false;
    try {
      const until = Date.now() + (Number(form.dataset.draftDays) || KEEP_DAYS) * 864e5;
      store.setItem(PREFIX + key, JSON.stringify({ until, values: read(form) }));
    } catch {
      note(form, "本机存储已满，草稿没有保存，请尽快提交。", false);
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(save, 400); };
  form.addEventListener("input", soon);
  // A choice that forbids keeping counts at once, not after a pause.
  form.addEventListener("change", () => (mayKeep(form) ? soon() : save()));
  form.addEventListener("submit", save);
  addEventListener("pagehide", () => { if (timer && !document.querySelector("[data-draft-done]")) save(); });
}

export function keepDrafts(root) {
  const store = storage();
  if (!store) return;
  const done = [...document.querySelectorAll("meta[name=draft-done]")].map((m) => m.content);
  for (const e of document.querySelectorAll("[data-draft-done]")) done.push(e.dataset.draftDone);
  for (const key of done) forget(store, key);
  dropOld(store);
  const forms = [...root.querySelectorAll("form[data-draft]")];
  if (root.matches?.("form[data-draft]")) forms.push(root);
  for (const form of forms) keep(form, store);
  for (const form of root.querySelectorAll("form[data-drop-drafts]")) {
    form.addEventListener("submit", () => dropAll(store));
  }
}

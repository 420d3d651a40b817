// [data-picker]: a <select> turned into a box to type in. The select stays in the form and keeps the value,
// so the server sees the same field with and without JavaScript.
//   data-remember="name"   the last five choices come first (kept in this browser)
// A <select multiple> becomes a box with the chosen ones as buttons before it; a press takes one away.
//   data-src="url"         options by search instead: GET url?q=… answers [{value, label, path}]
// Group labels and data-path of an option are shown as the way to it: 城乡建设 › 噪音 › 夜间施工.
import { mayKeep } from "./draft.js";

const SHOWN = 50;
const REMEMBERED = 5;
let serial = 0;

function optionsOf(select) {
  return [...select.options].filter((o) => o.value).map((o) => ({
    value: o.value,
    label: o.textContent.trim(),
    path: o.dataset.path || o.closest("optgroup")?.label || "",
    find: `${o.dataset.path || o.closest("optgroup")?.label || ""} ${o.textContent} ${o.dataset.keys || ""}`.toLowerCase(),
  }));
}

class Picker {
  constructor(box, select) {
    this.box = box;
    this.select = select;
    this.id = `picker-${++serial}`;
    this.found = [];
    this.here = -1; // the line walked to by arrows
    this.offered = -1; // the line Enter takes before any arrow was pressed
    this.build();
    this.showChosen();
  }

  build() {
    const input = document.createElement("input");
    const list = document.createElement("ul");
    Object.assign(input, { type: "text", autocomplete: "off", className: this.select.className.replace("form-select", "form-control") });
    input.placeholder = this.box.dataset.placeholder || "输入文字查找";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.id);
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (this.select.hasAttribute(name)) input.setAttribute(name, this.select.getAttribute(name));
    }
    input.required = this.select.required;
    Object.assign(list, { id: this.id, className: "picker-list", hidden: true });
    list.setAttribute("role", "listbox");
    const label = document.querySelector(`label[for="${this.select.id}"]`);
    if (label) {
      label.id ||= `${this.id}-label`;
      list.setAttribute("aria-labelledby", label.id);
      // The label now belongs to the box; the select keeps its id for links from the error summary.
      input.id = `${this.select.id}_box`;
      label.htmlFor = input.id;
    }
    this.select.hidden = true;
    this.select.required = false;
    this.box.append(input, list);
    this.input = input;
    this.list = list;
    // Emptied means chosen no more, at once: a press on the button may follow before the box is left.
    input.addEventListener("input", () => { this.clearIfEmpty(); this.search(); });
    input.addEventListener("focus", () => { input.select(); this.search(""); });
    input.addEventListener("blur", () => setTimeout(() => this.leave(), 150));
    input.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const line = event.target.closest("li[data-value]");
      if (line) this.choose(this.found[Number(line.dataset.place)]);
    });
    for (const name of ["change", "draft:filled"]) this.select.addEventListener(name, () => this.showChosen());
    // A dependent select (street → community) may be filled again by another script or by htmx.
    new MutationObserver(() => this.showChosen()).observe(this.select, { childList: true });
    document.querySelector(`a[href="#${this.select.id}"]`)?.addEventListener("click", () => setTimeout(() => input.focus()));
  }

  showChosen() {
    const chosen = this.select.selectedOptions[0];
    this.input.value = chosen?.value ? chosen.textContent.trim() : "";
  }

  remembered() {
    try { return JSON.parse(localStorage.getItem(`picker:${this.box.dataset.remember}`)) || []; } catch { return []; }
  }

  remember(value) {
    if (!this.box.dataset.remember || !mayKeep(this.select.form)) return;
    const values = [value, ...this.remembered().filter((v) => v !== value)].slice(0, REMEMBERED);
    try { localStorage.setItem(`picker:${this.box.dataset.remember}`, JSON.stringify(values)); } catch { /* private window */ }
  }

  async search(words = this.input.value) {
    const sought = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (this.box.dataset.src && sought.length) {
      const asked = (this.asked = words);
      const url = new URL(this.box.dataset.src, location.href);
      url.searchParams.set("q", words.trim());
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json" } });
        const found = answer.ok ? await answer.json() : [];
        if (asked === this.asked) this.show(found.map((o) => ({ ...o, value: String(o.value) })));
      } catch { this.show([]); }
      return;
    }
    const all = optionsOf(this.select);
    if (!sought.length && this.box.dataset.remember) {
      const last = this.remembered();
      const place = (o) => (last.includes(o.value) ? last.indexOf(o.value) : last.length);
      all.sort((a, b) => place(a) - place(b));
    }
    this.show(all.filter((o) => sought.every((word) => o.find.includes(word))).slice(0, SHOWN));
  }

  show(found) {
    this.found = found;
    this.list.replaceChildren(...found.map((o, place) => {
      const line = document.createElement("li");
      line.id = `${this.id}-${place}`;
      line.setAttribute("role", "option");
      line.dataset.value = o.value;
      line.dataset.place = place;
      if (o.path) {
        const path = document.createElement("span");
        path.className = "path";
        path.textContent = `${o.path} › `;
        line.append(path);
      }
      line.append(o.label);
      return line;
    }));
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = "没有找到，请换个说法。";
      this.list.append(none);
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.offered = found.length && this.input.value ? this.place(found) : -1;
    this.point(-1);
    if (this.offered >= 0) {
      const line = this.list.children[this.offered];
      line.dataset.offered = "";
      this.input.setAttribute("aria-activedescendant", line.id);
      line.scrollIntoView({ block: "nearest" });
    }
  }

  // The list opened by itself begins at what is chosen; after typing, with the first hit.
  place(found) {
    return Math.max(found.findIndex((o) => o.value === this.select.value && o.label === this.input.value), 0);
  }

  point(place) {
    this.here = place;
    [...this.list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === place)));
    if (place >= 0) {
      this.input.setAttribute("aria-activedescendant", `${this.id}-${place}`);
      this.list.children[place].scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) this.search("");
      else if (this.found.length) this.walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && open && Math.max(this.here, this.offered) >= 0 && !event.isComposing) {
      event.preventDefault();
      this.choose(this.found[this.here >= 0 ? this.here : this.offered]);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      this.close();
      this.showChosen();
    }
  }

  // The first arrow down comes to the line that is offered, not past it.
  walk(step) {
    const n = this.found.length;
    if (this.here >= 0) this.point((this.here + step + n) % n);
    else if (step > 0) this.point(Math.max(this.offered, 0));
    else this.point(this.offered > 0 ? this.offered - 1 : n - 1);
  }

  choose(option) {
    if (!option) return;
    this.admit(option);
    this.select.value = option.value;
    this.remember(option.value);
    this.close();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Found by search, it is no option of the select yet.
  admit(option) {
    if ([...this.select.options].some((o) => o.value === option.value)) return;
    this.select.add(new Option(option.label, option.value));
  }

  clearIfEmpty() {
    if (!this.input.value.trim() && this.select.value) {
      this.select.value = "";
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  leave() {
    this.close();
    this.clearIfEmpty();
    this.showChosen();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

class PickerMany extends Picker {
  build() {
    this.marks = document.createElement("ul");
    this.marks.className = "picker-chosen";
    this.box.querySelector("[data-without-script]")?.remove();
    this.box.append(this.marks);
    super.build();
    this.marks.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-value]");
      if (button) this.takeAway(button.dataset.value);
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" && !this.input.value) this.takeAway([...this.select.selectedOptions].at(-1)?.value);
    });
  }

  showChosen() {
    this.input.value = "";
    this.marks.replaceChildren(...[...this.select.selectedOptions].map((option) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: option.textContent.trim() });
      button.dataset.value = option.value;
      button.setAttribute("aria-label", `去掉${button.textContent}`);
      line.append(button);
      return line;
    }));
  }

  show(found) {
    const chosen = new Set([...this.select.selectedOptions].map((option) => option.value));
    super.show(found.filter((option) => !chosen.has(option.value)));
  }

  set(value, on) {
    for (const option of this.select.options) if (option.value === value) option.selected = on;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  choose(option) {
    if (!option) return;
    this.admit(option);
    this.remember(option.value);
    this.close();
    this.set(option.value, true);
  }

  takeAway(value) {
    if (value === undefined) return;
    this.set(value, false);
    this.input.focus();
  }

  clearIfEmpty() { /* an empty box says nothing about the marks beside it */ }
}

// A <select data-parent="id_street">: only options whose data-parent-value is the parent's value.
function dependOn(select) {
  const parent = document.getElementById(select.dataset.parent);
  if (!parent || select.dataset.dependOn) return;
  select.dataset.dependOn = "1";
  const all = [...select.options];
  const narrow = () => {
    const kept = select.value;
    select.replaceChildren(...all.filter((o) => !o.value || !parent.value || o.dataset.parentValue === parent.value));
    if ([...select.options].some((o) => o.value === kept)) select.value = kept;
  };
  parent.addEventListener("change", narrow);
  parent.addEventListener("draft:filled", narrow);
  narrow();
}

export function pickers(root) {
  for (const select of root.querySelectorAll("select[data-parent]")) dependOn(select);
  for (const box of root.querySelectorAll("[data-picker]")) {
    const select = box.querySelector("select");
    if (!select || box.dataset.pickerOn) continue;
    box.dataset.pickerOn = "1";
    new (select.multiple ? PickerMany : Picker)(box, select);
  }
}

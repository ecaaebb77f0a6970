// A list as chips: Enter or a comma adds what is typed, Backspace in the empty box takes the last one away. The list
// stays in its field as JSON, each item as it was written, so that what is not touched is not changed. A list that
// chips cannot show exactly (NULL, an empty text, line breaks) stays text.

import { read, said, written } from "./tags-text.js";

export default function tags(field) {
  const list = { field, items: read(field.value), was: field.value };
  if (!list.items) return;
  list.box = Object.assign(document.createElement("input"), { className: "tag", autocomplete: "off" });
  list.box.placeholder = "Enter or a comma adds";
  list.chips = document.createElement("ul");
  list.said = Object.assign(document.createElement("span"), { className: "unseen", role: "status" });
  const frame = Object.assign(document.createElement("div"), { className: "tags" });
  frame.append(list.chips, list.box, list.said);
  const asText = Object.assign(document.createElement("button"), { type: "button", className: "button small" });
  asText.textContent = "As text";
  const had = document.activeElement === field;
  field.before(frame);
  frame.append(asText);
  // The label and what describes the field are now about the box.
  for (const name of ["id", "aria-describedby", "aria-invalid"]) hand(field, list.box, name);
  field.hidden = true;
  draw(list);
  if (had) list.box.focus();
  list.box.addEventListener("keydown", (event) => onKey(list, event));
  list.box.addEventListener("input", () => split(list));
  list.box.addEventListener("blur", () => add(list, list.box.value));
  field.form?.addEventListener("submit", () => add(list, list.box.value), { capture: true });
  list.chips.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) remove(list, [...list.chips.children].indexOf(button.parentElement));
    if (button) list.box.focus();
  });
  asText.addEventListener("click", () => {
    add(list, list.box.value);
    for (const name of ["id", "aria-describedby", "aria-invalid"]) hand(list.box, field, name);
    field.hidden = false;
    frame.remove();
    field.focus();
  });
}

function hand(from, to, name) {
  if (from.hasAttribute(name)) to.setAttribute(name, from.getAttribute(name));
  from.removeAttribute(name);
}

function onKey(list, event) {
  const { box, items } = list;
  if (event.isComposing) return;
  if (event.key === "Backspace" && box.value === "" && items.length && !event.repeat) remove(list, items.length - 1);
  if ((event.key === "Enter" || event.key === "Tab") && box.value.trim()) {
    if (event.key === "Enter") event.preventDefault();
    add(list, box.value);
  }
}

function split(list) {
  const parts = list.box.value.split(",");
  for (const part of parts.slice(0, -1)) add(list, part);
  if (parts.length > 1) list.box.value = parts.at(-1).trimStart();
}

function add(list, text) {
  const item = text.trim();
  if (item) set(list, [...list.items, written(item, list.field.dataset.items)], `${item} added`);
  list.box.value = "";
}

function remove(list, at) {
  set(list, list.items.toSpliced(at, 1), `${said(list.items[at])} removed`);
}

function set(list, items, told) {
  const { field, was } = list;
  const text = items.length || was.trim() ? `[${items.join(", ")}]` : "";
  Object.assign(list, { items });
  list.said.textContent = told;
  field.value = String(items) === String(read(was)) ? was : text;
  draw(list);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function draw({ chips, items }) {
  chips.replaceChildren(
    ...items.map((item) => {
      const chip = Object.assign(document.createElement("li"), { className: "chip" });
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      button.ariaLabel = `Remove ${said(item)}`;
      chip.append(Object.assign(document.createElement("span"), { textContent: said(item) }), button);
      return chip;
    }),
  );
}

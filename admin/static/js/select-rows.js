// Ticked rows: the box in the head ticks the page, shift ticks a range, and the acts appear when there is something to
// do them to. “Select all N matching” is offered once the whole page is ticked; it means the list's query, not a page.
// The key of a ticked row that is not shown, on another page or away in a list that scrolls, is a hidden field.

import { KeptTicks } from "./ticks-kept.js";

export default function selectRows(form) {
  const whole = form.querySelector("thead input[type=checkbox]");
  const bar = document.querySelector(".bulk");
  const all = form.elements.namedItem("all");
  const boxes = () => [...form.querySelectorAll("input[type=checkbox][name=pks]")];
  const kept = () => [...form.querySelectorAll("input[type=hidden][name=pks]")];
  const memory = new KeptTicks();
  let last = null;

  const show = () => {
    const shown = boxes();
    const ticked = shown.filter((box) => box.checked).length;
    const every = ticked === shown.length;
    Object.assign(whole, { checked: every, indeterminate: ticked > 0 && !every });
    if (!every) all.checked = false;
    const away = kept();
    const number = ticked + away.length;
    memory.write([...away, ...shown.filter((box) => box.checked)].map((field) => field.value));
    bar.toggleAttribute("data-active", number > 0);
    bar.querySelector("[data-all]").hidden = !every;
    bar.querySelector("[data-selected]").textContent = said(number, away.length, all.checked);
  };
  const keep = (value) => {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "pks", value }));
  };
  const recall = () => {
    const ticked = new Set(memory.read());
    for (const field of kept()) field.remove();
    for (const box of boxes()) box.checked = ticked.delete(box.value) || box.checked;
    for (const value of ticked) keep(value);
  };

  whole.addEventListener("change", () => {
    for (const box of boxes()) box.checked = whole.checked;
    show();
  });
  all.addEventListener("change", show);
  form.addEventListener("click", (event) => {
    const shown = boxes();
    const index = shown.indexOf(event.target);
    if (index < 0) return;
    const from = shown.indexOf(last);
    if (event.shiftKey && from >= 0) {
      const range = shown.slice(Math.min(from, index), Math.max(from, index) + 1);
      for (const other of range) other.checked = event.target.checked;
    }
    last = event.target;
    show();
  });
  form.addEventListener("rows-leave", (event) => {
    for (const row of event.detail) {
      const { checked, value } = row.querySelector("[name=pks]");
      if (checked) keep(value);
    }
  });
  form.addEventListener("rows-enter", (event) => {
    const waiting = new Map(kept().map((field) => [field.value, field]));
    for (const row of event.detail) {
      const box = row.querySelector("[name=pks]");
      box.checked = box.checked || waiting.has(box.value);
      waiting.get(box.value)?.remove();
    }
    show();
  });
  bar.querySelector("[data-none]").addEventListener("click", ({ target }) => {
    for (const field of kept()) field.remove();
    for (const box of boxes()) box.checked = false;
    if (document.activeElement === target) whole.focus();
    show();
  });
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.formMethod !== "dialog") memory.write([]);
  });
  // A page from the browser's history may be older than the ticks.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) {
      for (const box of boxes()) box.checked = false;
      recall();
    }
    show();
  });
  recall();
  show();
}

function said(ticked, away, all) {
  if (all) return "All matching selected";
  const number = (n) => n.toLocaleString("en");
  return ticked ? `${number(ticked)} selected${away ? `, ${number(away)} of them not shown` : ""}` : "";
}

// The filter form offers only what fits the chosen column: its conditions, and its own input for the value. Values with
// their counts are asked for once the form is open, and take the place of those without. What no index serves is said.

import { attach } from "./index.js";

const WITHOUT_VALUE = ["empty", "filled", "today", "last-7-days", "last-30-days", "this-month"];
const TYPED = ["contains", "icontains", "startswith"];

const ENTRY = `id="field-filter-value" autocomplete="off"`;
const input = (type, more = "") => `<input ${ENTRY} name="filter-value" type="${type}"${more}>`;
const ends = (type) => `<div class="ends" role="group" aria-label="Range">
  <input ${ENTRY} name="filter-from" type="${type}" aria-label="From"> <span>to</span>
  <input name="filter-to" type="${type}" aria-label="To" autocomplete="off"></div>`;
const INPUTS = { none: "", "text-in": input("text", ` placeholder="a, b, c"`) };
for (const type of ["text", "number", "date"]) Object.assign(INPUTS, { [type]: input(type), [`${type}-range`]: ends(type) });

export default function filter(form) {
  const { "filter-column": column, "filter-condition": condition } = form.elements;
  const all = [...condition.options];
  const place = form.querySelector("[data-value]");
  const asked = new Set();

  const note = form.querySelector("[data-slow-note]");
  const showInput = () => {
    if (note) note.hidden = !column.selectedOptions[0].dataset.slow?.split(" ").includes(condition.value);
    const wanted = templateFor(form, column.selectedOptions[0].dataset.input ?? "text", condition.value);
    if (wanted.innerHTML === showInput.shown) return;
    showInput.shown = wanted.innerHTML;
    place.parentElement.hidden = wanted.dataset.for === "none";
    replace(place, wanted);
  };
  const showConditions = () => {
    const { group, first } = column.selectedOptions[0].dataset;
    const fitting = all.filter((option) => option.dataset.groups.split(" ").includes(group));
    condition.replaceChildren(...fitting);
    condition.value = first ?? fitting[0].value;
    showInput();
    ask();
  };
  const ask = async () => {
    const { facet } = column.selectedOptions[0].dataset;
    if (!facet || asked.has(facet) || !form.closest("details").open) return;
    asked.add(facet);
    const response = await fetch(`${facet}?${listOf(form)}`).catch(() => null);
    if (response?.status !== 200) return;
    form.append(document.createRange().createContextualFragment(await response.text()));
    showInput();
  };

  column.addEventListener("change", showConditions);
  condition.addEventListener("change", showInput);
  form.closest("details").addEventListener("toggle", ask);
  showConditions();
}

// The list that the values are counted in: what the form carries along.
function listOf(form) {
  const carried = [...form.querySelectorAll(":scope > input[type=hidden]")];
  return new URLSearchParams(carried.map((input) => [input.name, input.value]));
}

// The last one counts: what was fetched stands behind what came with the page. Plain inputs are made here.
function templateFor(form, input, condition) {
  const typed = TYPED.includes(condition) ? "text" : ["in", "range"].includes(condition) ? `text-${condition}` : input;
  const names = WITHOUT_VALUE.includes(condition) ? ["none"] : [`${input}-${condition}`, typed];
  return names.map((name) => [...form.querySelectorAll(`template[data-for="${name}"]`)].at(-1) ?? made(name)).find(Boolean);
}

function made(name) {
  if (!(name in INPUTS)) return null;
  const template = Object.assign(document.createElement("template"), { innerHTML: INPUTS[name] });
  template.dataset.for = name;
  return template;
}

// What was entered already stays, and so does the focus.
function replace(place, template) {
  const chosen = place.querySelector("select")?.value;
  const ticked = [...place.querySelectorAll(":checked")].map((box) => box.value);
  const focused = place.contains(document.activeElement);
  place.replaceChildren(template.content.cloneNode(true));
  const select = place.querySelector("select");
  if ([...(select?.options ?? [])].some((option) => option.value === chosen)) select.value = chosen;
  for (const box of place.querySelectorAll("[type=checkbox]")) box.checked = ticked.includes(box.value);
  if (focused) place.querySelector("select, input")?.focus();
  attach(place);
}

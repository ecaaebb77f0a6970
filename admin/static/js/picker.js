// The ARIA combobox over components/picker.html: type, choose from a listbox by arrows and Enter or by pointer. The key
// travels in a hidden input of the field's name. A text that was not chosen from the list counts as no choice.

import { debounce } from "./timing.js";

export default function picker(root) {
  const input = root.querySelector("input");
  const key = Object.assign(document.createElement("input"), { type: "hidden", name: input.name, value: input.value });
  const list = Object.assign(document.createElement("ul"), { id: `${input.id}-list`, role: "listbox", hidden: true });
  list.ariaLabel = "Suggestions";
  const state = { input, key, list, shown: input.dataset.text || input.value, asked: 0 };
  input.removeAttribute("name");
  Object.assign(input, { value: state.shown, role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
  input.setAttribute("aria-controls", list.id);
  root.append(key, list);

  const ask = debounce(() => suggest(state, root.dataset.url), 150);
  input.addEventListener("input", ask);
  input.addEventListener("keydown", (event) => onKey(state, event, ask));
  input.addEventListener("blur", () => settle(state));
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    choose(state, event.target.closest("[data-key]"));
  });
  root.querySelector("[data-clear]").addEventListener("click", () => {
    set(state, "", "");
    input.focus();
  });
}

async function suggest(state, url) {
  const asked = ++state.asked;
  const options = { headers: { accept: "application/json" } };
  const response = fetch(`${url}?term=${encodeURIComponent(state.input.value)}`, options);
  const answer = await response.then((got) => got.json()).catch(() => null);
  if (asked !== state.asked) return;
  const rows = answer?.results?.map((choice, index) => option(state, choice, index)) ?? [];
  const none = answer?.results ? "Nothing found" : (answer?.error?.message ?? "The search did not answer");
  state.list.replaceChildren(...(rows.length ? rows : [note(none)]));
  open(state, document.activeElement === state.input);
}

function option(state, choice, index) {
  const item = Object.assign(document.createElement("li"), { role: "option", id: `${state.list.id}-${index}` });
  Object.assign(item.dataset, { key: choice.key, text: choice.label });
  const name = Object.assign(document.createElement("span"), { textContent: choice.label });
  const number = Object.assign(document.createElement("span"), { textContent: choice.key, className: "muted" });
  item.append(name, number);
  return item;
}

function note(text) {
  return Object.assign(document.createElement("li"), { role: "option", ariaDisabled: "true", textContent: text });
}

function onKey(state, event, ask) {
  const options = [...state.list.querySelectorAll("[data-key]")];
  const at = options.findIndex((item) => item.ariaSelected === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (state.list.hidden) return ask();
    const step = event.key === "ArrowDown" ? at + 1 : at < 0 ? options.length - 1 : at - 1;
    mark(state, options, (step + options.length) % options.length);
  } else if (event.key === "Enter" && !state.list.hidden) {
    event.preventDefault();
    choose(state, options[at]);
  } else if (event.key === "Escape") {
    settle(state);
  }
}

function mark(state, options, at) {
  options.forEach((item, index) => (item.ariaSelected = String(index === at)));
  options[at]?.scrollIntoView({ block: "nearest" });
  state.input.setAttribute("aria-activedescendant", options[at]?.id ?? "");
}

function choose(state, item) {
  if (item) set(state, item.dataset.key, item.dataset.text);
}

function set(state, key, text) {
  Object.assign(state, { shown: text });
  state.key.value = key;
  state.key.dispatchEvent(new Event("change", { bubbles: true }));
  settle(state);
}

function settle(state) {
  state.asked++;
  if (state.input.value === "" && state.shown !== "") return set(state, "", "");
  state.input.value = state.shown;
  open(state, false);
}

function open(state, shown) {
  state.list.hidden = !shown;
  state.input.ariaExpanded = String(shown);
  if (!shown) state.input.removeAttribute("aria-activedescendant");
}

// The palette “Go to”: what one types is looked for on the server; arrows, Enter and the pointer choose. Enter waits
// for the answer to what was typed last, so that a quick hand never goes where an older answer led.

import { part } from "./fragment.js";
import { debounce } from "./timing.js";

const WAIT_MS = 120;

let palette;

export async function open(text = "") {
  palette ??= await load();
  const { dialog, input } = palette;
  dialog.showModal();
  input.value = text;
  input.select();
  await ask();
}

async function load() {
  const url = document.querySelector("[data-opens=palette]").formAction;
  const dialog = await part(url, "dialog");
  const [input, said] = [dialog.querySelector("input"), dialog.querySelector("[role=status]")];
  const later = debounce(ask, WAIT_MS);
  document.body.append(dialog);
  input.addEventListener("input", () => {
    palette.asked += 1;
    later();
  });
  input.addEventListener("keydown", onKey);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
    else follow(event.target.closest("[role=option]"), event);
  });
  return { dialog, input, said, url, asked: 0, answered: 0 };
}

const list = () => palette.dialog.querySelector("[role=listbox]");
const options = () => [...list().querySelectorAll("[role=option]:not([aria-disabled])")];
const chosen = () => options().find((option) => option.ariaSelected === "true");

// Shows what is found for the text as it is now; an answer that something newer has overtaken is dropped.
async function ask() {
  const asked = ++palette.asked;
  const found = await part(`${palette.url}?q=${encodeURIComponent(palette.input.value)}`, "dialog").catch(() => null);
  if (asked !== palette.asked) return;
  palette.answered = asked;
  if (found) list().replaceWith(found.querySelector("[role=listbox]"));
  palette.said.textContent = found ? list().dataset.said : "The search did not answer. Try again.";
  palette.said.classList.toggle("unseen", Boolean(found));
  mark(options()[0]);
  if (palette.entering) follow(chosen(), palette.entering);
}

function onKey(event) {
  const [all, at] = [options(), options().indexOf(chosen())];
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, all.length - 1), PageUp: Math.max(at - 8, 0) };
  if (Object.hasOwn(steps, event.key)) {
    event.preventDefault();
    mark(all.at(steps[event.key] % all.length));
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (palette.answered === palette.asked) follow(chosen(), event);
    else palette.entering = event;
  } else if (event.key === "Escape") {
    // A search field would swallow the first Escape to empty itself.
    event.preventDefault();
    palette.dialog.close();
  } else {
    palette.entering = null;
  }
}

function mark(option) {
  for (const one of options()) one.ariaSelected = String(one === option);
  option?.scrollIntoView({ block: "nearest" });
  palette.input.setAttribute("aria-activedescendant", option?.id ?? "");
}

function follow(option, event) {
  palette.entering = null;
  if (!option?.dataset.url && !option?.dataset.press) return;
  palette.dialog.close();
  if (option.dataset.press) document.querySelector(`[data-command="${option.dataset.press}"]`).click();
  else if (event.ctrlKey || event.metaKey) window.open(option.dataset.url, "_blank", "noopener");
  else location.assign(option.dataset.url);
}

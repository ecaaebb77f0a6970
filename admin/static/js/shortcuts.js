// The dialog of keyboard shortcuts: fetched once, it lists what works on this very page.

import { part } from "./fragment.js";
import { attach } from "./index.js";
import { works } from "./keyboard.js";

export async function open() {
  const dialog = document.getElementById("shortcuts") ?? (await load());
  show(dialog);
  dialog.showModal();
}

async function load() {
  const dialog = await part(document.querySelector("[data-opens=shortcuts]").formAction, "dialog");
  document.body.append(dialog);
  attach(dialog);
  dialog.addEventListener("change", () => show(dialog));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return dialog;
}

function show(dialog) {
  for (const section of dialog.querySelectorAll("section")) {
    const lines = [...section.querySelectorAll("[data-key]")];
    for (const line of lines) line.hidden = !works(line.dataset.key);
    section.hidden = lines.every((line) => line.hidden);
  }
}

// Single keys, never while someone types: / search, ? shortcuts, c new row, F8 newest message. Who speaks to the
// computer, or hits keys by mistake, can switch them off in the dialog of shortcuts.

const CHOICE = "larder-single-keys";
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open] *";

const keys = {
  "/": () => document.querySelector("[data-shortcut='/']")?.focus(),
  "?": () => document.getElementById("shortcuts").showModal(),
  "c": () => document.querySelector("[data-shortcut='c']")?.click(),
};

export default function keyboard(body) {
  const choice = document.querySelector("#shortcuts input");
  choice.checked = localStorage.getItem(CHOICE) !== "off";
  choice.addEventListener("change", () => localStorage.setItem(CHOICE, choice.checked ? "on" : "off"));

  document.addEventListener("keydown", (event) => {
    if (event.key === "F8") {
      body.querySelector(".toast:last-child :is(a, button)")?.focus();
      return;
    }
    if (!choice.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPING)) return;
    if (Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });
}

// Keys that act on the page. Single letters and signs work neither while someone types nor where the person has
// switched them off (WCAG 2.1.4); nothing works with a modifier that is not part of its name, or under a dialog.

import { letter } from "./keyboard-letter.js";
import { marked } from "./keyboard-marked.js";
import { rows } from "./keyboard-rows.js";
import { save } from "./keyboard-save.js";

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [role=combobox]";

// By name, such as "j" or "Ctrl+Enter": `find` returns what the key would act on here, if anything; `act` does it.
const keys = { ...marked, ...rows, ...letter, ...save };

export function works(name) {
  // A key of another script's is there where an element names it.
  const found = keys[name] ? keys[name].find(name) : document.querySelector(`[data-shortcut="${name}"]`);
  return Boolean(found) && !(name.length === 1 && switchedOff());
}

export default function keyboard() {
  document.addEventListener("keydown", (event) => {
    const name = nameOf(event);
    if (event.defaultPrevented || event.isComposing || !Object.hasOwn(keys, name)) return;
    if (document.querySelector(":modal") || (event.target.matches(TYPING) && !/^(Ctrl\+|F8)/.test(name))) return;
    const found = works(name) && keys[name].find(name, event.target);
    if (!found || (event.repeat && !keys[name].repeats)) return;
    event.preventDefault();
    keys[name].act(found, event);
  });
}

function switchedOff() {
  return document.body.dataset.singleKeys === "off";
}

// AltGr is how some keyboards write “#”: it counts as no modifier.
function nameOf(event) {
  if (event.getModifierState("AltGraph")) return event.key;
  if (event.altKey) return "";
  if (event.ctrlKey || event.metaKey) return event.shiftKey ? "" : `Ctrl+${event.key}`;
  return event.shiftKey && event.key.length > 1 ? "" : event.key;
}

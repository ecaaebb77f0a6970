// Keys of elements that name them by data-shortcut: a field is focused, anything else is pressed.

const find = (name) => document.querySelector(`[data-shortcut="${name}"]`);

function act(element) {
  if (!element.matches("input")) return element.click();
  element.focus();
  element.select();
}

const newest = () => document.querySelector(".toast:last-child :is(a, button)");

export const marked = {
  "/": { find, act },
  "?": { find, act },
  "c": { find, act },
  "e": { find, act },
  "#": { find, act },
  "Ctrl+k": { find, act },
  "F8": { find: newest, act: (element) => element.focus() },
};

// Going through the rows of a list. The current row is the one that holds the focus: on its name, so that it is read
// out, Enter opens it as it opens any link, and it comes back with the page from the browser's history.

const LIST = ".list-frame";

const all = () => [...document.querySelectorAll(`${LIST} tr[data-key]`)];
const current = () => document.activeElement?.closest(`${LIST} tr[data-key]`);
const box = () => current()?.querySelector("[name=pks]");
// Here, or away on another page.
const ticked = () => document.querySelector("#bulk [name=pks]:is(:checked, [type=hidden])");
const name = (row) => row.querySelector("th a") ?? row.querySelector(".go a, td a") ?? row.querySelector("[name=pks]");

function move(step) {
  const rows = all();
  const row = current();
  const next = row ? rows[rows.indexOf(row) + step] : rows.find(inView);
  if (next) show(next);
  else beyond(step);
}

function show(row) {
  name(row)?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function inView(row) {
  const head = document.querySelector(`${LIST} thead`).getBoundingClientRect();
  return row.getBoundingClientRect().bottom > head.bottom + 1;
}

// Past the rows that are there: those that the list still has come in when its end is in view, or by “Load more”,
// which goes on from the first of them by itself.
function beyond(step) {
  const frame = document.querySelector(LIST);
  const more = frame.querySelector("[data-more]:not([hidden])");
  if (step > 0 && more) return more.click();
  const edge = current();
  frame.addEventListener("rows-enter", () => edge === current() && move(step), { once: true });
  frame.scrollTop += step * frame.clientHeight;
}

const step = (by) => ({ find: () => all()[0], act: () => move(by), repeats: true });

// A row that is not open as a link yet: its tick box has the focus.
const closed = (_, target) => (!target || target.matches("[name=pks]")) && current() && name(current());

function clear() {
  if (!ticked()) return document.activeElement.blur();
  document.querySelector("[data-none]").click();
}

function remove(button) {
  if (!ticked()) box()?.click();
  button.click();
}

const edit = () => current()?.querySelector('a[href^="edit/"], a[href*="/edit/"]');
const marked = (key) => document.querySelector(`[data-shortcut="${key}"]`);
const press = (element) => element.click();

export const rows = {
  "j": step(1),
  "k": step(-1),
  "x": { find: box, act: press },
  "Enter": { find: closed, act: press },
  "Escape": { find: () => !document.querySelector("details.filter[open]") && (ticked() || current()), act: clear },
  "e": { find: (key) => edit() ?? marked(key), act: press },
  "#": { find: (key) => (!all()[0] || ticked() || box()) && marked(key), act: remove },
};

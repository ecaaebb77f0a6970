// Lines of a form are moved by their buttons, or dragged by their handles. It is always the neighbour that is put to
// the other side: the moved line stays in the page, and so do the focus and the pointer that is held on it.

export default function lineOrder(frame) {
  const list = { frame, said: frame.querySelector("[data-moved]"), name: frame.dataset.lineName };
  frame.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) move(list, button.closest("[data-line]"), button.dataset.move === "up" ? -1 : 1);
  });
  frame.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (handle && event.button === 0) drag(list, handle, event);
  });
}

// Empty lines for whoever has no script are there, but not seen.
function linesOf({ frame }) {
  return [...frame.querySelectorAll("tbody > [data-line]:not(.unscripted)")];
}

function move(list, line, by) {
  const end = by < 0 ? "first" : "last";
  if (step(list, line, by)) number(list, line);
  else list.said.textContent = `This ${list.name} is the ${end} already.`;
}

function step(list, line, by) {
  const lines = linesOf(list);
  const other = lines[lines.indexOf(line) + by];
  if (by < 0) other && withNotes(line).at(-1).after(...withNotes(other));
  else other && line.before(...withNotes(other));
  return Boolean(other);
}

// Why a line cannot be saved stands below it, and goes with it.
function withNotes(line) {
  const parts = [line];
  while (parts.at(-1).nextElementSibling?.matches(".told")) parts.push(parts.at(-1).nextElementSibling);
  return parts;
}

function drag(list, handle, { pointerId }) {
  const line = handle.closest("[data-line]");
  const from = linesOf(list).indexOf(line);
  const over = new AbortController();
  const follow = ({ clientY }) => {
    for (let by = pull(linesOf(list), line, clientY); by; by = pull(linesOf(list), line, clientY)) step(list, line, by);
  };
  const drop = () => {
    over.abort();
    line.classList.remove("dragged");
    if (linesOf(list).indexOf(line) !== from) number(list, line);
  };
  const leave = (event) => {
    if (event.key !== "Escape") return;
    for (let at = linesOf(list).indexOf(line); at !== from; at += Math.sign(from - at)) step(list, line, Math.sign(from - at));
    handle.releasePointerCapture(pointerId);
  };
  line.classList.add("dragged");
  handle.setPointerCapture(pointerId);
  handle.addEventListener("pointermove", follow, over);
  handle.addEventListener("lostpointercapture", drop, over);
  addEventListener("keydown", leave, over);
}

// To which side a pointer at this height pulls a line: past the middle of its neighbour.
function pull(lines, line, y) {
  const at = lines.indexOf(line);
  if (at > 0 && y < middle(lines[at - 1])) return -1;
  return at < lines.length - 1 && y > middle(lines[at + 1]) ? 1 : 0;
}

function middle(line) {
  const { top, height } = line.getBoundingClientRect();
  return top + height / 2;
}

// The positions that the lines have are dealt out anew: two lines that change places change two numbers.
function number(list, moved) {
  const lines = linesOf(list);
  const fields = lines.map((line) => line.querySelector("[data-position]"));
  const held = fields.map(({ value }) => (/^\d+$/.test(value) ? BigInt(value) : null)).filter((one) => one !== null);
  held.sort((one, other) => (one < other ? -1 : 1));
  let last = 0n;
  fields.forEach((field, at) => {
    last = held[at] > last ? held[at] : last + 1n;
    if (field.value === String(last)) return;
    field.value = last;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const named = new RegExp(`(${list.name}) \\d+$`);
  lines.forEach((line, at) => {
    for (const one of line.querySelectorAll("[aria-label]")) one.ariaLabel = one.ariaLabel.replace(named, `$1 ${at + 1}`);
    for (const one of line.querySelectorAll(".line-label")) one.textContent = one.textContent.replace(named, `$1 ${at + 1}`);
  });
  list.said.textContent = `The ${list.name} stands at ${lines.indexOf(moved) + 1} of ${lines.length}.`;
}

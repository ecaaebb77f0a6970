// A grid of bad cells: Tab goes from bad cell to bad cell, Escape takes back what was typed, and a cell that differs from
// the file's is marked. Enter saves, as in every form. After saving, the next cell that is still bad has the focus.

export default function mending(form) {
  const cells = [...form.querySelectorAll("[data-cell]")];

  form.addEventListener("keydown", (event) => {
    const at = cells.indexOf(event.target);
    if (at < 0) return;
    if (event.key === "Escape") {
      event.target.value = event.target.defaultValue;
      event.target.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (event.key === "Tab" && !event.shiftKey && cells[at + 1]) {
      // What stands between two cells is reached backwards, and by the arrow keys of a screen reader.
      event.preventDefault();
      cells[at + 1].focus();
      cells[at + 1].select();
    }
  });

  form.addEventListener("input", ({ target }) => {
    if (cells.includes(target)) target.classList.toggle("changed", target.value !== target.defaultValue);
  });

  // An address that leads to a part of the page makes browsers pass over autofocus.
  if (location.hash === "#rows") (document.querySelector("[autofocus], [data-next]") ?? cells[0])?.focus();
}

// Edit a cell where it stands: double click, or F2 in its row (Enter or e on a focused cell). The field comes from the
// server and lies over the cell; Enter saves, Tab saves and goes on to the next one, Escape leaves. What is wrong, or
// was changed by somebody else, is said in the same place. Arrow keys move between cells that can be edited.

import { attach } from "./index.js";
import { CellEditor } from "./cell-editor.js";

export default function editCells(form) {
  const table = form.querySelector("table");
  table.classList.add("editable");
  const heads = [...table.querySelectorAll("thead th")];
  const columnOf = (cell) => heads[cell?.cellIndex]?.dataset.edit;
  const linkOf = (row) => row.querySelector("th[scope=row] a[href^='edit/']");
  const cellsOf = (row) => (linkOf(row) ? [...row.cells].filter(columnOf) : []);
  let editor = null;

  const open = async (cell) => {
    const row = cell.closest("tr");
    if (!linkOf(row)) return;
    await editor?.leave();
    editor = new CellEditor(cell, linkOf(row).getAttribute("href").replace(/^edit\//, `field/${columnOf(cell)}/`), {
      saved: (answer) => renew(row, cell, answer),
      next: (back) => {
        const all = [...table.querySelectorAll("tbody tr")].flatMap(cellsOf);
        const at = all.indexOf(cell.isConnected ? cell : row.cells[editor.column]);
        const next = all[at + (back ? -1 : 1)];
        if (next) open(next);
      },
    });
  };
  table.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("tbody td, tbody th");
    if (cell && columnOf(cell) && !event.target.closest("a, input, summary")) open(cell);
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("tbody td");
    if (cell && columnOf(cell) && !event.target.closest("a, input, summary")) focus(cell);
  });
  table.addEventListener("keydown", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const cell = columnOf(event.target) && linkOf(row) ? event.target : null;
    if (event.key === "F2" || (cell && ["Enter", "e"].includes(event.key))) {
      event.preventDefault();
      event.stopPropagation();
      const target = cell ?? cellsOf(row)[0];
      if (target) open(target);
    } else if (cell && event.key.startsWith("Arrow")) {
      event.preventDefault();
      const cells = cellsOf(row);
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const beside = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
      focus(step ? cells[cells.indexOf(cell) + step] : beside?.cells[cell.cellIndex]);
    }
  });
}

function focus(cell) {
  if (!cell) return;
  cell.tabIndex = -1;
  cell.focus();
}

// The row anew: its tick stays as it is, and so does the element, which a list that scrolls holds on to.
function renew(row, cell, { row: html, toast }) {
  const at = cell.cellIndex;
  const body = document.createElement("tbody");
  body.innerHTML = html;
  const cells = [...body.firstElementChild.cells];
  for (const [place, old] of [...row.cells].entries()) {
    if (!old.matches(".tick")) old.replaceWith(cells[place]);
  }
  row.dispatchEvent(new CustomEvent("row-renewed", { bubbles: true }));
  const said = document.createRange().createContextualFragment(toast).querySelector(".toasts");
  document.querySelector(".toasts")?.replaceWith(said);
  attach(said);
  focus(row.cells[at]);
}

// The chunks that stand in the document, between two rows as high as all those above and below. Nothing on the screen
// moves when they are exchanged: the row at the top of the window keeps its place, columns never become narrower.

import { attach } from "./index.js";
import localTimes from "./local-times.js";
import { spacer, stretch } from "./scroll-spacer.js";

export class Mounted {
  constructor(frame, list) {
    [this.frame, this.list, this.from, this.to] = [frame, list, 0, 1];
    this.body = frame.querySelector("tbody");
    this.columns = [...frame.querySelectorAll("thead th")];
    [this.above, this.below] = [spacer(this.columns.length), spacer(this.columns.length)];
    this.body.prepend(this.above);
    this.body.append(this.below);
    this.measure();
  }

  get top() {
    return this.columns[0].getBoundingClientRect().bottom;
  }

  // The row at the top of the window.
  get topRow() {
    const { top } = this;
    return this.list
      .slice(this.from, this.to)
      .flatMap((chunk) => chunk.rows)
      .find((row) => row.getBoundingClientRect().bottom > top + 1);
  }

  moved(by) {
    this.from += by;
    this.to += by;
  }

  show(from, to) {
    const anchor = this.topRow;
    const before = anchor?.getBoundingClientRect().top;
    this.list.slice(this.from, this.to).forEach((chunk, at) => {
      if (this.from + at < from || this.from + at >= to) this.#leave(chunk);
    });
    const entered = [];
    for (let [at, next] = [to - 1, this.below]; at >= from; at -= 1) {
      const { rows } = this.list[at];
      if (rows[0]?.parentNode !== this.body) {
        next.before(...rows);
        entered.push(...rows);
      }
      next = rows[0] ?? next;
    }
    [this.from, this.to] = [from, to];
    for (const row of entered) this.#dress(row);
    this.measure();
    if (anchor?.isConnected) this.frame.scrollTop += anchor.getBoundingClientRect().top - before;
    this.#tell("rows-enter", entered);
    if (entered.includes(this.focused?.closest("tr")) && document.activeElement === this.frame) {
      this.focused.focus({ preventScroll: true });
    }
  }

  // Heights of what is mounted, and of the two spacers. All widths are read first, or each set would lay out all rows.
  measure() {
    const widths = this.columns.map((column) => column.getBoundingClientRect().width);
    this.columns.forEach((column, at) => (column.style.minWidth = `${widths[at]}px`));
    for (const chunk of this.list.slice(this.from, this.to)) {
      const ends = [chunk.rows[0], chunk.rows.at(-1)].map((row) => row?.getBoundingClientRect());
      chunk.height = ends[0] ? ends[1].bottom - ends[0].top : 0;
    }
    stretch(this.above, this.list.slice(0, this.from));
    stretch(this.below, this.list.slice(this.to));
  }

  resized() {
    for (const column of this.columns) column.style.minWidth = "";
    this.measure();
  }

  // Focus waits at the frame until its row is back.
  #leave(chunk) {
    const focused = document.activeElement;
    if (chunk.rows.includes(focused.closest("tr"))) {
      this.focused = focused;
      this.frame.focus({ preventScroll: true });
    }
    this.#tell("rows-leave", chunk.rows);
    for (const row of chunk.rows) row.remove();
  }

  #dress(row) {
    if (row.dataset.dressed) return;
    row.dataset.dressed = "yes";
    localTimes(row);
    attach(row);
  }

  #tell(name, rows) {
    this.frame.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: rows }));
  }
}

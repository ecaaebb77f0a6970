// What is known of a list that scrolls, in chunks: which of them stand around the window, and which have to be fetched.
// At most five are in the document; rows of the nearest others are kept, the rest is fetched again by its cursor.

import { Mounted } from "./scroll-mounted.js";

const SHOWN = 5;
const KEPT = 10;

export class Chunks {
  constructor(frame, page) {
    const rows = [...frame.querySelectorAll("tr[data-key]")];
    this.list = [{ ...page, rows, size: rows.length, height: 0 }];
    this.mounted = new Mounted(frame, this.list);
  }

  get first() {
    return this.list[0];
  }

  get last() {
    return this.list.at(-1);
  }

  get count() {
    return this.list.reduce((sum, chunk) => sum + chunk.size, 0);
  }

  get height() {
    return this.list.reduce((sum, chunk) => sum + chunk.height, 0);
  }

  get shown() {
    return this.list.slice(this.mounted.from, this.mounted.to);
  }

  append(page) {
    const chunk = this.#filled(page, page);
    this.list.push(chunk);
    const from = Math.max(this.mounted.from, this.list.length - this.#most);
    this.mounted.show(from, this.list.length);
    return chunk.size;
  }

  prepend(page) {
    const chunk = this.#filled(page, page);
    this.list.unshift(chunk);
    this.mounted.moved(1);
    this.mounted.show(0, Math.min(this.mounted.to, this.#most));
    return chunk.size;
  }

  refill(page, chunk) {
    return this.#filled(page, chunk).size;
  }

  // Mounts what is at hand around the window, and returns the chunk in it whose rows have to be fetched first.
  showAround(top, height) {
    const [start, end] = [this.#at(top), this.#at(top + height)];
    const spare = Math.max(0, SHOWN - (end - start + 1));
    const from = Math.max(0, Math.min(start - Math.floor(spare / 2), this.list.length - SHOWN));
    const to = Math.min(this.list.length, Math.max(from + SHOWN, end + 1));
    let [a, b] = [start, start];
    while (b < to && this.list[b].rows) b += 1;
    while (b > a && a > from && this.list[a - 1].rows) a -= 1;
    if (a !== this.mounted.from || b !== this.mounted.to) this.mounted.show(a, b);
    this.#forget(from - KEPT, to + KEPT);
    const wanted = [...this.list.slice(start, to), ...this.list.slice(from, start).reverse()];
    return wanted.find((chunk) => !chunk.rows);
  }

  // A tall window may need more than five small ones to be filled.
  get #most() {
    return Math.max(SHOWN, this.mounted.to - this.mounted.from);
  }

  #at(y) {
    let [index, bottom] = [0, this.list[0].height];
    while (bottom <= y && index < this.list.length - 1) bottom += this.list[(index += 1)].height;
    return index;
  }

  // A row that moved in the list meanwhile is not shown twice.
  #filled(page, chunk) {
    const known = new Set(this.shown.flatMap((other) => other.rows.map((row) => row.dataset.key)));
    const rows = page.rows.filter((row) => !known.has(row.dataset.key));
    return Object.assign(chunk, { rows, size: rows.length, height: chunk.height ?? 0 });
  }

  #forget(from, to) {
    this.list.forEach((chunk, index) => {
      if (index < from || index >= to) chunk.rows = null;
    });
  }
}

// The place in a list that scrolls: the address names the chunk at the top of the window, the history's state the row.
// So a reload and the way back lead to the same row at the same height.

import { debounce } from "./timing.js";

const SETTLED_MS = 300;

export class Place {
  constructor(frame, chunks) {
    [this.frame, this.chunks, this.wanted] = [frame, chunks, history.state?.row ?? null];
    this.note = debounce(() => this.write(), SETTLED_MS);
    addEventListener("pagehide", () => this.write());
    // Before a link is followed: then it is still this entry of the history that is written to.
    frame.addEventListener("click", () => this.write(), { capture: true });
    for (const name of ["wheel", "pointerdown", "keydown", "touchstart"]) {
      frame.addEventListener(name, () => (this.wanted = null), { passive: true });
    }
  }

  // Tried again after every chunk: the row can only come to the top once there is enough below it.
  restore() {
    if (!this.wanted) return;
    const row = this.frame.querySelector(`tr[data-key="${CSS.escape(this.wanted.key)}"]`);
    const away = () => row.getBoundingClientRect().top - this.chunks.mounted.top - this.wanted.offset;
    if (row) this.frame.scrollTop += away();
    if (!row || Math.abs(away()) < 1 || !this.chunks.last.next) this.wanted = null;
  }

  write() {
    if (this.wanted) return;
    const { mounted, shown, first } = this.chunks;
    const row = mounted.topRow;
    const chunk = shown.find((one) => one.rows.includes(row));
    if (!chunk) return;
    const atStart = this.frame.scrollTop < 1 && chunk === first && !first.previous;
    const offset = row.getBoundingClientRect().top - mounted.top;
    document.dispatchEvent(new CustomEvent("place-change", { detail: chunk }));
    history.replaceState(atStart ? null : { row: { key: row.dataset.key, offset } }, "", chunk.url);
  }
}

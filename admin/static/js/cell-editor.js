// The small form over one cell of a list (edit-cells.js opens it).

import { attach } from "./index.js";

export class CellEditor {
  constructor(cell, url, then) {
    const box = Object.assign(document.createElement("div"), { className: "cell-box" });
    Object.assign(this, { cell, then, column: cell.cellIndex, box, place: () => this.#place() });
    document.body.append(this.box);
    for (const event of ["scroll", "resize"]) addEventListener(event, this.place, true);
    this.box.addEventListener("submit", (event) => (event.preventDefault(), this.save()));
    this.box.addEventListener("click", (event) => event.target.closest("[data-close]") && this.close());
    this.box.addEventListener("keydown", (event) => this.#onKey(event));
    this.cell.setAttribute("aria-busy", "true");
    this.#ask(url, {}).then((answer) => answer && this.#show(answer));
  }

  // Somebody turns to another cell: what was typed here is saved.
  async leave() {
    return this.box.isConnected && this.changed ? this.save() : this.close(false);
  }

  close(focus = true) {
    for (const event of ["scroll", "resize"]) removeEventListener(event, this.place, true);
    this.cell.removeAttribute("aria-busy");
    this.box.remove();
    this.cell.tabIndex = -1;
    if (focus) this.cell.focus();
  }

  get changed() {
    return this.shown !== undefined && this.#held() !== this.shown;
  }

  // Whether it is saved now, and the editor closed.
  async save() {
    const form = this.box.querySelector("form");
    if (this.saving || !form) return false;
    const told = form.querySelector("[aria-invalid], [role=radiogroup], [role=alert]");
    if (!this.changed && !told) return this.close() ?? true;
    this.saving = true;
    const answer = await this.#ask(form.action, { method: "POST", body: new FormData(form) });
    this.saving = false;
    if (!answer || answer.form) return answer ? this.#show(answer, true) : false;
    this.close(false);
    this.then.saved(answer);
    return true;
  }

  async #onKey(event) {
    const { key, target } = event;
    const enters = !target.matches("textarea, button, a") || event.ctrlKey || event.metaKey;
    const leaves = key === "Tab" && !target.matches("button, a, [type=radio]");
    if (key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (leaves || (key === "Enter" && enters && !event.defaultPrevented)) {
      event.preventDefault();
      if ((await this.save()) && leaves) this.then.next(event.shiftKey);
    }
  }

  async #ask(url, options) {
    const response = await fetch(url, { ...options, headers: { accept: "application/json" } }).catch(() => null);
    const answer = await response?.json().catch(() => null);
    if (answer && !answer.error) return answer;
    this.#tell(answer?.error?.message ?? "The console did not answer. Nothing was saved; try again.");
    return null;
  }

  #show({ form }, again = false) {
    this.box.innerHTML = form;
    attach(this.box);
    this.#place();
    const control = this.box.querySelector("[role=radiogroup] :checked, :is(input:not([type=hidden]), select, textarea)");
    control?.focus();
    if (!again) control?.select?.();
    this.shown = this.#held();
    return false;
  }

  #tell(message) {
    const note = this.box.querySelector("[role=alert]") ?? document.createElement("p");
    Object.assign(note, { role: "alert", className: "errors", textContent: message });
    (this.box.querySelector("form") ?? this.box).prepend(note);
    this.#place();
  }

  #held() {
    const form = this.box.querySelector("form");
    return JSON.stringify([...new FormData(form)].filter(([name]) => !name.startsWith("was-")));
  }

  #place() {
    const { left, top } = this.cell.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.box;
    this.box.style.left = `${Math.max(8, Math.min(left, innerWidth - offsetWidth - 8))}px`;
    this.box.style.top = `${Math.max(8, Math.min(top, innerHeight - offsetHeight - 8))}px`;
  }
}

// Ticked rows: the box in the head ticks the page, shift ticks a range, and the acts appear when there is something to
// do them to. “Select all N matching” is offered once the whole page is ticked; it means the list's query, not a page.
// The key of a ticked row that leaves a list which scrolls stays in the form as a hidden field.

export default function selectRows(form) {
  const whole = form.querySelector("thead input[type=checkbox]");
  const bar = document.querySelector(".bulk");
  const all = form.elements.namedItem("all");
  const boxes = () => [...form.querySelectorAll("input[type=checkbox][name=pks]")];
  const kept = () => [...form.querySelectorAll("input[type=hidden][name=pks]")];
  let last = null;

  const show = () => {
    const shown = boxes();
    const ticked = shown.filter((box) => box.checked).length;
    const every = ticked === shown.length;
    Object.assign(whole, { checked: every, indeterminate: ticked > 0 && !every });
    if (!every) all.checked = false;
    const number = ticked + kept().length;
    bar.toggleAttribute("data-active", number > 0);
    bar.querySelector("[data-all]").hidden = !every;
    bar.querySelector("[data-selected]").textContent = said(number, all.checked);
  };

  whole.addEventListener("change", () => {
    for (const box of boxes()) box.checked = whole.checked;
    show();
  });
  all.addEventListener("change", show);
  form.addEventListener("click", (event) => {
    const shown = boxes();
    const index = shown.indexOf(event.target);
    if (index < 0) return;
    const from = shown.indexOf(last);
    if (event.shiftKey && from >= 0) {
      const range = shown.slice(Math.min(from, index), Math.max(from, index) + 1);
      for (const other of range) other.checked = event.target.checked;
    }
    last = event.target;
    show();
  });
  form.addEventListener("rows-leave", (event) => {
    for (const row of event.detail) {
      const { checked, value } = row.querySelector("[name=pks]");
      if (checked) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "pks", value }));
    }
  });
  form.addEventListener("rows-enter", (event) => {
    const waiting = new Map(kept().map((field) => [field.value, field]));
    for (const row of event.detail) {
      const box = row.querySelector("[name=pks]");
      box.checked = box.checked || waiting.has(box.value);
      waiting.get(box.value)?.remove();
    }
    show();
  });
  // A page from the browser's history comes back with its ticks.
  addEventListener("pageshow", show);
  show();
}

function said(ticked, all) {
  if (all) return "All matching selected";
  return ticked ? `${ticked.toLocaleString("en")} selected` : "";
}

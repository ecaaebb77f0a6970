// Ticked rows: the box in the head ticks the page, shift ticks a range, and the acts appear when there is something to
// do them to. “Select all N matching” is offered once the whole page is ticked; it means the list's query, not a page.

export default function selectRows(form) {
  const boxes = [...form.querySelectorAll("input[name=pks]")];
  const whole = form.querySelector("thead input[type=checkbox]");
  const bar = document.querySelector(".bulk");
  const all = form.elements.namedItem("all");
  let last = null;

  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    const every = ticked === boxes.length;
    Object.assign(whole, { checked: every, indeterminate: ticked > 0 && !every });
    if (!every) all.checked = false;
    bar.toggleAttribute("data-active", ticked > 0);
    bar.querySelector("[data-all]").hidden = !every;
    bar.querySelector("[data-selected]").textContent = said(ticked, all.checked);
  };

  whole.addEventListener("change", () => {
    for (const box of boxes) box.checked = whole.checked;
    show();
  });
  all.addEventListener("change", show);
  boxes.forEach((box, index) => {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) {
        const [from, to] = [Math.min(last, index), Math.max(last, index)];
        for (const other of boxes.slice(from, to + 1)) other.checked = box.checked;
      }
      last = index;
      show();
    });
  });
  // A page from the browser's history comes back with its ticks.
  addEventListener("pageshow", show);
  show();
}

function said(ticked, all) {
  if (all) return "All matching selected";
  return ticked ? `${ticked.toLocaleString("en")} selected` : "";
}

// The scrubber beside a list that scrolls: says which value lies where it is put, and follows the list, whose own value it
// says then: statistics may end before the table does. It jumps when the pointer lets go, or by Enter and its button:
// arrow keys only look.

export default function scrubber(form) {
  const range = form.elements.namedItem("jump-percent");
  const shown = form.querySelector("output");
  const labels = JSON.parse(form.dataset.labels);
  let held = false;

  const say = (label = labels[range.value]) => {
    shown.textContent = label;
    range.setAttribute("aria-valuetext", `${label}, ${range.value} percent`);
  };
  range.addEventListener("input", () => say());
  range.addEventListener("pointerdown", () => (held = true));
  range.addEventListener("change", () => {
    if (held) form.requestSubmit();
    held = false;
  });
  range.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("place-change", ({ detail: { percent, place } }) => {
    if (percent === undefined || held || document.activeElement === range) return;
    range.value = percent;
    say(place || undefined);
  });
  say(shown.textContent);
}

// A <details> that lies over the page: Escape and a click beside it close it, and focus goes back to its summary.

export default function popup(details) {
  details.addEventListener("toggle", () => {
    if (details.open) details.querySelector("select, input:not([type=hidden])")?.focus();
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!details.contains(event.target)) details.open = false;
  });
}

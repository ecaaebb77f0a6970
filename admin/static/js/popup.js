// A <details> that lies over the page: Escape, a click beside it and focus that goes elsewhere close it. Escape from
// inside puts focus back on its summary.

export default function popup(details) {
  details.addEventListener("toggle", () => {
    if (details.open) details.querySelector("select, input:not([type=hidden])")?.focus();
  });
  details.addEventListener("focusout", (event) => {
    // Nowhere (null) is no elsewhere: a click on plain text inside, or another window.
    if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!details.contains(event.target)) details.open = false;
  });
}

// A button that opens the native modal dialog it names by data-dialog; a click beside the dialog closes it.

export default function dialog(button) {
  const target = document.getElementById(button.dataset.dialog);
  button.addEventListener("click", () => {
    button.closest("[popover]")?.hidePopover();
    target.showModal();
  });
  target.addEventListener("click", (event) => {
    if (event.target === target) target.close();
  });
}

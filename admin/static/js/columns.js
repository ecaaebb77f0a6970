// The arrows of the columns form move their line at once; what comes of it is saved by the form's own button.

export default function columns(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[name=up], [name=down]");
    if (!button) return;
    event.preventDefault();
    const line = button.closest("li");
    if (button.name === "up") line.previousElementSibling?.before(line);
    else line.nextElementSibling?.after(line);
    button.focus();
  });
}

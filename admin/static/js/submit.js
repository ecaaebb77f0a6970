// Submits the form of a control as soon as its value changes (a page size, a filter's choice). The form keeps a button
// for whoever has no script.

export default function submit(control) {
  control.addEventListener("change", () => control.form.requestSubmit());
}

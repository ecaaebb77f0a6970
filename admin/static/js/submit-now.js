// Sends a form that only leads on as soon as it is there; its button is for whoever has no script.

export default function submitNow(form) {
  form.requestSubmit();
}

// Asks before a form that was changed is left by a link, a reload or a closed tab. Sending it is no leaving; a form that
// came back with errors, or through a login, counts as changed, since what was typed is stored nowhere.

export default function leaveGuard(form) {
  let changed = form.hasAttribute("data-changed") || document.querySelector("[role='alert'][autofocus]") !== null;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("change", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => changed && event.preventDefault());
}

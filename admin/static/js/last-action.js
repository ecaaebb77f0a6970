// “Last action”: what the visitor did last is asked when the button is opened, and its Undo leads back to this page.
// Ctrl+Z (Cmd+Z) outside of fields presses that Undo, unless the action is an old one: then it opens the button.

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open] *";

export default function lastAction(details) {
  const place = details.querySelector(".popup");

  const ask = async () => {
    const response = await fetch(details.dataset.url, { headers: { "larder-part": "menu" } }).catch(() => null);
    if (!response?.ok || response.redirected) return location.assign(details.dataset.url);
    place.replaceChildren(document.createRange().createContextualFragment(await response.text()));
    const then = place.querySelector("[name=then]");
    if (then) then.value = location.pathname + location.search;
    return place.querySelector("form");
  };
  details.addEventListener("toggle", async () => {
    if (details.open) (await ask())?.querySelector("button").focus();
    else place.replaceChildren();
  });
  document.addEventListener("keydown", async (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (event.defaultPrevented || event.repeat || event.target.matches(TYPING)) return;
    event.preventDefault();
    const form = await ask();
    if (form && place.querySelector("[data-lately]")) form.requestSubmit();
    else details.open = true;
  });
}

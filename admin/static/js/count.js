// “Count exactly” without leaving the page: asks for the number and puts it where the estimate stood. Cancel lets the
// connection go, at which the server ends its query.

import { tell } from "./count-told.js";
import localTimes from "./local-times.js";

export default function count(form) {
  const [button, cancel] = form.querySelectorAll("button");
  const when = form.parentElement.querySelector("[data-counted]");
  let asking = null;
  cancel.addEventListener("click", () => asking.abort());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    asking = new AbortController();
    Object.assign(button, { disabled: true, textContent: "Counting…" });
    cancel.hidden = false;
    if (document.activeElement === button) cancel.focus();
    const said = await ask(form.dataset.url, asking.signal);
    const focused = document.activeElement === cancel;
    cancel.hidden = true;
    if (said.error) {
      Object.assign(button, { disabled: false, textContent: "Count exactly" });
      if (focused) button.focus();
      when.textContent = ` (${said.error})`;
      return;
    }
    tell(said);
    when.replaceChildren(", counted ", Object.assign(document.createElement("time"), { dateTime: said.at }));
    localTimes(when);
    if (focused) document.querySelector(".list-frame")?.focus({ preventScroll: true });
  });
}

async function ask(url, signal) {
  try {
    const response = await fetch(url, { headers: { accept: "application/json" }, signal });
    const body = await response.json();
    return response.ok ? body : { error: body.error.message };
  } catch {
    return { error: signal.aborted ? "Counting was cancelled." : "The console did not answer." };
  }
}

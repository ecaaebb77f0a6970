// Messages leave after a while, except errors; never while the pointer or the focus is on one of them. What they say
// and their Undo were rendered by the server and stand elsewhere too, so nothing is lost with a toast.

const STAY_MS = 20_000;

export default function toasts(region) {
  for (const toast of region.children) {
    toast.querySelector("[data-close]").addEventListener("click", () => leave(region, toast));
    if (!toast.classList.contains("error")) schedule(region, toast);
  }
}

function schedule(region, toast) {
  let timer = setTimeout(() => leave(region, toast), STAY_MS);
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(() => leave(region, toast), STAY_MS);
  };
  for (const event of ["pointerenter", "focusin"]) region.addEventListener(event, hold);
  for (const event of ["pointerleave", "focusout"]) region.addEventListener(event, release);
}

function leave(region, toast) {
  const hadFocus = toast.contains(document.activeElement);
  toast.remove();
  if (hadFocus) (region.querySelector(".toast:last-child button") ?? document.getElementById("content")).focus();
}

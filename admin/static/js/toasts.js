// Messages leave after a while, except errors; never while the pointer or the focus is on one of them. Until then they
// follow to the next page of this tab. What they say and their Undo stand elsewhere too, so nothing is lost with a toast.

const STAY_MS = 20_000;
const KEPT = "larder-toasts";

export default function toasts(region) {
  const fresh = [...region.children];
  // Put in once more: only what changes after the page is there is read out.
  for (const text of region.querySelectorAll("[role=status], [role=alert]")) text.textContent = text.textContent;
  const kept = fresh.length ? [] : recalled();
  for (const { html } of kept) region.append(document.createRange().createContextualFragment(html));

  const leaving = new Map();
  [...region.children].forEach((toast, place) => {
    toast.querySelector("[data-close]").addEventListener("click", () => leave(toast));
    toast.addEventListener("submit", () => forget(toast));
    if (!toast.classList.contains("error")) leaving.set(toast, kept[place]?.until ?? Date.now() + STAY_MS);
  });
  const remember = () => {
    const kept = [...leaving].map(([toast, until]) => ({ html: toast.outerHTML, until }));
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  };
  const forget = (toast) => {
    leaving.delete(toast);
    remember();
  };
  const leave = (toast) => {
    const hadFocus = toast.contains(document.activeElement);
    forget(toast);
    toast.remove();
    if (hadFocus) (region.querySelector(".toast:last-child button") ?? document.getElementById("content")).focus();
  };
  let timer;
  const hold = () => clearInterval(timer);
  const release = () => {
    hold();
    timer = setInterval(() => {
      for (const [toast, until] of leaving) if (until <= Date.now()) leave(toast);
    }, 500);
  };
  const renew = () => {
    if (region.matches(":hover, :focus-within")) return;
    for (const toast of leaving.keys()) leaving.set(toast, Date.now() + STAY_MS);
    remember();
    release();
  };
  for (const event of ["pointerenter", "focusin"]) region.addEventListener(event, hold);
  for (const event of ["pointerleave", "focusout"]) region.addEventListener(event, () => setTimeout(renew));
  remember();
  if (leaving.size) release();
}

function recalled() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  return kept.filter(({ until }) => until > Date.now());
}

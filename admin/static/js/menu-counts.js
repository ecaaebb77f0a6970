// Puts the number of rows beside each table of the menu. What was answered is remembered for a minute, in this tab only.

const KEY = "larder-sizes";
const KEPT_MS = 60_000;

export default async function menuCounts(menu) {
  const sizes = remembered() ?? (await asked(`${menu.parentElement.querySelector(".brand").href}sizes`));
  for (const link of menu.querySelectorAll("a[href$='/list']")) {
    const [short, words] = sizes?.[link.getAttribute("href")] ?? [];
    if (!short) continue;
    link.title = words;
    const number = Object.assign(document.createElement("small"), { textContent: short, ariaHidden: "true" });
    link.append(number);
  }
}

function remembered() {
  const { at, sizes } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
  return Date.now() - at < KEPT_MS ? sizes : null;
}

async function asked(url) {
  const response = await fetch(url).catch(() => null);
  if (response?.status !== 200 || response.redirected) return null;
  const sizes = await response.json();
  sessionStorage.setItem(KEY, JSON.stringify({ at: Date.now(), sizes }));
  return sizes;
}

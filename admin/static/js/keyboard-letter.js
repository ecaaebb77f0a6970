// “g”, then a letter: to the table, or the page in the top bar, that begins with it. Where several do, the palette asks.

const WAIT_MS = 2000;

const places = () => [...document.querySelectorAll(".sidebar a, .console-links a")];

function go() {
  const end = new AbortController();
  setTimeout(() => end.abort(), WAIT_MS);
  const options = { capture: true, signal: end.signal };
  document.addEventListener("pointerdown", () => end.abort(), options);
  document.addEventListener("keydown", (event) => take(event, end), options);
}

function take(event, end) {
  if (event.key === "Shift") return;
  end.abort();
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const found = places().filter((link) => link.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
  if (found.length === 1) return found[0].click();
  import("./palette.js").then((palette) => palette.open(event.key));
}

export const letter = { "g": { find: () => places()[0], act: go } };

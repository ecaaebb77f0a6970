// Keeps what a page says of a running import up to date: asks how far it is, often at first, then each second, or every
// data-every milliseconds where it is one note among others. Nobody asks for a page that is not looked at. When the
// import has got into another state the page is another one, so it is loaded anew.

const WORKING = ["queued", "running", "staging"];
const FIRST = 150, LATER = 1000;

export default function importProgress(card) {
  const bar = card.querySelector("progress");
  const amount = card.querySelector("output");
  const step = card.querySelector("[data-step]");
  const pace = card.querySelector("[data-pace]");
  const later = Number(card.dataset.every ?? LATER);
  let wait = card.dataset.every ? later : FIRST;

  async function look() {
    const now = document.hidden ? null : await ask(card.dataset.url);
    if (now && !WORKING.includes(now.state)) return location.reload();
    if (now) show(now);
    wait = Math.min(wait * 2, later);
    setTimeout(look, wait);
  }

  function show(now) {
    if (now.rows_total) Object.assign(bar, { max: now.rows_total, value: now.rows_done });
    amount.textContent = now.amount;
    pace.textContent = now.pace;
    // Only what changed: it is read out.
    if (step.textContent !== now.step) step.textContent = now.step;
  }

  setTimeout(look, wait);
}

async function ask(url) {
  try {
    const response = await fetch(url, { headers: { accept: "application/json" } });
    if (response.status === 403 || response.status === 404) location.reload();
    return response.ok ? await response.json() : null;
  } catch {
    // The console is restarted, or the network is away: the import does not mind.
    return null;
  }
}

// Says that rows came on top of a list that scrolls. Nothing is asked while somebody looks at it, only once when they
// come back after a minute; and nothing moves before they follow the link.

import { page } from "./scroll-fetch.js";

const AWAY_MS = 60_000;

export function watchForNewer(chunks, link) {
  let left = null;
  addEventListener("blur", () => (left ??= Date.now()));
  addEventListener("focus", async () => {
    const away = left === null ? 0 : Date.now() - left;
    left = null;
    const { newer, previous } = chunks.first;
    if (away < AWAY_MS || !newer || previous || !link.hidden) return;
    const found = await page(newer).catch(() => null);
    if (!found?.rows.length) return;
    const many = `${found.previous ? "More than " : ""}${found.rows.length.toLocaleString("en")}`;
    link.textContent = `${many} new ${found.rows.length === 1 ? "row" : "rows"}`;
    link.hidden = false;
  });
}

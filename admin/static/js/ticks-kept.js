// The ticks of a list while its pages are turned: kept by this tab under what narrows the list. Whoever comes from
// elsewhere starts without any, so that nobody acts on rows that they have forgotten.

const OF_A_PAGE = ["page", "after", "before", "mode", "pageSize", "sortBy", "sort", "count", "explain"];

export class KeptTicks {
  constructor() {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of [...query]) if (!value || OF_A_PAGE.includes(name)) query.delete(name);
    query.sort();
    this.key = `ticks ${location.pathname}?${query}`;
    if (!cameFromHere()) this.write([]);
  }

  read() {
    return JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
  }

  write(keys) {
    if (keys.length) sessionStorage.setItem(this.key, JSON.stringify(keys));
    else sessionStorage.removeItem(this.key);
  }
}

// From the list or the pages of its rows, or by the browser's own buttons.
function cameFromHere() {
  const type = performance.getEntriesByType("navigation")[0]?.type ?? "navigate";
  const around = new URL(".", location.href).href;
  return type !== "navigate" || document.referrer.startsWith(around);
}

// Gets a page of a list that scrolls: the very page that its address shows, of which the server sends only the table.
// One request at a time: what is asked for meanwhile is asked for again once this one is answered.

const PATIENCE_MS = 20_000;

export function fetcher() {
  const fetchPage = async (url) => {
    fetchPage.busy = true;
    try {
      return await page(url);
    } finally {
      fetchPage.busy = false;
    }
  };
  fetchPage.busy = false;
  return fetchPage;
}

export async function page(url) {
  const answer = await fetch(url, { headers: { "larder-part": "rows" }, signal: AbortSignal.timeout(PATIENCE_MS) });
  // Who is logged out by now is led to the login: no page of this list.
  if (!answer.ok || answer.redirected) throw new Error("The server did not send the rows.");
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { url, rows: [...parsed.querySelectorAll("tr[data-key]")], ...about(parsed) };
}

// What a page says of itself: its neighbours, and where in the table it stands.
export function about(page) {
  const link = (rel) => page.querySelector(`.pager a[rel=${rel}]`)?.getAttribute("href");
  const { newer, percent, place } = page.querySelector(".scroll-end")?.dataset ?? {};
  return { next: link("next"), previous: link("prev"), newer, percent, place };
}

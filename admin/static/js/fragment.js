// Fetches a part of a page and returns its first element that fits. Who is logged out by now gets none: the answer is
// the login then.

const PATIENCE_MS = 10_000;

export async function part(url, selector, signal = AbortSignal.timeout(PATIENCE_MS)) {
  const answer = await fetch(url, { headers: { "larder-part": "dialog" }, signal });
  if (!answer.ok || answer.redirected) throw new Error("The server did not send this part.");
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return document.adoptNode(parsed.querySelector(selector));
}

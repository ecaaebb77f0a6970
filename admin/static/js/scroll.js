// Infinite scroll. Looks after one list: mounts the chunks around the window, loads the next ones before an end is
// reached (by itself three times, then on “Load more”), and lets the other modules say and remember where it stands.

import { tellReached } from "./count-told.js";
import { Chunks } from "./scroll-chunks.js";
import { about, fetcher } from "./scroll-fetch.js";
import { watchForNewer } from "./scroll-newer.js";
import { Place } from "./scroll-place.js";
import { Words } from "./scroll-words.js";
import { once } from "./timing.js";

const BY_ITSELF = 3;
const AHEAD = 1;

export default function scroll(end) {
  const frame = document.querySelector(".list-frame");
  if (!frame || end.closest(".list-frame")) return;
  const chunks = new Chunks(frame, { url: location.pathname + location.search, ...about(document) });
  const newer = end.querySelector("[data-newer-rows]");
  const list = { frame, chunks, left: BY_ITSELF, words: new Words(end), place: new Place(frame, chunks) };
  list.fetch = fetcher();
  list.settle = once(() => settle(list));
  document.querySelector(".list-footer .pager")?.setAttribute("hidden", "");
  frame.before(newer.parentElement);
  frame.append(end);
  frame.classList.add("endless");

  frame.addEventListener("scroll", list.settle, { passive: true });
  new ResizeObserver(() => {
    chunks.mounted.resized();
    list.settle();
  }).observe(frame);
  list.words.onMore(() => {
    list.left = BY_ITSELF;
    frame.focus({ preventScroll: true });
    list.words.offerMore(false);
    list.focusOn = chunks.list.length;
    load(list, chunks.last.next, "append");
  });
  list.words.onRetry(() => {
    list.failed = false;
    settle(list);
  });
  watchForNewer(chunks, newer);
  settle(list);
}

// What the window shows is mounted at once if it is at hand; at most one thing is fetched at a time.
function settle(list) {
  const { frame, chunks, place } = list;
  const missing = chunks.showAround(frame.scrollTop, frame.clientHeight);
  place.restore();
  const below = chunks.height - frame.scrollTop - frame.clientHeight;
  const fits = chunks.height <= frame.clientHeight;
  const { next } = chunks.last;
  const wanted = next && (fits || place.wanted || below < frame.clientHeight * AHEAD);
  list.words.offerMore(Boolean(wanted) && list.left < 1 && !fits && !place.wanted);
  if (!list.failed && !list.fetch.busy) {
    if (missing) load(list, missing.url, "refill", missing);
    else if (wanted && (list.left > 0 || fits || place.wanted)) {
      if (!fits && !place.wanted) list.left -= 1;
      load(list, next, "append");
    } else if (chunks.first.previous && frame.scrollTop < frame.clientHeight * AHEAD) {
      load(list, chunks.first.previous, "prepend");
    }
  }
  place.note();
}

async function load(list, url, how, chunk) {
  if (list.fetch.busy) return;
  const { chunks, words } = list;
  words.failed(false);
  try {
    const page = await list.fetch(url);
    const added = chunks[how](page, chunk);
    if (how !== "refill") words.announce(added, chunks.count);
    if (!chunks.first.previous) tellReached(chunks.count, Boolean(chunks.last.next));
    focusNew(list, how);
  } catch {
    list.failed = true;
    words.failed(true);
  }
  list.settle();
}

// Who pressed “Load more” goes on from the first of the new rows, since the button is gone.
function focusNew(list, how) {
  if (how !== "append" || list.focusOn === undefined) return;
  const row = list.chunks.list[list.focusOn]?.rows?.[0];
  list.focusOn = undefined;
  row?.querySelector("a")?.focus({ preventScroll: true });
}

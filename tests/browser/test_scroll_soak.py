"""A list scrolled through 100,000 rows and up again through 20,000: nothing jumps, nothing is missing, nothing grows;
run by `make test-large`."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import Page, expect

from tests.browser import server
from tests.browser.pages import Larder

pytestmark = pytest.mark.large

ROWS = 100_000
BACK = 20_000
SIZE = 200
CHUNKS = 5
MEASURED = 10_000
"""Rows between two looks at the memory."""

GROWTH_MB = 2.0
"""What a page may take more after 100,000 rows than after 10,000: the addresses and heights of its chunks."""

WATCH = """
frame => {
  const soak = window.soak = { found: [], jumps: [], most: 0, anchor: null };
  const topRow = () => {
    const top = frame.querySelector("thead th").getBoundingClientRect().bottom + 1;
    const rows = frame.querySelectorAll("tr[data-key]");
    let [from, to] = [0, rows.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (rows[middle].getBoundingClientRect().bottom > top) to = middle;
      else from = middle + 1;
    }
    return rows[from];
  };
  // The row at the top of the window has to stay where it is, whatever comes below it and goes above.
  const check = () => {
    soak.most = Math.max(soak.most, frame.querySelectorAll("tr[data-key]").length);
    const moved = soak.anchor.row.getBoundingClientRect().top - soak.anchor.top;
    if (!soak.anchor.row.isConnected || Math.abs(moved) > 1) soak.jumps.push(moved);
  };
  const painted = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const rows = [...frame.querySelectorAll("tr[data-key]")];
  soak.found.push(...rows.map(row => row.dataset.key));
  frame.addEventListener("rows-enter", ({ detail }) => {
    soak.found.push(...detail.map(row => row.dataset.key));
    check();
  });
  soak.down = async (steps) => {
    for (let at = 0; at < steps; at += 1) {
      frame.scrollTop = frame.scrollHeight - 1.5 * frame.clientHeight;
      const row = topRow();
      soak.anchor = { row, top: row.getBoundingClientRect().top };
      await painted();
      check();
      const more = document.querySelector("[data-more]");
      if (more.checkVisibility()) more.click();
    }
    return soak.found.splice(0);
  };
  // Up by less than stands around the window: the row that was at its top is there still, so much further down.
  soak.up = async (steps) => {
    for (let at = 0; at < steps; at += 1) {
      const row = topRow();
      const before = frame.scrollTop;
      frame.scrollTop -= 2 * frame.clientHeight;
      soak.anchor = { row, top: row.getBoundingClientRect().top };
      await painted();
      check();
      for (let waited = 0; waited < 600 && holes(); waited += 1) await painted();
      check();
      if (holes() || frame.scrollTop >= before) soak.jumps.push(["nothing comes above", frame.scrollTop]);
    }
    return [...frame.querySelectorAll("tr[data-key]")].map(row => row.dataset.key);
  };
  // Whether the window shows a place whose rows are not there.
  const holes = () => [...frame.querySelectorAll("tr.spacer:not([hidden])")].some(spacer => {
    const [seen, window] = [spacer.getBoundingClientRect(), frame.getBoundingClientRect()];
    return seen.bottom > window.top + 1 && seen.top < window.bottom - 1;
  });
}
"""


def test_a_hundred_thousand_rows_take_no_more_room_than_ten_thousand(
    larder: Larder, page: Page, settings: dict[str, str]
):
    server.command(settings, "seed", "--rows", f"event={ROWS + 5_000}")
    larder.open("event", f"mode=scroll&pageSize={SIZE}")
    expect(page.locator(".endless")).to_be_visible()
    frame = page.get_by_role("region", name="Events")
    frame.evaluate(WATCH)
    seen: list[str] = []
    heaps: list[float] = []
    for still in itertools.count():
        found = page.evaluate("window.soak.down(10)")
        seen += found
        assert found or still < 1_000, f"nothing comes after {len(seen):,} rows"
        if len(seen) >= MEASURED * (len(heaps) + 1):
            heaps.append(_heap_mb(page))
            print(f"{len(seen):,} rows: {heaps[-1]:.1f} MB", flush=True)
        if len(seen) >= ROWS:
            break
    ids = "select id from event order by created_at desc, id desc limit"
    in_order = server.command(settings, "psql", "-Atc", f"{ids} {len(seen)}").stdout.split()
    assert seen == in_order
    heaps += _up_again(page, in_order)
    most, jumps = page.evaluate("[window.soak.most, window.soak.jumps]")
    assert most <= CHUNKS * SIZE
    assert jumps == []
    assert max(heaps) - heaps[0] < GROWTH_MB
    expect(larder.count).to_have_attribute("data-count", "about")


def _up_again(page: Page, in_order: list[str]) -> list[float]:
    """Scroll up through rows that are known: what stands around the window is always a piece of them without a gap,
    and each piece goes on where the last one began. What the page takes on the way."""
    heaps: list[float] = []
    start = top = in_order.index(page.evaluate("window.soak.up(1)")[0])
    while start - top < BACK:
        mounted = page.evaluate("window.soak.up(10)")
        first = in_order.index(mounted[0])
        assert mounted == in_order[first : first + len(mounted)]
        assert first <= top <= first + len(mounted)
        top = first
        if start - top >= MEASURED // 2 * (len(heaps) + 1):
            heaps.append(_heap_mb(page))
            print(f"{start - top:,} rows up: {heaps[-1]:.1f} MB", flush=True)
    return heaps


def _heap_mb(page: Page) -> float:
    """What the page's scripts hold once the garbage is gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return float(metrics["JSHeapUsedSize"]) / 1e6

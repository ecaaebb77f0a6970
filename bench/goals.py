"""What Larder set out to reach, as ratios of numbers of one run: met or not."""

from __future__ import annotations

from collections.abc import Iterator

from bench import cases
from bench.measure import Failure, Stream, Timing
from bench.table import Table, grid


def grid_of(table: Table) -> str:
    """The goals as a table."""
    return grid(["goal", "reached", ""], [[*words, "met" if met else "not met"] for *words, met in _goals(table)])


def _goals(table: Table) -> Iterator[tuple[str, str, bool]]:
    first = _median(table, "Larder", cases.SMALL_FIRST)
    if stock := _median(table, "sqladmin", cases.SMALL_FIRST):
        yield _at_most("a list page in a quarter of sqladmin's time", first / stock, 0.25)
    size = table.pages["Larder", cases.SMALL_FIRST]
    if isinstance(size, Timing):
        yield "at most 40 KB for fifty rows", f"{size.size / 1000:.1f} KB", size.size <= 40_000
    large = _median(table, "Larder", cases.LARGE_FIRST)
    yield _at_most("first page of the largest table, beside that of the smallest: 1.3 times", large / first, 1.3)
    deep = _median(table, "Larder", cases.LARGE_DEEP)
    yield _at_most("half-way down the largest table, beside its first page: 1.2 times", deep / large, 1.2)
    searches = [_median(table, "Larder", case) for case in table.bare if "search" in case]
    yield "every search within 100 ms", f"{max(searches):,.0f} ms", max(searches) <= 100
    if table.loads.get("Django"):
        rate = table.loads["Larder"] / table.loads["Django"]
        yield "eight clients: four times Django's requests a second", f"{rate:.1f} times", rate >= 4
    export = table.exports.get("Larder")
    if isinstance(export, Stream) and table.copy:
        speed = (export.megabytes / export.seconds) / (table.copy.megabytes / table.copy.seconds)
        yield "an export at 70 % of COPY's speed", f"{speed:.0%}", speed >= 0.7
        yield "its first byte within 50 ms", f"{export.first_byte * 1000:,.0f} ms", export.first_byte <= 0.05
        growth = export.peak_rss - export.idle_rss
        yield "its memory flat: 50 MB", f"{growth:,.0f} MB", growth < 50


def _at_most(goal: str, ratio: float, limit: float) -> tuple[str, str, bool]:
    return goal, f"{ratio:.2f} times", ratio <= limit


def _median(table: Table, console: str, case: str) -> float:
    """Milliseconds; what failed took for ever."""
    measured = table.pages.get((console, case), Failure(""))
    return measured.median if isinstance(measured, Timing) else float("inf")

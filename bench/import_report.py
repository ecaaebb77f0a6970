"""What imports took as tables: seconds, and the ratios that were to be reached."""

from __future__ import annotations

from collections.abc import Iterator

from bench.imports import PAGES, Imports, median
from bench.table import grid

HEADING = "## Import of "
"""Where this part begins."""


def sections(found: Imports, machine: str) -> list[str]:
    """The part of the report that is about imports."""
    return [
        f"{HEADING}{found.rows:,} customers, seven columns, unique e-mail",
        f"One run on one machine: {machine}.",
        grid(["step", "seconds", "beside `\\copy`, tracked", "untracked"], list(_steps(found))),
        f"Meanwhile: {_meanwhile(found)}; the server process grew by {found.growth_mb:.0f} MB.",
        "## Import beside peers",
        grid(["console", "rows", "seconds", "rows a second", "Larder is faster"], list(_peers(found))),
        grid(["goal", "reached", ""], [[*words, "met" if met else "not met"] for *words, met in _goals(found)]),
    ]


def _steps(found: Imports) -> Iterator[list[str]]:
    on, off = found.seconds["copy, tracked True"], found.seconds["copy, tracked False"]
    for name, seconds in found.seconds.items():
        if name != "beside peers":
            yield [name, f"{seconds:.1f}", f"{seconds / on:.2f} times", f"{seconds / off:.2f} times"]


def _meanwhile(found: Imports) -> str:
    return ", ".join(f"`{page}` {median(found.pages[page]):.0f} ms (n={len(found.pages[page])})" for page in PAGES)


def _rate(found: Imports, name: str) -> float:
    peer = found.peers[name]
    return peer.rows / found.seconds["beside peers"] if name == "Larder" else peer.rate


def _times(found: Imports, name: str) -> str:
    """How many times faster Larder is: at least so many, where the other one was stopped before it wrote a row."""
    times = f"{_rate(found, 'Larder') / _rate(found, name):.1f} times"
    return times if found.peers[name].rows else f"more than {times}"


def _peers(found: Imports) -> Iterator[list[str]]:
    for name, peer in found.peers.items():
        seconds = found.seconds["beside peers"] if name == "Larder" else peer.seconds
        stopped = "" if peer.rows == peer.given else ", then stopped"
        rate = f"{_rate(found, name):,.0f}" if peer.rows else "0"
        yield [name, f"{peer.rows:,}", f"{seconds:.1f}{stopped}", rate, _times(found, name)]


def _goals(found: Imports) -> Iterator[tuple[str, str, bool]]:
    copy, seconds = found.seconds["copy, tracked True"], found.seconds
    for goal, ratio, limit in (
        ("upload, check and run, beside `\\copy`: 1.5 times", _whole(found, "new") / copy, 1.5),
        ("the check alone: 0.3 times", seconds["check new"] / copy, 0.3),
        ("half of the rows changed: 3 times", _whole(found, "changed") / copy, 3),
        ("an undo no longer than its import", seconds["undo new"] / _whole(found, "new"), 1),
        ("an undo of changes no longer than their import", seconds["undo changed"] / _whole(found, "changed"), 1),
        ("undoable for 20 % more", _whole(found, "new") / _whole(found, "untracked"), 1.2),
    ):
        yield goal, f"{ratio:.2f} times", ratio <= limit
    yield "100 MB more memory at most", f"{found.growth_mb:.0f} MB", found.growth_mb <= 100
    for page, limit in zip(PAGES, (50, 100, 100), strict=True):
        took = median(found.pages[page])
        yield f"`{page}` within {limit} ms meanwhile", f"{took:.0f} ms", took <= limit
    for name in list(found.peers)[1:]:
        times = _rate(found, "Larder") / _rate(found, name)
        yield f"twenty times faster than {name}", _times(found, name), times >= 20


def _whole(found: Imports, name: str) -> float:
    return found.seconds[f"hand in {name}"] + found.seconds[f"run {name}"]

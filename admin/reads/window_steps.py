"""What a search tries, one way of looking after the other: how many rows of its order, or all that its index finds.

The bounds are rows, not time: the same search looks as far on a busy machine. Time only guards what rests on a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from admin.reads import plans
from admin.reads.plans import Prospect

FEW = 5_000
"""Rows that are collected at once, in some 10 ms: nothing is tried before."""

AFFORDABLE = 20_000
"""Rows that are collected where the window held too little of them."""

DENSE = 300_000
"""Rows that are collected where the window held none: they are fewer than was guessed, or lie close together."""

LEAST = 3_000
MOST = 60_000
"""What a page of a search spends on looking through its order, where it is looked through at all: up to 30 ms. A row
that lies beside the one before it costs 1."""

COLLECTED = 6
"""What a row costs that is collected from an index."""

PASSED = 0.3
"""What an entry of the order's index costs."""

GUARD_MS = 120
"""How long collecting may take when less than all of it would be an answer too."""

SORTED_MS = 100
"""How long collecting may take where nothing less is an answer, since no index has the order."""

SORTABLE = 100_000
"""Rows from which on that is not even tried: they are several times what can be collected in SORTED_MS."""


@dataclass(frozen=True)
class Step:
    """One way of looking: through so many rows of the order, or, without a number, at everything from its index.
    `settings` say by which indexes."""

    rows: int | None
    settings: Mapping[str, str]
    guard_ms: int = 0
    widest: bool = False
    """No more of the order is looked through for one page."""


def steps(prospect: Prospect, wanted: int, row_cost: float | None) -> list[Step]:
    """What is tried, one after the other, until so many rows are found. Without an index for the order there is no
    window of it: everything is collected, or nothing is tried where that would never end in time."""
    if prospect.collected <= FEW:
        return [Step(None, plans.BITMAPS_ONLY)]
    if row_cost is None:
        return [Step(None, plans.BITMAPS_ONLY, SORTED_MS)] if prospect.collected <= SORTABLE else []
    along, collecting = prospect.along(wanted), prospect.collected * COLLECTED
    everything = Step(None, plans.BITMAPS_ONLY, GUARD_MS)
    widest = _widest(prospect, row_cost)
    if collecting <= along * row_cost:
        return [everything, widest]
    short = [] if 2 * along * row_cost >= MOST else [Step(max(int(LEAST / row_cost), 2 * along), plans.ALONG)]
    if prospect.collected <= AFFORDABLE:
        return [*short, everything, widest] if short else [widest, everything]
    return [*short, widest, *([everything] if prospect.certain and prospect.collected <= DENSE else [])]


def _widest(prospect: Prospect, row_cost: float) -> Step:
    """As many rows of the order as a page may look through: one after the other, or, where each lies apart and the
    index of what is looked for hands over less than that, those of its rows that lie in the window."""
    along = MOST / row_cost
    share = PASSED + COLLECTED * prospect.collected / max(prospect.among, 1)
    # Not more than that, since it is the planner who decides whether the other index is worth asking.
    picked = min((MOST - prospect.collected) / share, MOST)
    if row_cost > 1 and picked > along:
        return Step(int(picked), plans.BITMAPS_ONLY, widest=True)
    return Step(int(along), plans.ALONG, widest=True)

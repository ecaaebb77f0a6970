"""Small charts as SVG, made on the server: no script, no style attribute, and the same in words beside the picture."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from admin.reads.growth import Grown

WIDTH, HEIGHT, GAP = 60, 20, 2
"""The drawing's own units, and its pixels in the page: columns have sharp edges."""


@dataclass(frozen=True)
class Bar:
    """One column of a chart."""

    x: int
    y: float
    width: int
    height: float


@dataclass(frozen=True)
class Chart:
    """Columns side by side. `text` says in words what they show."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    text: str


def months(grown: Grown) -> Chart | None:
    """Rows made in each month; None where that is not known."""
    if not grown.months:
        return None
    most, wide = max(1, *grown.months), WIDTH // len(grown.months)
    bars = []
    for place, rows in enumerate(grown.months):
        # A month with few rows is still seen, one without is a line on the ground.
        high = max(1.5, HEIGHT * rows / most) if rows else 1.0
        bars.append(Bar(place * wide, round(HEIGHT - high, 1), wide - GAP, round(high, 1)))
    return Chart(tuple(bars), WIDTH, HEIGHT, _said(grown))


def _said(grown: Grown) -> str:
    total, most = sum(grown.months), max(grown.months)
    if not total:
        return "No rows made in the last 12 months"
    best = grown.first.year * 12 + grown.first.month - 1 + grown.months.index(most)
    when = dt.date(best // 12, best % 12 + 1, 1)
    return f"About {total:,} rows made in the last 12 months, most in {when:%B %Y} ({most:,})"


def amount(size: int) -> str:
    """A number of bytes for people: 344 kB, 1.2 MB."""
    units = ("bytes", "kB", "MB", "GB", "TB")
    place, number = 0, float(size)
    while number >= 1000 and place < len(units) - 1:
        place, number = place + 1, number / 1024
    return f"{number:.1f} {units[place]}" if place and number < 10 else f"{number:,.0f} {units[place]}"

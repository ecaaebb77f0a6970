"""The tabs of an import's rows: one for each verdict, with its number, and one for what was corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from admin.writes.csv_import.report import Report

VERDICTS = ("rejected", "new", "changed", "unchanged")
CORRECTED = "corrected"
"""The tab of rows that differ from the file, beside those of the four verdicts."""


@dataclass(frozen=True)
class Tab:
    """One view of the rows; `after` is the line behind which its page begins."""

    verdict: str
    text: str
    url: str
    current: bool
    count: str
    after: int = 0


def tabs(report: Report, wanted: str, after: int, url: Callable[[str], str]) -> list[Tab]:
    """All tabs; open is the one that is wanted, or else the first one that has rows."""
    numbers = report.counts
    if report.corrected or report.left_out:
        numbers[CORRECTED] = report.corrected + report.left_out
    names = [name for name in (*VERDICTS, CORRECTED) if name in numbers]
    current = wanted if wanted in names else next((name for name in VERDICTS if numbers[name]), "new")
    return [
        Tab(name, name.title(), f"{url(name)}#rows", name == current, f"{numbers[name]:,}", after) for name in names
    ]

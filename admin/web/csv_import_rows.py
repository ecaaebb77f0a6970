"""The rows that one tab of an import shows, cut to a page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from admin.web.csv_import_view import View
from admin.writes.csv_import.report import Rejection
from admin.writes.csv_import.review import PAGE, Line


@dataclass(frozen=True)
class Row:
    """A row of the file in a tab: its line, the row of the table it is about, and its cells."""

    line: str
    key: str
    url: str | None
    values: tuple[str | None, ...]
    changes: tuple[tuple[str, str | None, str | None], ...]


@dataclass(frozen=True)
class Rows:
    """A page of one tab. `next_url` leads to the rows behind it."""

    verdict: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    rejected: tuple[tuple[str, Rejection], ...]
    next_url: str | None
    first_url: str | None


def rows(view: View, rejected: list[Rejection], lines: list[Line]) -> Rows:
    """The rows that were asked for, without the one more that says whether there are others."""
    numbers = list(islice(dict.fromkeys([*(one.line for one in rejected), *(one.line for one in lines)]), PAGE + 1))
    last = numbers[PAGE - 1] if len(numbers) > PAGE else None
    tab = view.tab
    return Rows(
        verdict=tab.verdict,
        heads=tuple(view.resource.label(match.column) for match in view.options.matches),
        rows=tuple(_row(view, line) for line in lines if last is None or line.line <= last),
        rejected=tuple((f"{one.line:,}", one) for one in rejected if last is None or one.line <= last),
        next_url=view.page_url(tab.verdict, last) if last is not None else None,
        first_url=view.page_url(tab.verdict) if tab.after else None,
    )


def _row(view: View, line: Line) -> Row:
    there = all(part is not None for part in line.key)
    changes = tuple((view.resource.label(one.column), one.old, one.new) for one in line.changes)
    return Row(
        line=f"{line.line:,}",
        key=", ".join(map(str, line.key)) if there else "",
        url=view.details_url(line.key) if there else None,
        values=line.values,
        changes=changes,
    )

"""The rows that one tab of an import shows, cut to a page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from admin.web.csv_import_view import View
from admin.writes.csv_import.originals import Difference
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
    next_url: str | None
    first_url: str | None


@dataclass(frozen=True)
class Corrected:
    """The tab of corrections: a line, and each cell of it that differs from the file."""

    lines: tuple[tuple[str, int, tuple[Difference, ...]], ...]
    next_url: str | None
    first_url: str | None


def rows(view: View, lines: list[Line]) -> Rows:
    """The rows that were asked for, without the one more that says whether there are others."""
    tab = view.tab
    return Rows(
        verdict=tab.verdict,
        heads=tuple(view.resource.label(match.column) for match in view.options.matches),
        rows=tuple(_row(view, line) for line in lines[:PAGE]),
        next_url=view.page_url(tab.verdict, lines[PAGE - 1].line) if len(lines) > PAGE else None,
        first_url=view.page_url(tab.verdict) if tab.after else None,
    )


def corrected(view: View, found: list[Difference], last: int | None) -> Corrected:
    """The corrections of a page, line by line."""
    lines = [(f"{number:,}", number, tuple(cells)) for number, cells in groupby(found, key=lambda one: one.line)]
    tab = view.tab
    return Corrected(
        tuple(lines),
        next_url=view.page_url(tab.verdict, last) if last else None,
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

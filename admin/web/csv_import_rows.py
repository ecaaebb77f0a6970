"""The rows that one tab of an import shows, cut to a page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from admin.reads.wording import listed
from admin.web.csv_import_view import View
from admin.writes.csv_import.originals import Difference
from admin.writes.csv_import.review import Cell, Line


@dataclass(frozen=True)
class Row:
    """A row of the file in a tab: its line, the row of the table it is about, and its cells."""

    line: str
    key: str
    url: str | None
    values: tuple[Cell, ...]
    changes: tuple[tuple[str, str | None, str | None], ...]
    conflict: bool
    """Whether it stopped a run, because it is another row now than the one that was reviewed."""


@dataclass(frozen=True)
class Rows:
    """A page of one tab. `next_url` leads to the rows behind it."""

    verdict: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    beside: str
    """What new rows hold in columns that the file lacks."""
    next_url: str | None
    first_url: str | None


@dataclass(frozen=True)
class Corrected:
    """The tab of corrections: a line, and each cell of it that differs from the file."""

    lines: tuple[tuple[str, int, tuple[Difference, ...]], ...]
    next_url: str | None
    first_url: str | None


def rows(view: View, lines: list[Line], beside: list[tuple[str, str | None]], *, more: bool) -> Rows:
    """These rows, and the way to the others."""
    tab = view.tab
    return Rows(
        verdict=tab.verdict,
        heads=tuple(view.resource.label(match.column) for match in view.options.matches),
        rows=tuple(_row(view, line) for line in lines),
        beside=_beside(view, beside),
        next_url=f"{view.page_url(tab.verdict, lines[-1].line)}#rows" if more else None,
        first_url=f"{view.page_url(tab.verdict)}#rows" if tab.after else None,
    )


def _beside(view: View, columns: list[tuple[str, str | None]]) -> str:
    """“Not in the file: Active is true; Id and Created at are set by the database.”"""
    known = [f"{view.resource.label(name)} is {text}" for name, text in columns if text is not None]
    own = [view.resource.label(name) for name, text in columns if text is None]
    if own:
        known.append(f"{listed(own)} {'is' if len(own) == 1 else 'are'} set by the database")
    return f"Not in the file: {'; '.join(known)}." if known else ""


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
    key = ", ".join(map(str, line.key)) if there else ""
    changes = tuple((view.resource.label(one.column), one.old, one.new) for one in line.changes)
    return Row(
        line=f"{line.line:,}",
        key=f"{line.name} (#{key})" if line.name and line.name != key else key,
        url=view.details_url(line.key) if there else None,
        values=line.values,
        changes=changes,
        conflict=any(one.line == line.line for one in view.report.conflicts),
    )

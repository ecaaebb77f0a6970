"""The rows of a list, ready to print: the one place where a page's cost grows with what it shows.

Everything that is the same for a whole column (how its values are painted, where its parents live) is decided once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, NamedTuple

from admin import values
from admin.reads.listing import Slice
from admin.reads.parents import Parents
from admin.resource import Resource
from admin.web import cells, urls
from admin.web.cells import Cell
from admin.web.gate import Permission
from admin.web.visit import Visit

Formatters = Mapping[str, Callable[..., Any]]

AGES = ((86_400, "d"), (3_600, "h"), (60, "min"))


class Row(NamedTuple):
    """One row. `url` is where its name leads, `details_url` its page for reading where that is another one.

    `deleted` says how long ago it went into the trash; it is empty for a live row.
    """

    key: str
    url: str
    details_url: str
    cells: list[Cell]
    deleted: str = ""
    deleted_at: str = ""


def rows(visit: Visit, found: Slice, here: str, formatters: Formatters) -> list[Row]:
    """The rows of a page; `here` is the list's query string, which the links to them carry."""
    resource = visit.resource
    columns = [_reader(visit, name, found.parents, formatters.get(name)) for name in resource.list_columns]
    title = title_column(resource)
    columns[title] = _titling(columns[title])
    key_text, links = _key_reader(resource), _Links(visit, here)
    trash, now = resource.traits.deleted_at, dt.datetime.now(dt.UTC)
    made = []
    for row in found.rows:
        key, gone = key_text(row), getattr(row, trash) if trash else None
        url, details_url = links.of(key, live=gone is None)
        painted = [read(row) for read in columns]
        made.append(Row(key, url, details_url, painted, *(_gone(gone, now) if gone else ())))
    return made


def title_column(resource: Resource) -> int:
    """Which listed column names the row and links to it: its label, unless that is itself a link to a parent."""
    label = resource.traits.label
    for name in (label, *resource.traits.key):
        if name in resource.list_columns and not resource.column(name).references:
            return resource.list_columns.index(name)
    return 0


class _Links:
    """Addresses of rows: their beginning and end are the same for the whole page."""

    def __init__(self, visit: Visit, here: str) -> None:
        self.edits = visit.may(Permission.EDIT)
        self.edit, self.details = urls.EDIT_BESIDE, urls.DETAILS_BESIDE
        self.end = f"?{here}" if here else ""

    def of(self, key: str, *, live: bool) -> tuple[str, str]:
        name = urls.of_key(key)
        details = f"{self.details}{name}{self.end}"
        return (f"{self.edit}{name}{self.end}", details) if self.edits and live else (details, "")


def _reader(visit: Visit, name: str, parents: Parents, formatter: Any) -> Callable[[Any], Cell]:
    """What makes the cell of a column from a row."""
    column = visit.resource.column(name)
    if formatter is not None:
        request = (visit.request,) if len(signature(formatter).parameters) > 2 else ()
        return lambda row: cells.formatted(formatter(row, name, *request))
    paint = cells.painter(column, is_key=name in visit.resource.traits.key)
    if name not in parents:
        return lambda row: paint(getattr(row, name))
    linked = _linked(visit, name, parents)
    return lambda row: linked.get(value := getattr(row, name)) or paint(value)


def _titling(read: Callable[[Any], Cell]) -> Callable[[Any], Cell]:
    """The cell that names its row and leads to it: its text alone, since a link holds neither another nor a fold."""

    def title(row: Any) -> Cell:
        cell = read(row)
        return Cell("title", f"{cell.text}…" if cell.kind == "long" else cell.text)

    return title


def _linked(visit: Visit, name: str, parents: Parents) -> dict[Any, Cell]:
    """The cells of a page's parents: each is made once, however many rows point to it."""
    reference = visit.resource.column(name).references
    resource = visit.console.resource_of(reference.model) if reference else None
    return {
        value: cells.parent_cell(parent, urls.details(resource.identity, parent.key) if resource else "")
        for value, parent in parents[name].items()
    }


def _key_reader(resource: Resource) -> Callable[[Any], str]:
    """`values.key_text`, without its loop for the usual key of one column."""
    if len(resource.traits.key) > 1:
        return lambda row: values.key_text(resource.traits, row)
    name = resource.traits.key[0]
    column = resource.column(name)
    return lambda row: values.show(column, getattr(row, name))


def _gone(deleted_at: dt.datetime, now: dt.datetime) -> tuple[str, str]:
    """“2 h ago”, and the moment itself."""
    seconds = (now - deleted_at).total_seconds()
    for size, unit in AGES:
        if seconds >= size:
            return f"{seconds // size:,.0f} {unit} ago", f"{deleted_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
    return "just now", f"{deleted_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"

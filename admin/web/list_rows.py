"""The rows of a list as HTML: the one place where a page's cost grows with what it shows.

Everything that is the same for a whole column (how its values are painted, where its parents live) is decided once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from operator import attrgetter
from typing import Any

from markupsafe import Markup, escape

from admin import values
from admin.reads.listing import Slice
from admin.reads.parents import Parents
from admin.resource import Resource
from admin.web import cells, list_cells, urls
from admin.web.cells import Cell
from admin.web.gate import Permission
from admin.web.list_cells import safe
from admin.web.trash_words import TrashWords
from admin.web.visit import Visit

Formatters = Mapping[str, Callable[..., Any]]
Reader = Callable[[Any, str], str]
"""From a row, and the address of all of it, to a cell."""


def rows(visit: Visit, found: Slice, here: str, formatters: Formatters, *, ticks: bool) -> Markup:
    """The rows of a page as HTML; `here` is the list's query string, which the links to them carry. `ticks`: each
    starts with a box to choose it by."""
    resource = visit.resource
    names, title = resource.list_columns, title_column(resource)
    name_of = _titling(visit, names[title], found.parents, formatters.get(names[title]))
    columns = [_reader(visit, name, found.parents, formatters.get(name)) for name in names]
    before, behind = columns[:title], columns[title + 1 :]
    key_text, links = _key_reader(resource), _Links(visit, here)
    trash, gone_words = resource.traits.deleted_at, TrashWords.of(visit, found.deleters)
    made = []
    for row in found.rows:
        key, gone = key_text(row), getattr(row, trash) if trash else None
        url, details_url = links.of(key, live=gone is None)
        whole = details_url or url
        painted = [read(row, whole) for read in before]
        painted.append(f'<th scope=row><a href="{url}">{name_of(row)}</a>{gone_words.said(gone) if gone else ""}')
        painted += [read(row, whole) for read in behind]
        made.append(_row(safe(key), details_url, "".join(painted), ticks=ticks, deleted=gone is not None))
    return Markup("".join(made))  # noqa: S704 every part of it has been escaped


def _row(key: str, details_url: str, painted: str, *, ticks: bool, deleted: bool) -> str:
    tick = f'<td class=tick><input type=checkbox name=pks value="{key}" aria-label="Select row {key}">'
    details = f'<a href="{details_url}" aria-label="Details of {key}"></a>' if details_url else ""
    mark = " data-deleted" if deleted else ""
    return f'<tr data-key="{key}"{mark}>{tick if ticks else ""}{painted}<td class=go>{details}'


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
        self.end = escape(f"?{here}") if here else ""

    def of(self, key: str, *, live: bool) -> tuple[str, str]:
        """Where the row's name leads, and its page for reading where that is another one; ready to print."""
        name = urls.of_key(key)
        details = f"{self.details}{name}{self.end}"
        return (f"{self.edit}{name}{self.end}", details) if self.edits and live else (details, "")


def _reader(visit: Visit, name: str, parents: Parents, formatter: Any) -> Reader:
    """What makes the cell of a column from a row."""
    if formatter is not None:
        made = _formatted(visit, name, formatter)
        return lambda row, url: list_cells.html(made(row), url)
    paint = list_cells.painter(visit.resource.column(name), is_key=name in visit.resource.traits.key)
    value = attrgetter(name)
    if name not in parents:
        return lambda row, url: paint(value(row), url)
    linked = _linked(visit, name, parents)
    return lambda row, url: linked.get(value(row)) or paint(value(row), url)


def _formatted(visit: Visit, name: str, formatter: Any) -> Callable[[Any], Cell]:
    request = (visit.request,) if len(signature(formatter).parameters) > 2 else ()
    return lambda row: cells.formatted(formatter(row, name, *request))


def _titling(visit: Visit, name: str, parents: Parents, formatter: Any) -> Callable[[Any], str]:
    """What names a row and leads to it: the text of its cell alone, since a link holds neither another nor a fold."""
    if formatter:
        cell = _formatted(visit, name, formatter)
        return lambda row: escape(cell(row).text)
    paint = cells.painter(visit.resource.column(name), is_key=name in visit.resource.traits.key)
    value, linked = attrgetter(name), parents.get(name, {})

    is_text = visit.resource.column(name).kind == "text" and not linked

    def title(row: Any) -> str:
        stored = value(row)
        if is_text and stored is not None and len(stored) <= cells.SHOWN:
            return safe(stored)
        made = cells.parent_cell(linked[stored], "") if stored in linked else paint(stored)
        return escape(f"{made.text}…" if made.kind == "long" else made.text)

    return title


def _linked(visit: Visit, name: str, parents: Parents) -> dict[Any, str]:
    """The cells of a page's parents: each is made once, however many rows point to it."""
    reference = visit.resource.column(name).references
    resource = visit.console.resource_of(reference.model) if reference else None
    return {
        value: list_cells.html(
            cells.parent_cell(parent, urls.details(resource.identity, parent.key) if resource else ""), ""
        )
        for value, parent in parents[name].items()
    }


def _key_reader(resource: Resource) -> Callable[[Any], str]:
    """`values.key_text`, without its loop for the usual key of one column."""
    if len(resource.traits.key) > 1:
        return lambda row: values.key_text(resource.traits, row)
    name = resource.traits.key[0]
    column, value = resource.column(name), attrgetter(name)
    return lambda row: values.show(column, value(row))

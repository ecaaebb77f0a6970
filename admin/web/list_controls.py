"""What stands around the rows of a list, as data: headers that sort, chips, choices, what can be done.

Every control is a link or a form to another `ListQuery` of the same list, so a list's whole state is its address.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from admin.reads import filter_words, ordering
from admin.reads.query import Deleted, Filter, ListQuery, Mode
from admin.reads.wording import inside
from admin.resource import Resource
from admin.settings import PAGE_SIZES
from admin.traits import Column
from admin.web import cells, params, urls
from admin.web.gate import Permission
from admin.web.visit import Visit

DELETED: tuple[tuple[Deleted, str], ...] = (("hide", "Hide"), ("with", "Show"), ("only", "Only"))
MODES: tuple[tuple[Mode, str], ...] = (("pages", "Pages"), ("scroll", "Scroll"))


PLAIN = "search="
"""A query string that says nothing: the plain list, also for whoever opens the table with a view of their own."""


OPERATION = ""
"""Among the names of values by column, no column: what the operation is called that the list is narrowed to."""


@dataclass(frozen=True)
class Choice:
    """One of a few settings of the list."""

    text: str
    url: str
    current: bool


@dataclass(frozen=True)
class Header:
    """A column's name; with a URL it sorts. `sorted` is ascending, descending or empty."""

    text: str
    url: str | None
    sorted: str
    kind: str
    slow: bool = False
    """No index sorts by it, and the table is large."""
    edit: str = ""
    """The column's name where its cells can be edited in their place."""


@dataclass(frozen=True)
class Chip:
    """A condition that holds, in words; the URL is the list without it."""

    text: str
    url: str
    slow: bool = False
    """No index finds it, and the table is large."""


@dataclass(frozen=True)
class Action:
    """What can be done with the list, or with its ticked rows."""

    text: str
    url: str
    icon: str
    kind: str = ""


Pairs = tuple[tuple[str, str], ...]
"""Names and values that a form carries along, so that it leads to the same list."""


def list_url(resource: Resource, query: ListQuery) -> str:
    """The address of a list. Never without a parameter: that is the way to the view a person opens the table with."""
    return urls.listing(resource.identity, params.query_string(resource, query) or PLAIN)


def carried(resource: Resource, query: ListQuery, *without: str) -> Pairs:
    """The list as hidden fields of a form that starts it again from its first page."""
    return tuple((name, value) for name, value in params.pairs(resource, query.restarted()) if name not in without)


def headers(resource: Resource, query: ListQuery, slow: Collection[str] = ()) -> tuple[Header, ...]:
    """The heads of the columns; `slow` names those that no index sorts by."""
    return _headers(resource, query.restarted(), frozenset(slow))


@functools.lru_cache(maxsize=200)
def _headers(resource: Resource, query: ListQuery, slow: frozenset[str]) -> tuple[Header, ...]:
    sortable = ordering.sortable(resource)
    column, descending = _sorted_by(resource, query)
    return tuple(
        Header(
            text=resource.label(name),
            url=_sort_url(resource, query, name, ascending=name != column or descending) if name in sortable else None,
            sorted=("descending" if descending else "ascending") if name == column else "",
            kind=_alignment(resource, name),
            slow=name in slow,
            edit=name if resource.edits_in_place(name) else "",
        )
        for name in resource.list_columns
    )


def chips(
    resource: Resource, query: ListQuery, names: Mapping[str, Mapping[Any, str]], slow: Collection[Filter] = ()
) -> tuple[Chip, ...]:
    """What narrows the list. `names` says, for a foreign key's column, what its values are called; `slow` are the
    filters that no index serves."""
    made = [Chip(f"Search: {query.search}", list_url(resource, query.restarted(search="")))] if query.search else []
    if query.operation is not None:
        said = names.get(OPERATION, {}).get(query.operation, "")
        url = list_url(resource, query.restarted(operation=None))
        made.append(Chip(f"Rows of operation {query.operation}: {said.rstrip('.')}".removesuffix(": "), url))
    for one in query.filters:
        words = filter_words.phrase(resource, one, names.get(one.column))
        made.append(Chip(words[:1].upper() + words[1:], list_url(resource, query.without(one)), one in slow))
    return tuple(made)


def deleted_choices(resource: Resource, query: ListQuery) -> tuple[Choice, ...]:
    if not resource.traits.soft_deletes:
        return ()
    return tuple(
        Choice(text, list_url(resource, query.restarted(deleted=value)), value == query.deleted)
        for value, text in DELETED
    )


def modes(query: ListQuery) -> tuple[tuple[str, str, bool], ...]:
    return tuple((value, text, value == (query.mode or "pages")) for value, text in MODES)


def size_choices(query: ListQuery) -> tuple[Choice, ...]:
    return tuple(Choice(str(size), "", size == query.size) for size in PAGE_SIZES)


def actions(visit: Visit, query: ListQuery) -> tuple[Action, ...]:
    """What the role may do with the table; exports are of the very rows of the list."""
    resource, identity = visit.resource, visit.resource.identity
    here = params.query_string(resource, query)
    rows = params.query_string(resource, query.restarted())
    offered = (
        (Permission.IMPORT, Action("Import CSV", urls.import_upload(identity), "upload")),
        (Permission.EXPORT, Action("Export CSV", urls.export(identity, "csv", rows), "download")),
        (Permission.EXPORT, Action("Export JSON", urls.export(identity, "json", rows), "download")),
        (Permission.CREATE, Action(f"New {inside(resource.name)}", urls.create(identity, here), "plus", "primary")),
    )
    return tuple(action for permission, action in offered if visit.may(permission))


def bulk_actions(visit: Visit, query: ListQuery) -> tuple[Action, ...]:
    """What the role may do with ticked rows. The list's query goes along: it says what “all” is, and the way back."""
    identity, here = visit.resource.identity, params.query_string(visit.resource, query)
    trash = visit.resource.traits.soft_deletes and query.deleted != "hide"
    offered = (
        (query.deleted != "only", Permission.DELETE, Action("Delete", urls.delete(identity, here), "trash")),
        (query.deleted != "only", Permission.EDIT, Action("Edit selected", urls.bulk_edit(identity, here), "pen")),
        (trash, Permission.RESTORE, Action("Restore", urls.restore(identity, here), "restore")),
        (query.deleted == "only", Permission.PURGE,
         Action("Delete forever", urls.purge(identity, here), "trash", "danger")),
    )  # fmt: skip
    return tuple(action for fits, permission, action in offered if fits and visit.may(permission))


def _sorted_by(resource: Resource, query: ListQuery) -> tuple[str | None, bool]:
    """The column that the order starts with; none when what fits a search best comes first."""
    first = ordering.order_of(resource, query).keys[0]
    if query.sort:
        return query.sort, query.descending
    if first.column is None:
        return None, False
    return resource.default_sort[0] if resource.default_sort else (first.column.name, first.descending)


def _sort_url(resource: Resource, query: ListQuery, name: str, *, ascending: bool) -> str:
    return list_url(resource, query.restarted(sort=name, descending=not ascending))


def _alignment(resource: Resource, name: str) -> str:
    column: Column = resource.column(name)
    is_number = column.kind in cells.NUMBERS and name not in resource.traits.key and not column.references
    return "num" if is_number else ""

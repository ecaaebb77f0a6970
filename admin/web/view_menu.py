"""The menu of saved views beside a list's search, and what a list opens with when its address says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from admin.errors import BadRequest
from admin.reads.query import ListQuery
from admin.reads.saved_views import Kept, View
from admin.resource import Resource
from admin.web import list_controls, params, urls

SHOWN = 12
"""Views in the menu; the page of all of them has the others."""


@dataclass(frozen=True)
class Entry:
    """A view to open. `url` is empty when it cannot be opened any more; `problem` says why, `owner` whose it is."""

    name: str
    url: str
    problem: str
    shared: bool
    owner: str
    changeable: bool
    current: bool
    default: bool
    change_url: str
    default_url: str
    delete_url: str


@dataclass(frozen=True)
class Menu:
    """The views of a list. `note` is said above the list when the default view is shown, or cannot be."""

    entries: tuple[Entry, ...]
    more: int
    all_url: str
    save_url: str
    query: str
    note: str
    problem: str
    plain_url: str


def read(resource: Resource, query_string: str) -> ListQuery:
    """The list of a view, from its first page, in pages or scroll as the person likes it.

    Raises `BadRequest` where the table has changed since.
    """
    return params.parse(resource, parse_qsl(query_string, keep_blank_values=True)).restarted(mode=None)


def entry(resource: Resource, view: View, kept: Kept, here: str = "") -> Entry:
    """`here` is the query string of the list that is shown."""
    url = problem = found = ""
    try:
        query = read(resource, view.query)
        url, found = list_controls.list_url(resource, query), params.query_string(resource, query)
    except BadRequest as error:
        problem = str(error)
    default = kept.default is not None and kept.default.id == view.id
    current = not problem and found == here
    acts = (urls.view(resource.identity, view.id, act, here) for act in ("", "default", "delete"))
    return Entry(view.name, url, problem, view.shared, view.owner or "", view.changeable, current, default, *acts)


def menu(resource: Resource, query: ListQuery, kept: Kept, *, bare: bool) -> Menu:
    """For the list of this query; `bare` says that its address has no parameter at all."""
    here = params.query_string(resource, query.restarted(mode=None))
    entries = tuple(entry(resource, view, kept, here) for view in kept.views)
    default = next((one for one in entries if one.default), None)
    note = f"Your default view: {default.name}." if default and default.current and default.url else ""
    broken = default if default and bare and default.problem else None
    return Menu(
        entries=entries[:SHOWN],
        more=max(0, len(entries) - SHOWN),
        all_url=urls.views(resource.identity, here),
        save_url=urls.views(resource.identity),
        query=here,
        note=note,
        problem=f"Your default view {broken.name} cannot be shown. {broken.problem}" if broken else "",
        plain_url=list_controls.list_url(resource, ListQuery(size=resource.page_size)),
    )


def start(resource: Resource, kept: Kept) -> str | None:
    """Where a list without any parameter leads: the person's default view, if it can be opened.

    Never to an address without parameters: that would lead here again.
    """
    if kept.default is None:
        return None
    found = entry(resource, kept.default, kept)
    return found.url or None

"""What stands above a list's rows: what narrows it, what it shows, and in which way, as one value to print."""

from __future__ import annotations

from dataclasses import dataclass

from admin.reads import search_words
from admin.reads.query import ListQuery
from admin.reads.saved_views import Kept
from admin.reads.wording import inside
from admin.web import filter_builder, list_columns, list_controls, params, urls, view_menu
from admin.web.filter_builder import Filterable
from admin.web.list_columns import ColumnChoice
from admin.web.list_controls import Chip, Choice, Pairs
from admin.web.list_found import Found
from admin.web.view_menu import Menu
from admin.web.visit import Visit


@dataclass(frozen=True)
class Toolbar:
    """Everything that `list/_toolbar.html` prints."""

    url: str
    search: str
    search_pairs: Pairs
    plural: str
    """The table's name within a sentence."""
    filter_pairs: Pairs
    filterable: tuple[Filterable, ...]
    conditions: tuple[tuple[str, str], ...]
    views: Menu
    columns: tuple[ColumnChoice, ...]
    columns_url: str
    deleted: tuple[Choice, ...]
    trash_count_url: str
    modes: tuple[tuple[str, str, bool], ...]
    """Value, text and whether it is the current one; chosen by a POST to `mode_url`."""
    mode_url: str
    chips: tuple[Chip, ...]
    understood: str
    """How the search was understood; empty without one, and where the reason why nothing was found says it."""
    clear_url: str


def of(visit: Visit, query: ListQuery, found: Found, kept: Kept, here: str) -> Toolbar:
    """The toolbar of a list; `here` is its query string."""
    resource = visit.resource
    slow = [one.condition for one in found.parts if one.condition]
    return Toolbar(
        url=urls.listing(resource.identity),
        search=query.search,
        search_pairs=list_controls.carried(resource, query, "search"),
        plural=inside(resource.name_plural),
        filter_pairs=list_controls.carried(resource, query),
        filterable=filter_builder.marked(filter_builder.filterable(resource), found.filters),
        conditions=filter_builder.conditions(),
        views=view_menu.menu(resource, query, kept, bare=not visit.query_string),
        columns=list_columns.choices(resource),
        columns_url=urls.columns(resource.identity, here),
        deleted=list_controls.deleted_choices(resource, query),
        trash_count_url=urls.trash_count(resource.identity, params.query_string(resource, query.restarted())),
        modes=list_controls.modes(query),
        mode_url=urls.mode(resource.identity, params.query_string(resource, query.restarted(mode=None))),
        understood=f"Looked for {search_words.understood(resource, query.search)}."
        if query.search and not found.instead
        else "",
        chips=list_controls.chips(resource, query, found.names, slow),
        clear_url=list_controls.list_url(resource, query.restarted(search="", filters=(), operation=None)),
    )

"""How far a search has looked, in words: what is ranked, and what was not looked at because there is too much of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from admin.reads import ordering
from admin.reads.listing import Slice
from admin.reads.query import LAST, ListQuery
from admin.resource import Resource
from admin.web import list_controls


@dataclass(frozen=True)
class Looked:
    """A sentence, and where the search goes on; without a URL nothing was left out."""

    text: str
    further_url: str


def of(resource: Resource, query: ListQuery, shown: Slice) -> Looked | None:
    """None where there is nothing to say: all was looked at and ranked, or the script of the list looks further."""
    if shown.looked_through and not (shown.rows and query.mode == "scroll"):
        return Looked(_sentence(query, shown), further_url(resource, query, shown))
    if shown.ranked and query.page == 1 and not shown.has_previous:
        return Looked(f"{_ranked(resource, shown.ranked)} The others follow in the order of the table.", "")
    return None


def further_url(resource: Resource, query: ListQuery, shown: Slice) -> str:
    """The page behind what was looked through."""
    if query.before or query.page == LAST:
        return list_controls.list_url(resource, replace(query, after=None, before=shown.before))
    page = query.page if query.mode == "scroll" else query.page + 1
    return list_controls.list_url(resource, replace(query, page=page, after=shown.after, before=None))


def _sentence(query: ListQuery, shown: Slice) -> str:
    beside = query.after or query.before
    which = "next" if beside else "last" if query.page == LAST else "first"
    among = f"the {which} {shown.looked_through:,} rows of this list"
    if shown.rows:
        return f"Only {among} were looked through: the search is too broad for all at once."
    return f"Nothing was found in {among}. The search is too broad to look through all at once."


def _ranked(resource: Resource, many: int) -> str:
    first = ordering.own_order(resource).keys[0]
    newest = first.descending and first.column is not None and first.column.kind in ("date", "timestamp")
    return f"The {'newest' if newest else 'first'} {many:,} matches are ranked, the best on top."

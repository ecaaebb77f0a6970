"""How far a search has looked, in words: what is ranked, and what was not looked at because there is too much of it."""

from __future__ import annotations

from dataclasses import dataclass

from admin.reads import ordering
from admin.reads.listing import Slice
from admin.reads.query import LAST, ListQuery
from admin.resource import Resource
from admin.web import explained, list_controls, params, urls
from admin.web.list_found import Found

Ways = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Looked:
    """A sentence, and where the search goes on, as words and URLs; without any nothing was left out. `title` stands
    over it where there are no rows. `unscripted`: the script of the list looks further by itself."""

    text: str
    ways: Ways = ()
    title: str = "Nothing found so far"
    unscripted: bool = False


def of(resource: Resource, query: ListQuery, found: Found) -> Looked | None:
    """None where there is nothing to say: all was looked at and ranked."""
    shown, beside = found.rows, bool(query.after or query.before)
    if found.too_broad:
        return _too_broad(resource, query, found)
    start = (("Start of the list", list_controls.list_url(resource, query.restarted())),) if beside else ()
    if shown.looked_through:
        further = ("Look further", further_url(resource, query, shown))
        text, scrolls = _sentence(query, shown), query.mode == "scroll" and bool(shown.rows)
        return Looked(text, (further, *start), unscripted=scrolls)
    if query.search and beside and not shown.rows and not found.too_slow:
        end = "start" if query.before else "end"
        return Looked(f"The rest of this list was looked through, to its {end}.", start, "Nothing more was found")
    if shown.ranked and query.page == 1 and not shown.has_previous:
        return Looked(f"{_ranked(resource, shown.ranked)} The others follow in the order of the table.")
    return None


def further_url(resource: Resource, query: ListQuery, shown: Slice) -> str:
    """The page behind what was looked through: it has no number, since nobody knows how many are before it."""
    back = query.before or (query.page == LAST and not query.after)
    place = {"before": shown.before} if back else {"after": shown.after}
    return list_controls.list_url(resource, query.restarted(page=LAST if query.page == LAST else 1, **place))


def _sentence(query: ListQuery, shown: Slice) -> str:
    beside = "next" if query.after else "previous" if query.before else ""
    which = beside or ("last" if query.page == LAST else "first")
    among = f"the {which} {shown.looked_through:,} rows of this list"
    if shown.rows:
        return f"Only {among} were looked through: the search is too broad for all at once."
    return f"Nothing was found in {among}. The search is too broad to look through all at once."


def _too_broad(resource: Resource, query: ListQuery, found: Found) -> Looked:
    """What is found, but not in this order: what no index serves, and the orders that are quick."""
    missing = " nor ".join(explained.words(resource, one, found.names) for one in found.parts if not one.condition)
    counted = f"{params.query_string(resource, query.restarted())}&count=exact"
    ways = [("Count and sort all of them", urls.listing(resource.identity, counted))] if not found.uncounted else []
    if query.sort:
        ways.insert(
            0, ("Best matches first", list_controls.list_url(resource, query.restarted(sort=None, descending=False)))
        )
    reason = f"No index serves {missing}" if missing else "No index serves this order"
    text = f"{reason}, so every match would have to be read and sorted. Narrow the search, or take another order."
    return Looked(text, tuple(ways), "Too many matches to sort in a moment")


def _ranked(resource: Resource, many: int) -> str:
    first = ordering.own_order(resource).keys[0]
    newest = first.descending and first.column is not None and first.column.kind in ("date", "timestamp")
    return f"The {'newest' if newest else 'first'} {many:,} matches are ranked, the best on top."

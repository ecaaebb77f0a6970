"""Where the links between a list's pages lead: by number near the start, by cursor where a number would cost.

A page deep in a list is reached from its neighbour by a cursor beside its number, so that turning pages costs the same
at any depth; the number alone leads there too, as long as it can be counted to in a moment. A search that finds more
than was collected for its page is deep from its first page on, since its matches lie far apart.
"""

from __future__ import annotations

from dataclasses import replace

from admin.reads import deep_pages
from admin.reads.listing import Slice
from admin.reads.query import LAST, ListQuery
from admin.resource import Resource
from admin.web import list_controls, list_looked, pager, params, urls
from admin.web.count_sentence import CountSentence
from admin.web.list_found import Found
from admin.web.pager import Pager

FEW_AROUND = 1
"""Pages on each side of a deep one: those that a cursor leads to."""


def of(resource: Resource, query: ListQuery, found: Found, said: CountSentence) -> Pager:
    """The pager of a list's page."""
    shown = found.rows
    if found.too_far:
        return _too_far(resource, query)
    if query.mode == "scroll":
        return _arrows(resource, query, shown, 1)
    beside = query.after or query.before
    if query.page == LAST or (query.search and query.page == 1 and beside):
        return _unnumbered(resource, query, shown)
    carried = bool(query.search and (shown.total is None or found.counted_at or beside))

    def url(page: int) -> str:
        after = shown.after if page == query.page + 1 else None
        before = shown.before if page == query.page - 1 else None
        if page == 1 or not (carried or deep_pages.is_far(query, page)):
            after = before = None
        return list_controls.list_url(resource, replace(query, page=page, after=after, before=before))

    around = FEW_AROUND if carried or deep_pages.is_far(query, query.page) else pager.AROUND
    last = max(1, -(-said.value // query.size)) if said.is_exact and said.value is not None else None
    made = pager.numbered(
        query.page, last, has_next=shown.has_next and not shown.looked_through, url=url, around=around
    )
    if shown.looked_through:
        made = replace(made, next_url=list_looked.further_url(resource, query, shown))
    return pager.with_last(made, url(LAST)) if last is None and shown.has_next else made


def ways_on(resource: Resource, query: ListQuery, found: Found) -> tuple[tuple[str, str], ...]:
    """Where to go instead of a page that is too far to count to: words and URLs."""
    if not found.too_far:
        return ()
    scrolled = list_controls.list_url(resource, query.restarted(mode="scroll"))
    last = list_controls.list_url(resource, query.restarted(page=LAST))
    ways = (("Last page", last), ("Scroll from the start", scrolled))
    if found.uncounted or query.search:
        return ways
    counted = urls.listing(resource.identity, params.query_string(resource, query) + "&count=exact")
    return (*ways, ("Count all rows, then open it", counted))


def _too_far(resource: Resource, query: ListQuery) -> Pager:
    """The page's number between the two ends that can be reached."""

    def url(page: int) -> str:
        return list_controls.list_url(resource, query.restarted(page=page))

    made = pager.numbered(query.page, None, has_next=False, url=url, around=0)
    return pager.with_last(replace(made, previous_url=None), url(LAST))


def _unnumbered(resource: Resource, query: ListQuery, shown: Slice) -> Pager:
    """Pages that have no number, since nobody has counted those before them."""
    made = replace(_arrows(resource, query, shown, query.page), links=(pager.PageLink("1", _url(resource, query)),))
    is_last = query.after is None and query.before is None
    return pager.with_last(made, list_controls.list_url(resource, query.restarted(page=LAST)), current=is_last)


def _arrows(resource: Resource, query: ListQuery, shown: Slice, page: int) -> Pager:
    def url(**place: str) -> str:
        return list_controls.list_url(resource, query.restarted(page=page, **place))

    return Pager(
        previous_url=url(before=shown.before) if shown.before else None,
        next_url=url(after=shown.after) if shown.after else None,
    )


def _url(resource: Resource, query: ListQuery) -> str:
    return list_controls.list_url(resource, query.restarted())

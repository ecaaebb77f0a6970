"""The page of a list: from the query string to one dataclass that the template prints.

The rows never wait for their number: how many there are is said as well as it is known, and counted on demand.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from admin.errors import Busy
from admin.reads import days, saved_views
from admin.reads.explained import Recorder
from admin.reads.indexes import Slow
from admin.reads.listing import Slice
from admin.reads.query import ListQuery
from admin.reads.saved_views import Kept
from admin.resource import Resource
from admin.web import (
    explained,
    filter_builder,
    list_controls,
    list_found,
    list_jump,
    list_looked,
    list_mode,
    list_pager,
    list_rows,
    list_toolbar,
    params,
    urls,
    view_menu,
)
from admin.web.count_sentence import CountSentence, sentence
from admin.web.explained import Explained
from admin.web.filter_builder import Wanted
from admin.web.gate import Permission
from admin.web.list_controls import Action, Choice, Header, Pairs
from admin.web.list_found import Found, Instead
from admin.web.list_jump import Jump
from admin.web.list_looked import Looked
from admin.web.list_toolbar import Toolbar
from admin.web.page import PART
from admin.web.pager import Pager
from admin.web.routes import Door
from admin.web.visit import Visit

BESIDE = ("count", *explained.FIELDS, *filter_builder.FIELDS, *list_jump.FIELDS)
"""Parameters of the page that are not the list's own."""


@dataclass(frozen=True)
class ListPage:
    """Everything that `list/page.html` prints."""

    resource: Resource
    query: ListQuery
    toolbar: Toolbar
    help: str
    url: str
    actions: tuple[Action, ...]
    size_pairs: Pairs
    count_pairs: Pairs
    with_deleted_url: str
    sizes: tuple[Choice, ...]
    bulk: tuple[Action, ...]
    count: CountSentence
    count_url: str
    counted_at: dt.datetime | None
    headers: tuple[Header, ...]
    title_column: int
    rows: Markup
    may_edit: bool
    pager: Pager
    jump: Jump | None
    looked: Looked | None
    """How far a search has looked, if that is not all."""
    newer_url: str
    """Rows that came before the first one since; empty where that cannot be asked."""
    top_url: str
    ways_on: tuple[tuple[str, str], ...]
    """Where to go instead of a page that is too far to count to."""
    explain_url: str
    """The same page with how it was made; empty for whoever may not see that."""
    explained: Explained | None
    instead: Instead | None
    """Why the search found nothing, and `suggestions` where close words lead."""
    suggestions: tuple[tuple[str, str], ...]
    slow_words: tuple[str, ...]
    """What no index serves."""
    too_slow: bool
    uncounted: bool
    limit: str
    """How long a statement may take: “5 s”."""


async def show(visit: Visit) -> Response:
    """`GET /{identity}/list`: without any parameter it leads to the person's default view, if they have one."""
    items = visit.request.query_params.multi_items()
    async with visit.glance() as session:
        kept = await saved_views.kept(session, visit.actor, visit.lists, visit.resource.identity)
        mode = await list_mode.remembered(session, visit, items)
    start = None if items else view_menu.start(visit.resource, kept)
    if start is not None:
        return visit.redirect(start)
    visit = replace(visit, maybe_resource=visit.resource.showing(kept.columns))
    query = list_mode.settled(params.parse(visit.resource, items, BESIDE), mode, items)
    wanted = filter_builder.sent(items)
    if wanted is not None:
        return await _with_filter(visit, query, wanted)
    jumped = await list_jump.sent(visit, query, items)
    if jumped is not None:
        return jumped
    recorder = Recorder() if explained.wanted(visit, items) else None
    rows_only = visit.request.headers.get(PART) == "rows"
    found = await list_found.find(
        visit, query, exactly=("count", "exact") in items, counting=not rows_only, recorder=recorder
    )
    if found.rows.page != query.page:
        return visit.redirect(list_controls.list_url(visit.resource, query.restarted(page=found.rows.page)))
    page = build(visit, query, found, kept, recorder)
    template = "list/part.html" if rows_only else "list/page.html"
    return visit.page(template, Busy.status if found.too_slow else 200, list=page)


async def count(visit: Visit) -> Response:
    """`GET /{identity}/count`: the exact number of the list's rows as JSON (kind, value, sentence, amount, at)."""
    query = params.parse(visit.resource, visit.request.query_params.multi_items())
    at = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    said = sentence(await list_found.count(visit, query))
    return JSONResponse(
        {"kind": said.kind, "value": said.value, "sentence": said.text, "amount": said.amount, "at": at}
    )


def build(visit: Visit, query: ListQuery, found: Found, kept: Kept, recorder: Recorder | None = None) -> ListPage:
    """The page from what was found. Pure: it asks nothing."""
    resource = visit.resource
    view, here = visit.console.view_of(resource), params.query_string(resource, query)
    if kept.default:
        here = here or list_controls.PLAIN
    said, bulk = sentence(found.count), list_controls.bulk_actions(visit, query)
    return ListPage(
        resource=resource,
        query=query,
        toolbar=list_toolbar.of(visit, query, found, kept, here),
        help=view.help_text,
        url=urls.listing(resource.identity),
        actions=list_controls.actions(visit, query),
        size_pairs=list_controls.carried(resource, query, "pageSize"),
        count_pairs=tuple(params.pairs(resource, query)),
        with_deleted_url=list_controls.list_url(resource, query.restarted(deleted="with")),
        sizes=list_controls.size_choices(query),
        bulk=bulk,
        count=said,
        count_url=urls.count(resource.identity, params.query_string(resource, query.restarted())),
        counted_at=found.counted_at,
        headers=list_controls.headers(resource, query, [one.column for one in found.sorts]),
        title_column=list_rows.title_column(resource),
        rows=list_rows.rows(visit, found.rows, here, view.formatters(), ticks=bool(bulk)),
        may_edit=visit.may(Permission.EDIT),
        pager=list_pager.of(resource, query, found, said),
        jump=list_jump.control(resource, query, found),
        looked=list_looked.of(resource, query, found),
        newer_url=_newer_url(resource, query, found.rows),
        top_url=list_controls.list_url(resource, query.restarted()),
        ways_on=list_pager.ways_on(resource, query, found),
        explain_url=explained.link(visit, query),
        explained=explained.of(resource, recorder, _slow(found), found.names),
        instead=found.instead,
        suggestions=tuple(
            (text, list_controls.list_url(resource, query.restarted(search=text)))
            for text in (found.instead.suggestions if found.instead else ())
        ),
        slow_words=tuple(explained.words(resource, one, found.names) for one in found.parts),
        too_slow=found.too_slow,
        uncounted=found.uncounted,
        limit=f"{visit.console.settings.statement_timeout_ms / 1000:g} s",
    )


def _slow(found: Found) -> list[Slow]:
    return [*found.parts, *(one for one in found.sorts if one not in found.parts)]


def _newer_url(resource: Resource, query: ListQuery, shown: Slice) -> str:
    if shown.has_previous or not shown.top:
        return ""
    return list_controls.list_url(resource, query.restarted(before=shown.top))


async def _with_filter(visit: Visit, query: ListQuery, wanted: Wanted) -> Response:
    """Lead on to the list with one more filter, spelled as every other link spells it."""
    pair = wanted.always()
    if wanted.period:
        async with visit.transaction() as session:
            pair = wanted.on(await days.today(session))
    narrowed = params.parse(visit.resource, [*list_controls.carried(visit.resource, query), pair])
    return visit.redirect(list_controls.list_url(visit.resource, narrowed))


DOORS = [
    Door("GET", "/{identity}/list", Permission.VIEW, show),
    Door("GET", "/{identity}/count", Permission.VIEW, count),
]

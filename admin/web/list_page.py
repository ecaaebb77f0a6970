"""The page of a list: from the query string to one dataclass that the template prints.

The rows never wait for their number: how many there are is said as well as it is known, and counted on demand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import JSONResponse, Response

from admin.errors import Busy
from admin.reads import counts, days
from admin.reads.listing import Slice
from admin.reads.query import ListQuery
from admin.reads.wording import inside
from admin.resource import Resource
from admin.web import filter_builder, list_controls, list_found, list_rows, pager, params, urls
from admin.web.count_sentence import CountSentence, sentence
from admin.web.filter_builder import Filterable, Wanted
from admin.web.gate import Permission
from admin.web.list_controls import Action, Chip, Choice, Header, Pairs
from admin.web.list_found import Found
from admin.web.list_rows import Row
from admin.web.pager import Pager
from admin.web.routes import Door
from admin.web.visit import Visit

BESIDE = ("count", *filter_builder.FIELDS)
"""Parameters of the page that are not the list's own."""


@dataclass(frozen=True)
class ListPage:
    """Everything that `list/page.html` prints."""

    resource: Resource
    query: ListQuery
    plural: str
    """The table's name within a sentence."""
    help: str
    url: str
    actions: tuple[Action, ...]
    search_pairs: Pairs
    filter_pairs: Pairs
    size_pairs: Pairs
    count_pairs: Pairs
    filterable: tuple[Filterable, ...]
    conditions: tuple[tuple[str, str], ...]
    chips: tuple[Chip, ...]
    clear_url: str
    with_deleted_url: str
    deleted: tuple[Choice, ...]
    modes: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    bulk: tuple[Action, ...]
    count: CountSentence
    count_url: str
    headers: tuple[Header, ...]
    title_column: int
    rows: list[Row]
    pager: Pager
    too_slow: bool
    uncounted: bool
    limit: str
    """How long a statement may take: “5 s”."""


async def show(visit: Visit) -> Response:
    """`GET /{identity}/list`."""
    items = visit.request.query_params.multi_items()
    query = params.parse(visit.resource, items, BESIDE)
    wanted = filter_builder.sent(items)
    if wanted is not None:
        return await _with_filter(visit, query, wanted)
    found = await list_found.find(visit, query, exactly=("count", "exact") in items)
    if found.rows.page != query.page:
        return visit.redirect(list_controls.list_url(visit.resource, replace(query, page=found.rows.page)))
    page = build(visit, query, found)
    return visit.page("list/page.html", Busy.status if found.too_slow else 200, list=page)


async def count(visit: Visit) -> Response:
    """`GET /{identity}/count`: the exact number of the list's rows as JSON (kind, value, sentence)."""
    query = params.parse(visit.resource, visit.request.query_params.multi_items())
    async with visit.transaction() as session:
        said = sentence(await counts.exactly(session, visit.resource, query))
    return JSONResponse({"kind": said.kind, "value": said.value, "sentence": said.text, "amount": said.amount})


def build(visit: Visit, query: ListQuery, found: Found) -> ListPage:
    """The page from what was found. Pure: it asks nothing."""
    resource = visit.resource
    view, here = visit.console.view_of(resource), params.query_string(resource, query)
    said = sentence(found.count)
    return ListPage(
        resource=resource,
        query=query,
        plural=inside(resource.name_plural),
        help=view.help_text,
        url=urls.listing(resource.identity),
        actions=list_controls.actions(visit, query),
        search_pairs=list_controls.carried(resource, query, "search"),
        filter_pairs=list_controls.carried(resource, query),
        size_pairs=list_controls.carried(resource, query, "pageSize"),
        count_pairs=params.pairs(resource, query),
        filterable=filter_builder.filterable(resource),
        conditions=filter_builder.conditions(),
        chips=list_controls.chips(resource, query, found.names),
        clear_url=list_controls.list_url(resource, query.restarted(search="", filters=())),
        with_deleted_url=list_controls.list_url(resource, query.restarted(deleted="with")),
        deleted=list_controls.deleted_choices(resource, query),
        modes=list_controls.mode_choices(resource, query),
        sizes=list_controls.size_choices(query),
        bulk=list_controls.bulk_actions(visit, query),
        count=said,
        count_url=urls.count(resource.identity, params.query_string(resource, query.restarted())),
        headers=list_controls.headers(resource, query),
        title_column=list_rows.title_column(resource),
        rows=list_rows.rows(visit, found.rows, here, view.formatters()),
        pager=_pager(resource, query, found.rows, said),
        too_slow=found.too_slow,
        uncounted=found.uncounted,
        limit=f"{visit.console.settings.statement_timeout_ms / 1000:g} s",
    )


async def _with_filter(visit: Visit, query: ListQuery, wanted: Wanted) -> Response:
    """Lead on to the list with one more filter, spelled as every other link spells it."""
    pair = wanted.always()
    if wanted.period:
        async with visit.transaction() as session:
            pair = wanted.on(await days.today(session))
    narrowed = params.parse(visit.resource, [*list_controls.carried(visit.resource, query), pair])
    return visit.redirect(list_controls.list_url(visit.resource, narrowed))


def _pager(resource: Resource, query: ListQuery, found: Slice, said: CountSentence) -> Pager:
    def url(**changes: Any) -> str:
        return list_controls.list_url(resource, replace(query, **changes))

    if query.mode == "scroll":
        cursors = {"page": 1, "after": None, "before": None}
        return Pager(
            previous_url=url(**{**cursors, "before": found.before}) if found.before else None,
            next_url=url(**{**cursors, "after": found.after}) if found.after else None,
        )
    last = max(1, -(-said.value // query.size)) if said.is_exact and said.value is not None else None
    return pager.numbered(query.page, last, has_next=found.has_next, url=lambda n: url(page=n))


DOORS = [
    Door("GET", "/{identity}/list", Permission.VIEW, show),
    Door("GET", "/{identity}/count", Permission.VIEW, count),
]

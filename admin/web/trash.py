"""The trash: one entry for each deletion, and one click that brings back exactly what went with it.

Restoring an entry is the undo of its operation, so rows that were deleted earlier, or one by one since, stay where they
are, and what stands in the way of others is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from admin.errors import BadRequest
from admin.reads import counts, deletions
from admin.reads.deletions import COUNTED_TO, Deletion
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.web import count_sentence, operation_list, params, urls
from admin.web.gate import Permission
from admin.web.list_controls import Choice
from admin.web.operation_entries import Entry, entry
from admin.web.routes import Door
from admin.web.trash_words import TrashWords
from admin.web.visit import Visit


@dataclass(frozen=True)
class Line:
    """One deletion: “Ann deleted 37 orders and 1,204 line items, 2 h ago”, and what is left of it in the trash."""

    entry: Entry
    what: str
    ago: str
    left: str
    days: str
    restore_url: str
    all_rows: bool
    """The address restores all that its query finds."""


async def index(visit: Visit) -> Response:
    """`GET /trash`."""
    table = visit.request.query_params.get("table") or None
    tables = {name: one for name, one in visit.console.resources.items() if one.traits.soft_deletes}
    if table is not None and table not in tables:
        raise BadRequest(f"The parameter table makes no sense: there is no trash of “{table[:80]}”.")
    before = operation_list.number(visit, "before")
    async with visit.transaction() as session:
        found = await deletions.page(session, tables, table, before)
    given = {"table": table} if table else {}
    older = urlencode({**given, "before": found.before}) if found.before is not None else None
    return visit.page(
        "trash/index.html",
        lines=[_line(visit, one) for one in found.entries],
        choices=_choices(tables, table),
        list_url=_list_url(tables[table]) if table else None,
        lists=[(one.name_plural, _list_url(one)) for one in tables.values()],
        days=visit.console.settings.undo_days,
        newest_url=urls.trash(urlencode(given)) if before is not None else None,
        older_url=urls.trash(older) if older is not None else None,
    )


async def count(visit: Visit) -> Response:
    """`GET /{identity}/trash`: how many rows of the list's query lie in the trash, as well as that can be said at once.

    Asked by the list's own script once the page is there, so that no list waits for it.
    """
    query = params.parse(visit.resource, visit.request.query_params.multi_items())
    if not visit.resource.traits.soft_deletes:
        raise BadRequest(f"{visit.resource.name_plural} have no trash.")
    async with visit.transaction() as session:
        found = await counts.count(session, visit.resource, query.restarted(deleted="only"))
    said = count_sentence.sentence(found)
    return JSONResponse({"kind": said.kind, "value": said.value, "amount": said.amount})


def _choices(tables: dict[str, Resource], table: str | None) -> list[Choice]:
    every = [Choice("All tables", urls.trash(), table is None)]
    return every + [
        Choice(one.name_plural, urls.trash(urlencode({"table": name})), name == table) for name, one in tables.items()
    ]


def _list_url(resource: Resource) -> str:
    query = ListQuery(deleted="only", size=resource.page_size)
    return urls.listing(resource.identity, params.query_string(resource, query))


def _line(visit: Visit, one: Deletion) -> Line:
    operation, shown, words = one.listed.operation, entry(visit, one.listed), TrashWords.of(visit, {})
    may = one.left > 0 and visit.may(Permission.RESTORE, visit.console.resources.get(operation.identity or ""))
    left = f"more than {COUNTED_TO:,}" if one.left > COUNTED_TO else f"{one.left:,}"
    return Line(
        entry=shown,
        what=operation.sentence.removesuffix(".").removesuffix(" deleted"),
        ago=words.ago(operation.at),
        left=f"{left} {'row' if one.left == 1 else 'rows'}" if one.left else "",
        days=words.left(operation.at) if one.left else "",
        restore_url=_restore_url(shown, str(operation.identity)) if may else "",
        all_rows=shown.undo_url is None,
    )


def _restore_url(shown: Entry, identity: str) -> str:
    """The undo of the deletion. Where that was undone before, and done again, it is all of its rows that are left."""
    return shown.undo_url or urls.restore(identity, urlencode({"operation": shown.id, "deleted": "only"}))


DOORS = [
    Door("GET", "/trash", Permission.VIEW, index),
    Door("GET", "/{identity}/trash", Permission.VIEW, count),
]

"""The page for several rows of which some cannot simply come back: all of them decided at once, or one by one.

Left in the trash, or put in place of the live rows that have their values and together with what they belong to: each
is one button and one operation. A row that is to come back with another value has a page of its own.
"""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.responses import Response

from admin.errors import BadRequest
from admin.reads import restorable, selection, wording
from admin.reads.restorable import Conflicts
from admin.reads.selection import Keys, Selection
from admin.web import params, urls
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit

TOLD = 10
"""Rows that are told one by one, each with the way to its own page."""


async def show(visit: Visit) -> Response:
    """`GET /{identity}/restore` with a list's query: its rows in the trash; the list itself where none is in a fix."""
    if not visit.resource.traits.soft_deletes:
        raise BadRequest(f"{visit.resource.name_plural} have no trash.")
    query = params.parse(visit.resource, visit.request.query_params.multi_items())
    asked = await ask(visit, Selection(query=query), FormData())
    return asked or visit.redirect(urls.listing(visit.resource.identity, visit.query_string))


async def ask(visit: Visit, chosen: Selection, data: FormData) -> Response | None:
    """The page; None where nothing stands in the way of any of these rows."""
    resource = visit.resource
    async with visit.transaction() as session:
        keys = await selection.keys_of(session, resource, chosen, deleted=True)
        found = await restorable.conflicts(session, resource, keys)
    return _page(visit, found, keys, (chosen, data)) if found.rows else None


def _page(visit: Visit, found: Conflicts, keys: Keys, sent: tuple[Selection, FormData]) -> Response:
    chosen, data = sent
    resource, query = visit.resource, visit.query_string
    reasons: dict[str, str] = {}
    for one in found.kept:
        reasons.setdefault(one.key, one.reason)
    shown = [(key, why, urls.restoring(resource.identity, key, query)) for key, why in list(reasons.items())[:TOLD]]
    return visit.page(
        "deletion/several_in_the_way.html",
        resource=resource,
        what=wording.rows_of(resource, len(keys)),
        free=len(keys) - found.rows,
        rows=found.rows,
        held=wording.rows_of(resource, found.holders) if found.holders else "",
        owned=any(not one.columns for one in found.kept),
        reasons=shown,
        more=found.rows - len(shown),
        everything=chosen.query is not None,
        pks=[str(pk) for pk in data.getlist("pks")],
        action=urls.restore(resource.identity, query),
        list_url=urls.listing(resource.identity, query),
    )


DOORS = [Door("GET", "/{identity}/restore", Permission.RESTORE, show)]

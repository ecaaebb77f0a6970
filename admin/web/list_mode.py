"""Pages or scroll: what a list's address leaves open is decided by what the person chose last for this table.

The choice is a POST, since it changes what is kept of the person; its answer leads to an address that names the choice.
An address that names one is obeyed and changes nothing, so that a shared link shows everybody the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast, get_args

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin.errors import BadRequest
from admin.reads import preferences
from admin.reads.query import ListQuery, Mode
from admin.web import list_controls, params
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes.preferences import remember

FIELD = "mode"

Items = Sequence[tuple[str, str]]
"""The pairs of a query string."""


async def remembered(session: AsyncSession, visit: Visit, items: Items) -> Mode | None:
    """What decides where the address leaves the mode open; None, unasked, where it does not."""
    if any(name == FIELD and text for name, text in items):
        return None
    chosen = visit.lists.of(visit.resource.identity).get(FIELD)
    return await preferences.mode(session, visit.resource, chosen)


def settled(query: ListQuery, start: Mode | None, items: Items) -> ListQuery:
    """The query with its mode; a page's number asks for pages. Where pages are what the table starts with the mode
    stays open, so that the list's links are as short as its own address."""
    if start != "scroll":
        return query
    return replace(query, mode="pages" if any(name == "page" for name, _ in items) else "scroll")


async def choose(visit: Visit) -> Response:
    """`POST /{identity}/mode` with the field `mode`: remember the choice and lead to the list in it."""
    query = params.parse(visit.resource, visit.request.query_params.multi_items())
    chosen = (await visit.form()).get(FIELD)
    if chosen not in get_args(Mode):
        raise BadRequest(f"The field mode makes no sense: choose {' or '.join(get_args(Mode))}.")
    async with visit.transaction() as session:
        await remember(session, visit.actor, visit.resource.identity, FIELD, chosen)
    return visit.redirect(list_controls.list_url(visit.resource, query.restarted(mode=cast("Mode", chosen))))


DOORS = [Door("POST", "/{identity}/mode", Permission.VIEW, choose)]

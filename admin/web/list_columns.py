"""Which columns a list shows and in which order: everybody's own choice for each table.

It is a choice of what is shown, not of what may be seen: rights, exports and addresses know nothing of it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from starlette.responses import Response

from admin.errors import BadRequest
from admin.reads.saved_views import COLUMNS
from admin.resource import Resource
from admin.web import list_controls, params
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import preferences

SHOWN, UP, DOWN, RESET = "columns", "up", "down", "reset"


@dataclass(frozen=True)
class ColumnChoice:
    """A column that the list can show, and whether it does."""

    name: str
    label: str
    shown: bool


@functools.lru_cache(maxsize=200)
def choices(resource: Resource) -> tuple[ColumnChoice, ...]:
    """Those shown, in their order, then the others."""
    names = dict.fromkeys([*resource.list_columns, *resource.details_columns])
    return tuple(ColumnChoice(name, resource.label(name), name in resource.list_columns) for name in names)


async def choose(visit: Visit) -> Response:
    """`POST /{identity}/columns`: the ticked columns in the order they are sent; `up` or `down` moves one of them."""
    resource = visit.resource
    query = params.parse(resource, visit.request.query_params.multi_items())
    data = await visit.form()
    chosen = list(dict.fromkeys(str(name) for name in data.getlist(SHOWN)))
    if RESET in data:
        chosen = []
    elif not chosen:
        raise BadRequest("No column was ticked. Go back and leave at least one.")
    if unknown := set(chosen) - resource.visible:
        raise BadRequest(f"{resource.name_plural} have no column “{min(unknown)[:80]}” to show.")
    moved = _moved(chosen, str(data.get(UP, "")), str(data.get(DOWN, "")))
    async with visit.transaction() as session:
        kept = [] if tuple(moved) == resource.list_columns else moved
        await preferences.remember(session, visit.actor, resource.identity, COLUMNS, kept)
    return visit.redirect(list_controls.list_url(resource, query))


def _moved(names: list[str], up: str, down: str) -> list[str]:
    """The names with one of them a place further up or down; at an end it stays."""
    for name, step in ((up, -1), (down, 1)):
        if name in names:
            at = names.index(name)
            names.insert(max(0, at + step), names.pop(at))
    return names


DOORS = [Door("POST", "/{identity}/columns", Permission.VIEW, choose)]

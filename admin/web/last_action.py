"""The last thing a person did, on every page: what it was, and its Undo.

Every page has the button; what it says is asked when somebody looks, so that no page waits for it and none is out of
date. The button and Ctrl+Z ask for the part alone; without a script the same stands on a page of its own.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from starlette.responses import Response

from admin.reads import operations
from admin.web import urls
from admin.web.gate import Permission
from admin.web.operation_entries import entry
from admin.web.page import PART
from admin.web.routes import Door
from admin.web.visit import Visit

LATELY = dt.timedelta(hours=1)
"""What was done longer ago is not undone by a key alone: it may not be what a person has in mind."""


async def show(visit: Visit) -> Response:
    """`GET /operations/last`."""
    async with visit.transaction() as session:
        found = await operations.last_of(session, visit.actor)
    menu = visit.request.headers.get(PART) == "menu"
    return visit.page(
        "operations/_last.html" if menu else "operations/last.html",
        entry=entry(visit, found) if found else None,
        lately=found is not None and dt.datetime.now(dt.UTC) - found.operation.at < LATELY,
        own_url=urls.operations(urlencode({"person": str(visit.actor.id)})),
    )


DOORS = [Door("GET", "/operations/last", Permission.UNDO, show)]

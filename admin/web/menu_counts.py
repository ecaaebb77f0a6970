"""How many rows each table of the menu has: asked by the menu's own script, so that no page waits for it.

One query for all tables, whose cost does not grow with them; the script remembers the answer for a minute.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from admin.reads import dashboard
from admin.reads.counts import AtLeast, Count
from admin.web import urls
from admin.web.count_sentence import sentence
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit


async def show(visit: Visit) -> Response:
    """`GET /sizes`: by the address of each list, its number for the menu and in words."""
    async with visit.glance() as session:
        found = await dashboard.sizes(session, list(visit.console.resources.values()))
    return JSONResponse({urls.listing(identity): _said(count) for identity, count in found.items()})


def _said(count: Count) -> tuple[str, str]:
    """“1.2M”, “about 1.2M rows”: what is short in the menu is said in full to whoever asks."""
    said = sentence(count)
    return f"{count.n:,}+" if isinstance(count, AtLeast) else said.amount.removeprefix("about "), said.text


DOORS = [Door("GET", "/sizes", Permission.VIEW, show)]

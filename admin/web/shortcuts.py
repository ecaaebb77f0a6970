"""Keyboard shortcuts: what they are, in words, and the switch of single letters and signs, kept for the person.

Scripts take the dialog and leave out what does not work on their page; the page lists everything.
"""

from __future__ import annotations

from starlette.responses import Response

from admin.web import error_pages, flash, urls
from admin.web.gate import Permission
from admin.web.page import PART, Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import preferences

ANYWHERE = (
    ("Ctrl+k", ("Ctrl", "K"), "Go to a table, a record or an action"),
    ("g", ("G", "letter"), "Go to the table that begins with the letter"),
    ("Ctrl+z", ("Ctrl", "Z"), "Undo your last action"),
    ("?", ("?",), "Show these shortcuts"),
    ("F8", ("F8",), "Go to the newest message"),
)
LIST = (
    ("/", ("/",), "Search in this table"),
    ("j", ("J",), "Next row"),
    ("k", ("K",), "Row before"),
    ("x", ("X",), "Tick or untick the row"),
    ("Enter", ("Enter",), "Open the row"),
    ("Escape", ("Esc",), "Take all ticks away, or leave the row"),
)
ROW = (
    ("c", ("C",), "New row"),
    ("e", ("E",), "Edit the row"),
    ("#", ("#",), "Delete the row, or the ticked ones"),
    ("Ctrl+Enter", ("Ctrl", "Enter"), "Save"),
)
SECTIONS = (("Everywhere", ANYWHERE), ("In a list", LIST), ("Rows", ROW))
"""Each key by its name in js/keyboard.js, as it is shown, and in words. On a Mac, Cmd does what Ctrl does."""


async def show(visit: Visit) -> Response:
    """`GET /shortcuts`: the page, or the dialog alone for a script."""
    part = visit.request.headers.get(PART) == "dialog"
    return visit.page("shortcuts/dialog.html" if part else "shortcuts/page.html", sections=SECTIONS)


async def switch(visit: Visit) -> Response:
    """`POST /shortcuts`: single letters and signs work when `single` is ticked."""
    on = "single" in await visit.form()
    quiet = error_pages.wants_json(visit.request)
    async with visit.transaction() as session:
        await preferences.switch_single_keys(session, visit.actor, on=on)
        if not quiet:
            said = "work as shortcuts" if on else "are no shortcuts any more"
            await flash.add(session, visit, Flash("success", f"Single letters and signs {said}."))
    return Response(status_code=204) if quiet else visit.redirect(urls.shortcuts())


DOORS = [
    Door("GET", "/shortcuts", Permission.VIEW, show),
    Door("POST", "/shortcuts", Permission.VIEW, switch),
]

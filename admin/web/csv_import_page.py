"""Which import a request is about, and the page of it: every step of an import begins and ends here."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin.errors import LarderError, NotFound
from admin.reads import csv_import as imports
from admin.web import (
    csv_import_index,
    csv_import_progress,
    csv_import_reading,
    csv_import_result,
    csv_import_shown,
    csv_import_waiting,
    gate,
)
from admin.web.csv_import_choices import choices
from admin.web.csv_import_questions import questions
from admin.web.csv_import_view import View
from admin.web.gate import Permission
from admin.web.visit import Visit
from admin.writes.csv_import import previews, store
from admin.writes.csv_import.options import Options
from admin.writes.csv_import.previews import Preview
from admin.writes.csv_import.store import Stored

LARGEST_ID = 2**63 - 1


async def opened(visit: Visit, session: AsyncSession) -> tuple[Visit, Stored]:
    """The import of the path, and the visit at its table. Raises `NotFound` for other people's imports too."""
    import_id = int(visit.request.path_params["import_id"])
    if import_id > LARGEST_ID:
        raise NotFound("There is no such import.")
    stored = await store.get(session, import_id)
    if visit.actor.role != "admin" and stored.record.person_id != visit.actor.id:
        raise NotFound(f"There is no import {import_id}.")
    resource = visit.console.resources.get(stored.record.identity)
    if resource is None:
        raise NotFound(f"The table {stored.record.identity} of this import is not there any more.")
    gate.require(visit.actor, Permission.IMPORT, resource)
    return replace(visit, maybe_resource=resource), stored


async def page(
    visit: Visit,
    session: AsyncSession,
    stored: Stored,
    problem: LarderError | None = None,
    options: Options | None = None,
) -> Response:
    """The page of an import in its state; after refused choices with these still chosen, and why they cannot be."""
    state = await imports.state_of(session, stored.id)
    view = View(visit, stored, state, options or stored.options, problem)
    if state == "review" and problem is None:
        try:
            if (onward := await _onward(session, view)) is not None:
                return onward
        except NotFound as error:
            view = View(visit, stored, state, view.options, error)
    same = await imports.same_file(session, stored.record) if state == "review" else None
    reading = csv_import_reading.reading(view, await candidates(session, stored) if view.stage == "failed" else [])
    return visit.page(
        f"csv_import/{view.template}.html", view.status, view=view, choices=choices(view),
        recorded=await csv_import_result.recorded(session, view),
        shown=await csv_import_progress.look(session, stored, state),
        waiting=await csv_import_waiting.waiting(session, view),
        same=csv_import_index.entry(visit, same) if same else None, reading=reading,
        questions=questions(view), **await csv_import_shown.shown(session, view),
    )  # fmt: skip


async def _onward(session: AsyncSession, view: View) -> Response | None:
    """To the line that is asked for, or where the check that is over was to lead. Raises `NotFound`."""
    if line := view.number("line"):
        return await csv_import_shown.lead_to(session, view, line)
    return await csv_import_waiting.lead_on(session, view)


async def candidates(session: AsyncSession, stored: Stored) -> list[Preview]:
    """Encodings to choose from, when the file is not what it was taken for, or was read in one that was chosen."""
    form = stored.format
    if form.sheet is not None or (stored.record.state != "failed" and form.encoding == "utf-8"):
        return []
    return await previews.previews(session, stored.id)

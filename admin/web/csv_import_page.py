"""Which import a request is about, and the page of it: every step of an import begins and ends here."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin.errors import LarderError, NotFound
from admin.reads import csv_import as imports
from admin.web import csv_import_index, csv_import_reading, csv_import_rows, gate
from admin.web.csv_import_choices import choices
from admin.web.csv_import_view import View
from admin.web.gate import Permission
from admin.web.visit import Visit
from admin.writes.csv_import import review, store
from admin.writes.csv_import.options import Options
from admin.writes.csv_import.report import Rejection
from admin.writes.csv_import.review import Line
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
    rejected: list[Rejection] = []
    lines: list[Line] = []
    if state == "review" and view.tab.verdict != "rejected":
        made = await store.plan_of(session, visit.resource, stored)
        lines = await review.lines(session, made, view.tab.verdict, view.tab.after)
    elif state in ("review", "done") and stored.staged and view.report.rejected:
        rejected = await review.rejections(session, stored.id, stored.staged.headers, view.tab.after)
    rows = csv_import_rows.rows(view, rejected, lines)
    same = await imports.same_file(session, stored.record) if state == "review" else None
    return visit.page(
        f"csv_import/{view.template}.html", view.status, view=view, rows=rows, choices=choices(view),
        same=csv_import_index.entry(visit, same) if same else None,
        reading=csv_import_reading.reading(view),
    )  # fmt: skip

"""One field of one row, for the cell of a list that is edited in its place.

A script asks for the field, shows it over the cell and sends it back; the answer is the row anew, or the field with
what is wrong. It is the very field of the row's own form, read and written by the same rules, so nobody's change is
overwritten here either. Whoever has no script uses that form.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from admin import values
from admin.errors import Busy, Conflict, FieldError, Invalid, LarderError, NotFound
from admin.reads import record, saved_views
from admin.reads.listing import Slice
from admin.reads.record import Record
from admin.web import answers, choices, conflicts, error_pages, forms, list_rows, record_form, record_saved, urls
from admin.web.answers import Answer
from admin.web.conflicts import Choice
from admin.web.forms import Form
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import records
from admin.writes.clashes import StaleEdit

BODY = 4 * 2**20
"""Bytes: one value, as it is and as it was."""


async def field(visit: Visit) -> Response:
    """`GET /{identity}/field/{column}/{pk}`: `{"form": HTML}`."""
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
    if found.deleted:
        raise Conflict("This row is in the trash: restore it first.")
    return _asking(visit, _form(visit, found), {})


async def save(visit: Visit) -> Response:
    """`POST` of the same: `{"row": HTML, "toast": HTML}`, or `{"form": HTML}` with what is wrong."""
    data = await visit.request.form(max_part_size=BODY)
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
        answer = await choices.resolve(session, visit, answers.changes(_form(visit, found), data, found.row))
    if not answer.form.valid:
        return _asking(visit, answer.form, {}, 400)
    try:
        return await _save(visit, found, answer)
    except (LarderError, SQLAlchemyError) as error:
        return _refused(visit, error, answer.form)


async def _save(visit: Visit, found: Record, answer: Answer) -> Response:
    traits = visit.resource.traits
    key = tuple(getattr(found.row, name) for name in traits.key)
    async with visit.transaction() as session:
        try:
            saved = await records.update(session, visit.actor, visit.resource, key, answer.values, answer.shown)
        except StaleEdit as error:
            labels = {one.name: one.label for one in answer.form.fields}
            merged = conflicts.merged(_form(visit, error.record), answer)
            return _asking(visit, merged, conflicts.choices(visit.resource, labels, error.clashes), error.status)
        now = await record.get(session, visit.resource, key)
        kept = await saved_views.kept(session, visit.actor, visit.lists, visit.resource.identity)
    if now is None:
        raise NotFound("This row is gone.")
    shown = replace(visit, maybe_resource=visit.resource.showing(kept.columns))
    view = visit.console.view_of(visit.resource)
    bulk = visit.may(Permission.DELETE) or visit.may(Permission.EDIT)
    slice_ = Slice([now.row], 1, has_previous=False, has_next=False, parents=now.parents)
    row = list_rows.rows(shown, slice_, visit.query_string, view.formatters(), ticks=bulk)
    told = record_saved.told(visit, values.key_text(traits, now.row), saved.operation_id, "already holds this value")
    toast = visit.console.renderer.render("record/toast.html", {"flash": told})
    return JSONResponse({"row": row, "toast": toast})


def _form(visit: Visit, found: Record) -> Form:
    """The form of the one column that the address names. Raises `NotFound` when it cannot be edited."""
    name = visit.request.path_params["column"]
    if not visit.resource.edits_in_place(name):
        raise NotFound(f"{visit.resource.name_plural} have no such column to edit.")
    narrowed = replace(visit.resource, form_columns=(name,))
    form = forms.for_row(narrowed, visit.console.view_of(visit.resource), found.row)
    return choices.with_names(visit, form, found.row, found.parents)


def _asking(visit: Visit, form: Form, clashes: dict[str, Choice], status: int = 200) -> Response:
    context: dict[str, Any] = {"form": form, "field": form.fields[0], "clashes": clashes, "action": _here(visit)}
    return JSONResponse({"form": visit.console.renderer.render("record/cell.html", context)}, status_code=status)


def _refused(visit: Visit, error: Exception, form: Form) -> Response:
    explained = error_pages.explain(error, visit.resource)
    if isinstance(explained, Invalid):
        return _asking(visit, form.with_errors(explained.errors), {}, explained.status)
    if isinstance(explained, Conflict | Busy):
        return _asking(visit, form.with_errors([FieldError(None, str(explained))]), {}, explained.status)
    raise error


def _here(visit: Visit) -> str:
    params = visit.request.path_params
    return urls.field(visit.resource.identity, params["column"], urls.key_in(params["pk"]), visit.query_string)


DOORS = [
    Door("GET", "/{identity}/field/{column}/{pk:path}", Permission.EDIT, field),
    Door("POST", "/{identity}/field/{column}/{pk:path}", Permission.EDIT, save, BODY),
]

"""Making and changing one row: the forms, and what happens when they are sent.

A page of one row carries the query string of the list it came from, and saving leads back to that very list. A form
that cannot be saved comes back with everything that was typed. What was read for such a page is read in a transaction
of its own: the one that writes is rolled back when it fails.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import values
from admin.errors import Busy, Conflict, FieldError, Invalid, LarderError
from admin.reads.selection import Selection
from admin.web import (
    answers,
    choices,
    conflicts,
    error_pages,
    flash,
    forms,
    params,
    record_details,
    record_form,
    resume,
    urls,
)
from admin.web.answers import Answer
from admin.web.forms import Form
from admin.web.gate import Permission
from admin.web.operations import ROW
from admin.web.page import Flash
from admin.web.record_form import Subject
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import deletion, records
from admin.writes.clashes import StaleEdit

THEN = "form-then"
"""Which of the three buttons saved: empty, `continue` or `another`."""

RESTORE = "form-restore"
"""Sent by the button that brings a row back from the trash and saves it."""

BODY = 8 * 2**20
"""Bytes of a form: it carries every value twice, and a long text may be written in letters of three bytes. One field
may take all of it: what is too long is then told beside the field, and the text is not lost."""


async def new(visit: Visit) -> Response:
    """An empty form, or one that starts as another row. The filters of the list it was called from fill fields in."""
    original = visit.request.query_params.get(record_form.FROM)
    async with visit.transaction() as session:
        if original is not None:
            form, subject = record_form.copy(visit, await record_form.found(session, visit, original))
        else:
            form = await choices.name_given(session, visit, record_form.empty(visit, _given(visit)))
            subject = record_form.NEW
    return record_form.show(visit, form, subject)


async def create(visit: Visit) -> Response:
    """Make the row; sent again, the same form leads to the row it made."""
    data = await _data(visit)
    async with visit.transaction() as session:
        answer = await choices.resolve(session, visit, answers.creation(record_form.empty(visit, {}), data))
    if resume.RESUMED in data:
        return record_form.show(visit, answer.form, record_form.resumed(answer.form, record_form.NEW))
    if not answer.form.valid:
        return record_form.show(visit, answer.form, record_form.NEW, 400)
    try:
        async with visit.transaction() as session:
            nonce = answers.fingerprint(answer.form, data)
            saved = await records.create(session, visit.actor, visit.resource, answer.values, nonce=nonce)
            key = values.key_text(visit.resource.traits, saved.row)
            told = _told(visit, key, saved.operation_id, "was saved from this form before")
            await flash.add(session, visit, told)
    except (LarderError, SQLAlchemyError) as error:
        return _refused(visit, error, answer.form, record_form.NEW)
    return visit.redirect(_next(visit, data, key))


async def edit(visit: Visit) -> Response:
    """The form of a row; a row in the trash is shown, not changed."""
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
        if found.deleted:
            return await record_details.show(session, visit, found)
    return record_form.show(visit, record_form.stored(visit, found), record_form.subject(visit, found))


async def save(visit: Visit) -> Response:
    """Write what was changed. What somebody else changed meanwhile stays, or is asked about where both changed it."""
    data = await _data(visit)
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
        subject, stored = record_form.subject(visit, found), record_form.stored(visit, found)
        answer = await choices.resolve(session, visit, answers.changes(stored, data, found.row))
    if resume.RESUMED in data:
        return record_form.show(visit, answer.form, record_form.resumed(answer.form, subject))
    if not answer.form.valid:
        return record_form.show(visit, answer.form, subject, 400)
    try:
        return await _save(visit, data, (subject, stored, answer))
    except (LarderError, SQLAlchemyError) as error:
        return _refused(visit, error, answer.form, subject)


async def _save(visit: Visit, data: FormData, attempt: tuple[Subject, Form, Answer]) -> Response:
    subject, stored, answer = attempt
    key = str(subject.key)
    async with visit.transaction() as session:
        if answer.empty and not subject.deleted:
            unchanged = f"Nothing to save: {visit.resource.name} {key} is unchanged."
            await flash.add(session, visit, Flash("info", unchanged))
            return visit.redirect(_next(visit, data, key))
        parts = values.parse_key(visit.resource.traits, key)
        if subject.deleted and RESTORE in data and visit.may(Permission.RESTORE):
            await deletion.restore(session, visit.actor, visit.resource, Selection(keys=[parts]))
        try:
            saved = await records.update(session, visit.actor, visit.resource, parts, answer.values, answer.shown)
        except StaleEdit as error:
            merged = conflicts.merged(record_form.stored(visit, error.record), answer)
            asked = conflicts.choices(visit.resource, answer, error.clashes)
            return record_form.show(visit, merged, subject, error.status, asked)
        staying = data.get(THEN) == "continue"
        told = _told(visit, key, saved.operation_id, "already holds these values", staying=staying)
        if others := conflicts.meanwhile(stored, answer):
            told = replace(told, text=f"{told.text} {others}")
        await flash.add(session, visit, told)
    return visit.redirect(_next(visit, data, key))


def _refused(visit: Visit, error: Exception, form: Form, subject: Subject) -> Response:
    """The form again, with everything that was typed and why it could not be saved: a rule, another person, or a
    database that does not answer. Anything else is no matter of the form and goes on to its own page."""
    explained = error_pages.explain(error, visit.resource)
    if isinstance(explained, Invalid):
        return record_form.show(visit, form.with_errors(explained.errors), subject, explained.status)
    if isinstance(explained, Conflict | Busy):
        return record_form.show(visit, form.with_errors([FieldError(None, str(explained))]), subject, explained.status)
    raise error


def _told(visit: Visit, key: str, operation_id: int | None, otherwise: str, *, staying: bool = False) -> Flash:
    """That the row was saved, with an Undo that leads back to the page it is shown on; `otherwise` when nothing had to
    be written."""
    name = f"{visit.resource.name} {key}"
    if operation_id is None:
        return Flash("info", f"{name} {otherwise}.")
    query = "&".join(part for part in (visit.query_string, urlencode({ROW: key}) if staying else "") if part)
    return Flash("success", f"{name} saved.", urls.undo(operation_id, query))


def _next(visit: Visit, data: FormData, key: str) -> str:
    """Where the button that was pressed leads: the list by default."""
    identity, query = visit.resource.identity, visit.query_string
    match data.get(THEN):
        case "continue":
            return urls.edit(identity, key, query)
        case "another" if visit.may(Permission.CREATE):
            return urls.create(identity, query)
        case _:
            return urls.listing(identity, query)


def _given(visit: Visit) -> dict[str, str]:
    """Filters of the list that say what a column is: who lists the lines of an order adds one to it."""
    pairs = visit.request.query_params.multi_items()
    return forms.given(visit.resource, [pair for pair in pairs if pair[0] not in params.SINGLE])


async def _data(visit: Visit) -> FormData:
    return await visit.request.form(max_part_size=BODY)


DOORS = [
    Door("GET", "/{identity}/create", Permission.CREATE, new),
    Door("POST", "/{identity}/create", Permission.CREATE, create, BODY),
    Door("GET", "/{identity}/edit/{pk:path}", Permission.EDIT, edit),
    Door("POST", "/{identity}/edit/{pk:path}", Permission.EDIT, save, BODY),
    Door("GET", "/{identity}/details/{pk:path}", Permission.VIEW, record_details.read),
]

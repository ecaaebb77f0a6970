"""Making and changing one row: the forms, and what happens when they are sent.

A page of one row carries the query string of the list it came from, and saving leads back to that very list. A form
that cannot be saved comes back with everything that was typed. What was read for such a page is read in a transaction
of its own: the one that writes is rolled back when it fails.
"""

from __future__ import annotations

from dataclasses import replace

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
    record_lines,
    record_saved,
    resume,
)
from admin.web.answers import Answer
from admin.web.forms import Form
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.record_form import Subject
from admin.web.record_lines import Inside
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import deletion, records
from admin.writes.clashes import StaleEdit
from admin.writes.lines import LinesRefused
from admin.writes.records import Wish

RESTORE = "form-restore"
"""Sent by the button that brings a row back from the trash and saves it."""

BODY = 8 * 2**20
"""Bytes of a form: it carries every value twice, and a long text may be written in letters of three bytes. One field
may take all of it: what is too long is then told beside the field, and the text is not lost."""


FIELDS = 5_000
"""Fields of a form with lines in it: each value comes with what it was."""


async def new(visit: Visit) -> Response:
    """An empty form, or one that starts as another row. The filters of the list it was called from fill fields in."""
    original = visit.request.query_params.get(record_form.FROM)
    async with visit.transaction() as session:
        if original is not None:
            form, subject = record_form.copy(visit, await record_form.found(session, visit, original))
        else:
            form = await choices.name_given(session, visit, record_form.empty(visit, _given(visit)))
            subject = record_form.NEW
        form = await choices.simplified(session, form)
        inside = await record_lines.shown(session, visit, None)
    return record_form.show(visit, form, replace(subject, inside=inside))


async def create(visit: Visit) -> Response:
    """Make the row; sent again, the same form leads to the row it made."""
    data = await _data(visit)
    async with visit.transaction() as session:
        form = await choices.simplified(session, record_form.empty(visit, {}))
        answer = await choices.resolve(session, visit, answers.creation(form, data))
        inside = await record_lines.answered(session, visit, None, data)
    if not (answer.form.valid and inside.valid) or resume.RESUMED in data:
        resumed = resume.RESUMED in data
        return record_form.again(visit, answer.form, inside, record_form.NEW, resumed=resumed, status=inside.status)
    try:
        async with visit.transaction() as session:
            nonce = answers.fingerprint(answer.form, data)
            saved = await records.create(
                session, visit.actor, visit.resource, answer.values, nonce=nonce, inside=inside.changes
            )
            key = values.key_text(visit.resource.traits, saved.row)
            told = record_saved.told(visit, key, saved.operation_id, "was saved from this form before")
            await flash.add(session, visit, told)
    except (LarderError, SQLAlchemyError) as error:
        return _refused(visit, error, (record_form.NEW, answer.form, inside))
    return visit.redirect(record_saved.leads_to(visit, data, key))


async def edit(visit: Visit) -> Response:
    """The form of a row; a row in the trash is shown, not changed."""
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
        if found.deleted:
            return await record_details.show(session, visit, found)
        inside = await record_lines.shown(session, visit, found.row)
        form = await choices.simplified(session, record_form.stored(visit, found))
    subject = replace(record_form.subject(visit, found), inside=inside)
    return record_form.show(visit, form, subject)


async def save(visit: Visit) -> Response:
    """Write what was changed. What somebody else changed meanwhile stays, or is asked about where both changed it."""
    data = await _data(visit)
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
        subject = record_form.subject(visit, found)
        stored = await choices.simplified(session, record_form.stored(visit, found))
        answer = await choices.resolve(session, visit, answers.changes(stored, data, found.row))
        inside = await record_lines.answered(session, visit, found.row, data)
    if not (answer.form.valid and inside.valid) or resume.RESUMED in data:
        resumed = resume.RESUMED in data
        return record_form.again(visit, answer.form, inside, subject, resumed=resumed, status=inside.status)
    try:
        return await _save(visit, data, (subject, stored, answer, inside))
    except (LarderError, SQLAlchemyError) as error:
        return _refused(visit, error, (subject, answer.form, inside))


async def _save(visit: Visit, data: FormData, attempt: tuple[Subject, Form, Answer, Inside]) -> Response:
    subject, stored, answer, inside = attempt
    key = str(subject.key)
    async with visit.transaction() as session:
        if answer.empty and not inside.changes and not subject.deleted:
            unchanged = f"Nothing to save: {visit.resource.name} {key} is unchanged."
            await flash.add(session, visit, Flash("info", unchanged))
            return visit.redirect(record_saved.leads_to(visit, data, key))
        parts = values.parse_key(visit.resource.traits, key)
        if subject.deleted and RESTORE in data and visit.may(Permission.RESTORE):
            await deletion.restore(session, visit.actor, visit.resource, Selection(keys=[parts]))
        try:
            # Adding the same line twice makes two; changing the same field twice makes no difference.
            nonce = answers.fingerprint(answer.form, data) if inside.changes else None
            wish = Wish(answer.values, answer.shown, inside.changes, nonce)
            saved = await records.edit(session, visit.actor, visit.resource, parts, wish)
        except StaleEdit as error:
            merged = conflicts.merged(record_form.stored(visit, error.record), answer)
            labels = {field.name: field.label for field in answer.form.fields}
            asked = conflicts.choices(visit.resource, labels, error.clashes)
            return record_form.show(visit, merged, replace(subject, inside=inside.sections), error.status, asked)
        staying = data.get(record_saved.THEN) == "continue"
        told = record_saved.told(visit, key, saved.operation_id, "already holds these values", staying=staying)
        for others in filter(None, (conflicts.meanwhile(stored, answer), inside.meanwhile)):
            told = replace(told, text=f"{told.text} {others}")
        await flash.add(session, visit, told)
    return visit.redirect(record_saved.leads_to(visit, data, key))


def _refused(visit: Visit, error: Exception, attempt: tuple[Subject, Form, Inside]) -> Response:
    """The form again, with everything that was typed and why it could not be saved: a rule, another person, or a
    database that does not answer. Anything else is no matter of the form and goes on to its own page."""
    subject, form, inside = attempt
    if isinstance(error, LinesRefused):
        return record_form.again(visit, form, inside.refused(visit, error), subject, status=error.status)
    subject = replace(subject, inside=inside.sections)
    explained = error_pages.explain(error, visit.resource)
    if isinstance(explained, Invalid):
        return record_form.show(visit, form.with_errors(explained.errors), subject, explained.status)
    if isinstance(explained, Conflict | Busy):
        return record_form.show(visit, form.with_errors([FieldError(None, str(explained))]), subject, explained.status)
    raise error


def _given(visit: Visit) -> dict[str, str]:
    """Filters of the list that say what a column is: who lists the lines of an order adds one to it."""
    pairs = visit.request.query_params.multi_items()
    return forms.given(visit.resource, [pair for pair in pairs if pair[0] not in params.SINGLE])


async def _data(visit: Visit) -> FormData:
    return await visit.request.form(max_part_size=BODY, max_fields=FIELDS)


DOORS = [
    Door("GET", "/{identity}/create", Permission.CREATE, new),
    Door("POST", "/{identity}/create", Permission.CREATE, create, BODY),
    Door("GET", "/{identity}/edit/{pk:path}", Permission.EDIT, edit),
    Door("POST", "/{identity}/edit/{pk:path}", Permission.EDIT, save, BODY),
    Door("GET", "/{identity}/details/{pk:path}", Permission.VIEW, record_details.read),
]

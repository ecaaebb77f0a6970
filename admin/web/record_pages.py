"""Making and changing one row: the forms, and what happens when they are sent.

A page of one row carries the query string of the list it came from, and saving leads back to that very list. A form
that cannot be saved comes back with everything that was typed. What was read for such a page is read in a transaction
of its own: the one that writes is rolled back when it fails.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import values
from admin.errors import Conflict, FieldError, Invalid, NotFound
from admin.reads import parents, record, wording
from admin.reads.record import Record
from admin.web import answers, choices, conflicts, flash, forms, params, record_details, urls
from admin.web.answers import Answer
from admin.web.forms import Form
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import records
from admin.writes.clashes import StaleEdit

THEN = "form-then"
"""Which of the three buttons saved: empty, `continue` or `another`."""

BODY = 8 * 2**20
"""Bytes of a form: it carries every value twice, and a long text may be written in letters of three bytes."""
PART = 4 * 2**20


@dataclass(frozen=True)
class Subject:
    """What a form is about: a row by its key and label, or a new one, whose key is None."""

    key: str | None = None
    label: str = ""


NEW = Subject()


async def new(visit: Visit) -> Response:
    """An empty form. The filters of the list it was called from fill their fields in."""
    form = _empty_form(visit, _given(visit))
    async with visit.transaction() as session:
        form = await choices.name_given(session, visit, form)
    return _show(visit, form, NEW)


async def create(visit: Visit) -> Response:
    """Make the row; sent again, the same form leads to the row it made."""
    data = await _data(visit)
    async with visit.transaction() as session:
        answer = await choices.resolve(session, visit, answers.creation(_empty_form(visit, {}), data))
    if not answer.form.valid:
        return _show(visit, answer.form, NEW, 400)
    try:
        async with visit.transaction() as session:
            nonce = answers.fingerprint(answer.form, data)
            saved = await records.create(session, visit.actor, visit.resource, answer.values, nonce=nonce)
            key = values.key_text(visit.resource.traits, saved.row)
            await _say(session, visit, key, saved.operation_id, "was saved from this form before")
    except Invalid as error:
        return _show(visit, answer.form.with_errors(error.errors), NEW, 400)
    return visit.redirect(_next(visit, data, key))


async def edit(visit: Visit) -> Response:
    """The form of a row; a row in the trash is shown, not changed."""
    async with visit.transaction() as session:
        found = await find(session, visit)
        if found.deleted:
            return await record_details.show(session, visit, found)
    return _show(visit, _stored_form(visit, found), _subject(visit, found))


async def save(visit: Visit) -> Response:
    """Write what was changed. What somebody else changed meanwhile stays, or is asked about where both changed it."""
    data = await _data(visit)
    async with visit.transaction() as session:
        found = await find(session, visit)
        subject, stored = _subject(visit, found), _stored_form(visit, found)
        answer = await choices.resolve(session, visit, answers.changes(stored, data, found.row))
    if not answer.form.valid:
        return _show(visit, answer.form, subject, 400)
    try:
        return await _save(visit, data, (subject, stored, answer))
    except Invalid as error:
        return _show(visit, answer.form.with_errors(error.errors), subject, 400)
    except Conflict as error:
        return _show(visit, answer.form.with_errors([FieldError(None, str(error))]), subject, error.status)


async def details(visit: Visit) -> Response:
    """Every column of a row in full, what it belongs to and what belongs to it, and what happened to it."""
    async with visit.transaction() as session:
        return await record_details.show(session, visit, await find(session, visit))


async def find(session: AsyncSession, visit: Visit) -> Record:
    """The row that the address names. Raises `NotFound`, also for a key that cannot be one."""
    key = visit.request.path_params["pk"]
    found = await record.find(session, visit.resource, key)
    if found is None:
        raise NotFound(f"There is no {visit.resource.name} {key[:80]}.")
    return found


async def _save(visit: Visit, data: FormData, attempt: tuple[Subject, Form, Answer]) -> Response:
    subject, stored, answer = attempt
    key = str(subject.key)
    async with visit.transaction() as session:
        if answer.empty:
            await flash.add(
                session, visit, Flash("info", f"Nothing to save: {visit.resource.name} {key} is unchanged.")
            )
            return visit.redirect(_next(visit, data, key))
        parts = values.parse_key(visit.resource.traits, key)
        try:
            saved = await records.update(session, visit.actor, visit.resource, parts, answer.values, answer.shown)
        except StaleEdit as error:
            merged = conflicts.merged(_stored_form(visit, error.record), answer)
            asked = conflicts.choices(visit.resource, answer, error.clashes)
            return _show(visit, merged, subject, error.status, asked)
        also = conflicts.meanwhile(stored, answer)
        await _say(session, visit, key, saved.operation_id, "already holds these values", also)
    return visit.redirect(_next(visit, data, key))


async def _say(
    session: AsyncSession, visit: Visit, key: str, operation_id: int | None, otherwise: str, also: str = ""
) -> None:
    """Leave the message for the next page; `otherwise` when nothing had to be written."""
    name = f"{visit.resource.name} {key}"
    if operation_id is None:
        await flash.add(session, visit, Flash("info", f"{name} {otherwise}."))
        return
    text = f"{name} saved. {also}".strip()
    await flash.add(session, visit, Flash("success", text, urls.undo(operation_id, visit.query_string)))


def _show(
    visit: Visit,
    form: Form,
    subject: Subject,
    status: int = 200,
    clashes: dict[str, conflicts.Choice] | None = None,
) -> Response:
    identity, query = visit.resource.identity, visit.query_string
    key = subject.key
    return visit.page(
        "record/form.html",
        status,
        title=f"New {wording.inside(visit.resource.name)}" if key is None else f"{visit.resource.name} {key}",
        form=form,
        subject=subject,
        resource=visit.resource,
        clashes=clashes or {},
        list_url=urls.listing(identity, query),
        action=urls.create(identity, query) if key is None else urls.edit(identity, key, query),
        details_url=None if key is None else urls.details(identity, key, query),
        delete_url=urls.delete(identity, query) if key is not None and visit.may(Permission.DELETE) else None,
        may_create=visit.may(Permission.CREATE),
    )


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


def _empty_form(visit: Visit, given: dict[str, str]) -> Form:
    return forms.for_new(visit.resource, visit.console.view_of(visit.resource), given)


def _stored_form(visit: Visit, found: Record) -> Form:
    form = forms.for_row(visit.resource, visit.console.view_of(visit.resource), found.row)
    return choices.with_names(visit, form, found)


def _subject(visit: Visit, found: Record) -> Subject:
    traits = visit.resource.traits
    return Subject(values.key_text(traits, found.row), parents.label_of(traits, found.row))


def _given(visit: Visit) -> dict[str, str]:
    """Filters of the list that say what a column is: who lists the lines of an order adds one to it."""
    pairs = visit.request.query_params.multi_items()
    return forms.given(visit.resource, [pair for pair in pairs if pair[0] not in params.SINGLE])


async def _data(visit: Visit) -> FormData:
    return await visit.request.form(max_part_size=PART)


DOORS = [
    Door("GET", "/{identity}/create", Permission.CREATE, new),
    Door("POST", "/{identity}/create", Permission.CREATE, create, BODY),
    Door("GET", "/{identity}/edit/{pk:path}", Permission.EDIT, edit),
    Door("POST", "/{identity}/edit/{pk:path}", Permission.EDIT, save, BODY),
    Door("GET", "/{identity}/details/{pk:path}", Permission.VIEW, details),
]

"""The page of a form: of a new row, of a stored one, or of one that two people changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin import values
from admin.errors import NotFound
from admin.reads import parents, record, wording
from admin.reads.record import Record
from admin.web import choices, forms, urls
from admin.web.conflicts import Choice
from admin.web.forms import Form
from admin.web.gate import Permission
from admin.web.record_line import Section
from admin.web.record_lines import Inside
from admin.web.visit import Visit

FROM = "form-from"
"""Query parameter of the form for a new row: the key of the row that it starts as."""


@dataclass(frozen=True)
class Subject:
    """What a form is about: a row by its key and label, or a new one, whose key is None."""

    key: str | None = None
    label: str = ""
    deleted: bool = False
    note: str = ""
    """What is to be known before one goes on: that it is a copy, and what was left out of it."""
    resumed: bool = False
    """It came back through a login: what was typed is stored nowhere."""
    inside: tuple[Section, ...] = ()


NEW = Subject()


async def find(session: AsyncSession, visit: Visit) -> Record:
    """The row that the address names. Raises `NotFound`, also for a key that cannot be one."""
    return await found(session, visit, urls.key_in(visit.request.path_params["pk"]))


async def found(session: AsyncSession, visit: Visit, key: str) -> Record:
    """The row of this key, in the trash or not. Raises `NotFound`."""
    row = await record.find(session, visit.resource, key)
    if row is None:
        raise NotFound(wording.absent(visit.resource, key))
    return row


def show(
    visit: Visit, form: Form, subject: Subject, status: int = 200, clashes: Mapping[str, Choice] | None = None
) -> Response:
    """Answer with the form; `clashes` says, by column, what to choose between."""
    identity, query, key = visit.resource.identity, urls.without(visit.query_string, FROM), subject.key
    stored = key is not None
    return visit.page(
        "record/form.html",
        status,
        title=f"{visit.resource.name} {key}" if stored else f"New {wording.inside(visit.resource.name)}",
        form=form,
        subject=subject,
        person_id=visit.actor.id,
        resource=visit.resource,
        clashes=clashes or {},
        list_url=urls.listing(identity, query),
        action=urls.edit(identity, str(key), query) if stored else urls.create(identity, query),
        details_url=urls.details(identity, str(key), query) if stored else None,
        delete_url=_delete_url(visit, subject),
        duplicate_url=duplicate_url(visit, key),
        may_create=visit.may(Permission.CREATE),
    )


def again(
    visit: Visit, form: Form, inside: Inside, subject: Subject, *, resumed: bool = False, status: int = 400
) -> Response:
    """The form with what was typed and what is wrong with it; one that came through a login is only shown."""
    subject = replace(subject, inside=inside.sections)
    if resumed:
        return show(visit, form, _resumed(form, subject))
    return show(visit, form.with_errors(inside.problems()), subject, status)


def empty(visit: Visit, given: Mapping[str, str]) -> Form:
    """The form of a new row of the visited table; `given` texts stand in it."""
    return forms.for_new(visit.resource, visit.console.view_of(visit.resource), given)


def copy(visit: Visit, found: Record) -> tuple[Form, Subject]:
    """The form of a new row that starts as this one, with the names of its parents that can be chosen."""
    form, left_out = forms.for_copy(visit.resource, visit.console.view_of(visit.resource), found.row)
    name = f"{wording.inside(visit.resource.name)} {values.key_text(visit.resource.traits, found.row)}"
    without = f" Not taken over: {wording.listed([wording.inside(label) for label in left_out])}." if left_out else ""
    return choices.with_names(visit, form, found.row, found.parents), Subject(
        note=f"This is a copy of {name}.{without}"
    )


def _resumed(form: Form, subject: Subject) -> Subject:
    """What is said above a form that was carried through a login."""
    secret = " Secrets have to be typed again." if any(field.widget == "password" for field in form.fields) else ""
    note = f"You were logged out while you filled this in. What you had typed is here, and not saved yet.{secret}"
    return replace(subject, note=note, resumed=True)


def stored(visit: Visit, found: Record) -> Form:
    """The form of a row, with the names of its parents."""
    form = forms.for_row(visit.resource, visit.console.view_of(visit.resource), found.row)
    return choices.with_names(visit, form, found.row, found.parents)


def subject(visit: Visit, found: Record) -> Subject:
    """What is said of a row above its form."""
    traits = visit.resource.traits
    return Subject(values.key_text(traits, found.row), parents.label_of(traits, found.row), found.deleted)


def duplicate_url(visit: Visit, key: str | None) -> str | None:
    """Where a new row starts as this one; None for whoever may not make one."""
    if key is None or not visit.may(Permission.CREATE):
        return None
    return urls.create(visit.resource.identity, urls.with_pair(visit.query_string, FROM, key))


def _delete_url(visit: Visit, subject: Subject) -> str | None:
    if subject.key is None or subject.deleted or not visit.may(Permission.DELETE):
        return None
    return urls.delete(visit.resource.identity, visit.query_string)

"""The page of a form: of a new row, of a stored one, or of one that two people changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from admin import values
from admin.reads import parents, wording
from admin.reads.record import Record
from admin.web import choices, forms, urls
from admin.web.conflicts import Choice
from admin.web.forms import Form
from admin.web.gate import Permission
from admin.web.visit import Visit


@dataclass(frozen=True)
class Subject:
    """What a form is about: a row by its key and label, or a new one, whose key is None."""

    key: str | None = None
    label: str = ""
    deleted: bool = False


NEW = Subject()


def show(
    visit: Visit, form: Form, subject: Subject, status: int = 200, clashes: Mapping[str, Choice] | None = None
) -> Response:
    """Answer with the form; `clashes` says, by column, what to choose between."""
    identity, query, key = visit.resource.identity, visit.query_string, subject.key
    stored = key is not None
    return visit.page(
        "record/form.html",
        status,
        title=f"{visit.resource.name} {key}" if stored else f"New {wording.inside(visit.resource.name)}",
        form=form,
        subject=subject,
        resource=visit.resource,
        clashes=clashes or {},
        list_url=urls.listing(identity, query),
        action=urls.edit(identity, str(key), query) if stored else urls.create(identity, query),
        details_url=urls.details(identity, str(key), query) if stored else None,
        delete_url=_delete_url(visit, subject),
        may_create=visit.may(Permission.CREATE),
    )


def empty(visit: Visit, given: Mapping[str, str]) -> Form:
    """The form of a new row of the visited table; `given` texts stand in it."""
    return forms.for_new(visit.resource, visit.console.view_of(visit.resource), given)


def stored(visit: Visit, found: Record) -> Form:
    """The form of a row, with the names of its parents."""
    form = forms.for_row(visit.resource, visit.console.view_of(visit.resource), found.row)
    return choices.with_names(visit, form, found)


def subject(visit: Visit, found: Record) -> Subject:
    """What is said of a row above its form."""
    traits = visit.resource.traits
    return Subject(values.key_text(traits, found.row), parents.label_of(traits, found.row), found.deleted)


def _delete_url(visit: Visit, subject: Subject) -> str | None:
    if subject.key is None or subject.deleted or not visit.may(Permission.DELETE):
        return None
    return urls.delete(visit.resource.identity, visit.query_string)

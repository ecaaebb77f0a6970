"""Two people and one row: the form that asks whose value stays, and the sentence that says what somebody else changed.

Nothing that was typed is lost: what clashes stands in the form beside what is stored now and what stood there before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from admin import values
from admin.reads import wording
from admin.resource import Resource
from admin.web import field_text
from admin.web.answers import Answer
from admin.web.forms import Form
from admin.writes.clashes import Clash

SHOWN_CHARACTERS = 2_000
"""Of each of the three values; the field itself holds the whole text."""


@dataclass(frozen=True)
class Choice:
    """One column that two people changed, as text; `who` is empty for a change made outside the console."""

    name: str
    label: str
    yours: str
    theirs: str
    before: str
    who: str
    at: dt.datetime | None


def choices(resource: Resource, labels: Mapping[str, str], clashes: Iterable[Clash]) -> dict[str, Choice]:
    """What to choose between, by column; `labels` are those of the form's fields."""
    found = {}
    for clash in clashes:
        column = resource.column(clash.column)
        yours, theirs, before = (
            values.show(column, value)[:SHOWN_CHARACTERS] for value in (clash.wanted, clash.stored, clash.shown)
        )
        found[clash.column] = Choice(
            clash.column, labels[clash.column], yours, theirs, before, clash.who or "", clash.at
        )
    return found


def merged(stored: Form, answer: Answer) -> Form:
    """The form of the row as it is stored now, with what this person changed in it."""
    typed = {field.name: field for field in answer.form.fields}
    changed = {*answer.values, *answer.parents}
    fields = tuple(
        replace(typed[field.name].holding(typed[field.name].text, field.text), errors=())
        if field.name in changed
        else field
        for field in stored.fields
    )
    return replace(stored, fields=fields, nonce=answer.form.nonce)


def meanwhile(stored: Form, answer: Answer) -> str:
    """“Others had changed status meanwhile; that stays.”, or nothing when nobody had."""
    changed = {*answer.values, *answer.parents}
    typed = {field.name: field for field in answer.form.fields}
    labels = [
        wording.inside(field.label)
        for field in stored.fields
        if field.name not in changed and not field_text.same(field.column, typed[field.name].was, field.text)
    ]
    return f"Others had changed {wording.listed(labels)} meanwhile; that stays." if labels else ""

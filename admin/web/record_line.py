"""One line of a form with lines in it: a small form of its own, whose fields carry its place in their names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from admin import values
from admin.reads.parents import Parents
from admin.resource import Resource
from admin.values import BadValue
from admin.web import choices, forms, urls
from admin.web.conflicts import Choice
from admin.web.fields import Field
from admin.web.forms import Form
from admin.web.inlines import Inlined
from admin.web.visit import Visit

NEW_PLACE = "place"
"""Where the template of a new line says its place, for the script to replace."""


@dataclass(frozen=True)
class Fate:
    """A line that one person took away and another one changed: it is asked whether it stays.

    `changes` is what somebody changed in a line that was to be taken away; without them it is gone, and was changed
    here. `who` is empty and `at` None where nobody knows.
    """

    who: str = ""
    at: dt.datetime | None = None
    changes: tuple[Choice, ...] = ()

    @property
    def told(self) -> str:
        """“was removed by Ann”"""
        if self.at is None and not self.changes:
            return "is not here any more"
        by = f"by {self.who}" if self.who else "outside the console"
        return f"was {'changed' if self.changes else 'removed'} {by}"


@dataclass(frozen=True)
class Line:
    """One line: `key` is empty for a new one; `gone` marks one that is to be taken away."""

    place: str
    prefix: str
    key: str
    form: Form
    gone: bool = False
    clashes: Mapping[str, Choice] = field(default_factory=dict)
    fate: Fate | None = None
    ordered_by: str = ""
    stands: int | None = None
    """Its position as it is stored."""
    amount: Decimal | None = None
    number: int = 0
    """Its place in the table, from 1; 0 for one that is still to be added."""

    @property
    def valid(self) -> bool:
        return self.form.valid and not self.clashes and self.fate is None

    @property
    def cells(self) -> tuple[Field, ...]:
        """The fields that have a column of their own in the table: all but the position."""
        return tuple(one for one in self.form.fields if one.name != self.ordered_by)

    @property
    def position(self) -> Field | None:
        return next((one for one in self.form.fields if one.name == self.ordered_by), None)

    @property
    def blank(self) -> bool:
        """A new line in which nothing was typed; where it would stand makes no line of it."""
        return not self.key and not any(one.changed for one in self.cells)

    @property
    def named(self) -> str:
        """What it is called among the others."""
        return self.cells[0].meaning or self.cells[0].text

    def standing(self, of: Literal["text", "was"]) -> int | None:
        """Where it is to stand, or where it stood when the form was made; None when that is no number."""
        field = self.position
        try:
            return int(values.parse(field.column, getattr(field, of))) if field and not field.errors else None
        except BadValue:
            return None

    @property
    def told(self) -> str:
        """Why it cannot be saved."""
        if self.fate is not None:
            return f"It {self.fate.told} meanwhile. Choose below what becomes of it."
        beside = (problem for field in self.form.fields for problem in field.errors)
        return " ".join(problem.message for problem in (*self.form.problems, *beside))


@dataclass(frozen=True)
class Section:
    """The lines of one table inside a form. `full_url` leads to their list when they are too many to be edited here."""

    child: Resource
    spec: Inlined
    lines: tuple[Line, ...]
    blank: Line
    full_url: str = ""
    reordered: Choice | None = None
    """Whose order of the lines stays, where two people moved them."""

    @property
    def valid(self) -> bool:
        return all(line.valid for line in self.lines)

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.amount is not None and not line.gone), Decimal())


def line(
    visit: Visit, child: Resource, spec: Inlined, place: str, row: Any = None, parents: Parents | None = None
) -> Line:
    view, prefix = visit.console.view_of(child), f"{child.identity}.{place}."
    names = spec.columns or tuple(name for name in child.form_columns if name != spec.column)
    last = (spec.position,) if spec.position else ()
    narrowed = replace(child, form_columns=(*(name for name in names if name != spec.position), *last))
    form = forms.for_new(narrowed, view, {}) if row is None else forms.for_row(narrowed, view, row)
    of_child = replace(visit, maybe_resource=child)
    form = choices.with_names(of_child, form, row, parents or {}) if row is not None else form
    form = replace(form, fields=tuple(replace(one, prefix=prefix, help="") for one in form.fields))
    key = values.key_text(child.traits, row) if row is not None else ""
    stands = getattr(row, spec.position) if row is not None and spec.position else None
    return Line(place, prefix, key, form, ordered_by=spec.position, stands=stands)


def section(visit: Visit, child: Resource, spec: Inlined, lines: Sequence[Line]) -> Section:
    summed = tuple(replace(one, amount=_amount(one.form, spec), number=at) for at, one in enumerate(lines, 1))
    return Section(child, spec, summed, line(visit, child, spec, NEW_PLACE))


def full(visit: Visit, child: Resource, spec: Inlined, row: Any) -> Section:
    text = values.show(child.column(spec.column), getattr(row, spec.referenced))
    query = urls.with_pair("", f"{spec.column}__exact", text)
    as_they_stand = urls.with_pair(query, "sortBy", spec.position) if spec.position in child.visible else query
    url = urls.listing(child.identity, as_they_stand)
    return Section(child, spec, (), line(visit, child, spec, NEW_PLACE), url)


def _amount(form: Form, spec: Inlined) -> Decimal | None:
    """What a line comes to; None while one of its numbers is missing."""
    product = Decimal(1)
    texts = {one.name: one.text for one in form.fields}
    for name in spec.amount:
        try:
            product *= Decimal(str(values.parse(form.column(name), texts.get(name, ""))))
        except (BadValue, ArithmeticError):
            return None
    return product if spec.amount else None


def plain(form: Form) -> Form:
    """What is not to be saved need not be right."""
    return replace(form, fields=tuple(replace(one, errors=()) for one in form.fields), problems=())

"""The form that adds a filter: a column, a condition and a value, as a plain GET form.

A form cannot name its field after what is chosen in another, so it sends fields of its own, and the list leads on to
the address that has the filter as CONTRACT spells it (`COLUMN__OPERATOR=VALUE`). Conditions that are a person's and no
operator's (“is today”) are written into that address as what they mean now, so that a shared link keeps its rows.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from admin.errors import BadRequest
from admin.reads import filters
from admin.reads.query import OPERATORS
from admin.resource import Resource
from admin.traits import Column
from admin.web import urls
from admin.web.facets import Option

FIELDS = ("filter-column", "filter-condition", "filter-value", "filter-choice", "filter-from", "filter-to")
COLUMN, CONDITION, VALUE, CHOICE, FROM, TO = FIELDS
"""Names with a hyphen, which no column of a mapped class can have. A choice may be sent several times."""

WORDS = {
    "exact": "is",
    "ne": "is not",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "in": "is one of",
    "range": "is between",
    "empty": "is empty",
    "filled": "is not empty",
    "contains": "contains (same case)",
    "icontains": "contains",
    "startswith": "starts with",
    "date": "is on the day",
    "today": "is today",
    "last-7-days": "is in the last 7 days",
    "last-30-days": "is in the last 30 days",
    "this-month": "is in this month",
}
FIRST = {"text": "icontains", "json": "contains", "array": "contains", "timestamp": "gte"}
"""The condition one most likely wants; the others start with the first that fits."""

EMPTINESS = {"empty": "true", "filled": "false"}
"""`isnull` as the two conditions that people know."""

Days = tuple[dt.date, dt.date]
PERIODS: dict[str, Callable[[dt.date], Days]] = {
    "today": lambda day: (day, day),
    "last-7-days": lambda day: (day - dt.timedelta(days=6), day),
    "last-30-days": lambda day: (day - dt.timedelta(days=29), day),
    "this-month": lambda day: (day.replace(day=1), _end_of_month(day)),
}
"""What a period is on a day: its first and its last day."""

INPUTS = {"date": "date", "timestamp": "date", "integer": "number"}


@dataclass(frozen=True)
class Filterable:
    """A column one can filter by.

    `input` is how its value is entered: text, number, date, or the column's own name where it has an input of
    its own, for its `options` or for the parents that `choices_url` finds. `facet_url` answers with counted values.
    """

    name: str
    label: str
    conditions: tuple[str, ...]
    first: str
    input: str
    options: tuple[Option, ...] = ()
    choices_url: str = ""
    facet_url: str = ""
    slow: tuple[str, ...] = ()
    """The conditions that no index serves, where the table is large."""


@dataclass(frozen=True)
class Wanted:
    """What the form's fields say."""

    column: str
    condition: str
    text: str

    @property
    def period(self) -> Callable[[dt.date], Days] | None:
        """For a condition that depends on the day: what it is on a day."""
        return PERIODS.get(self.condition)

    def on(self, day: dt.date) -> tuple[str, str]:
        """The filter as a parameter of the list's address, for a condition that depends on the day."""
        first, last = PERIODS[self.condition](day)
        if first == last:
            return f"{self.column}__exact", first.isoformat()
        return f"{self.column}__range", f"{first.isoformat()},{last.isoformat()}"

    def always(self) -> tuple[str, str]:
        """The same, for any other condition."""
        if self.condition in EMPTINESS:
            return f"{self.column}__isnull", EMPTINESS[self.condition]
        return f"{self.column}__{self.condition}", self.text


@functools.lru_cache(maxsize=200)
def filterable(resource: Resource) -> tuple[Filterable, ...]:
    """The columns one can filter by, those of the list first."""
    names = dict.fromkeys([*resource.list_columns, *resource.details_columns])
    return tuple(_filterable(resource, resource.column(name)) for name in names)


def marked(columns: tuple[Filterable, ...], slow: Mapping[str, frozenset[str]]) -> tuple[Filterable, ...]:
    """The same columns, with the conditions whose operators are slow."""
    if not slow:
        return columns
    return tuple(
        replace(column, slow=tuple(one for one in column.conditions if _operator(one) in slow.get(column.name, ())))
        for column in columns
    )


def conditions() -> tuple[tuple[str, str], ...]:
    return tuple(WORDS.items())


def sent(items: Sequence[tuple[str, str]]) -> Wanted | None:
    """What the form asks for; None when it was not sent. Raises `BadRequest` where it does not say what."""
    given = dict(items)
    if COLUMN not in given:
        return None
    column, condition = given[COLUMN], given.get(CONDITION, "")
    if condition not in (*WORDS, *OPERATORS):
        raise BadRequest("The form did not say which condition the filter has. Choose one and apply it again.")
    chosen = [text for name, text in items if name == CHOICE]
    if condition == "in" and len(chosen) == 1:
        return Wanted(column, "exact", chosen[0])
    if condition == "in" and chosen:
        return Wanted(column, "in", filters.join(chosen))
    if condition == "in" and VALUE not in given:
        raise BadRequest("No value was ticked. Go back, tick at least one, and add the filter again.")
    if condition == "range" and (FROM in given or TO in given):
        return Wanted(column, "range", filters.join([given.get(FROM, ""), given.get(TO, "")]))
    return Wanted(column, condition, given.get(VALUE, ""))


def _filterable(resource: Resource, column: Column) -> Filterable:
    offered = _conditions(column, filters.operators(column))
    few = bool(column.references or column.choices) or column.kind == "boolean"
    return Filterable(
        name=column.name,
        label=resource.label(column.name),
        conditions=offered,
        first=FIRST.get(column.kind, offered[0]) if not column.references else offered[0],
        input=column.name if few else INPUTS.get(column.kind, "text"),
        options=_options(column),
        choices_url=urls.choices(resource.identity, column.name) if column.references else "",
        facet_url=urls.facet(resource.identity, column.name) if few else "",
    )


def _options(column: Column) -> tuple[Option, ...]:
    if column.kind == "boolean":
        return (Option("true", "Yes"), Option("false", "No"))
    return tuple(Option(text, text) for text in column.choices)


def _conditions(column: Column, operators: tuple[str, ...]) -> tuple[str, ...]:
    """What people call the operators: emptiness in two conditions, only where it can be; and the periods of a date."""
    plain = tuple(operator for operator in operators if operator != "isnull")
    periods = tuple(PERIODS) if column.kind in ("date", "timestamp") else ()
    return (*plain, *periods, *(EMPTINESS if column.nullable or not plain else ()))


def _operator(condition: str) -> str:
    """The operator behind a condition; there is none behind “is not empty” that could be slow."""
    return {"empty": "isnull", **dict.fromkeys(PERIODS, "range")}.get(condition, condition)


def _end_of_month(day: dt.date) -> dt.date:
    later = day.replace(day=28) + dt.timedelta(days=4)
    return later - dt.timedelta(days=later.day)

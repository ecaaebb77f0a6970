"""The form that adds a filter: a column, a condition and a value, as a plain GET form.

A form cannot name its field after what is chosen in another, so it sends three fields of its own, and the list leads
on to the address that has the filter as CONTRACT spells it (`COLUMN__OPERATOR=VALUE`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin.errors import BadRequest
from admin.reads import filters
from admin.reads.query import OPERATORS
from admin.resource import Resource
from admin.traits import Column
from admin.web import urls

COLUMN, CONDITION, VALUE = FIELDS = ("filter-column", "filter-condition", "filter-value")
"""Names with a hyphen, which no column of a mapped class can have."""

WORDS = {
    "exact": "is",
    "ne": "is not",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "in": "is one of (a, b, c)",
    "range": "is between (a, b)",
    "isnull": "is empty",
    "contains": "contains (same case)",
    "icontains": "contains",
    "startswith": "starts with",
    "date": "is on the day",
}
FIRST = {"text": "icontains", "json": "contains", "array": "contains", "timestamp": "gte"}
"""The condition one most likely wants; the others start with the first that fits."""

INPUTS = {"date": "date", "timestamp": "date", "integer": "number", "boolean": "boolean"}


@dataclass(frozen=True)
class Filterable:
    """A column one can filter by.

    `input` is how its value is entered: text, number, date, boolean, or the column's own name where it has an input of
    its own, for its `choices` or for the parents that `choices_url` finds.
    """

    name: str
    label: str
    operators: tuple[str, ...]
    first: str
    input: str
    choices: tuple[str, ...] = ()
    choices_url: str = ""


def filterable(resource: Resource) -> tuple[Filterable, ...]:
    """The columns one can filter by, those of the list first."""
    names = dict.fromkeys([*resource.list_columns, *resource.details_columns])
    return tuple(_filterable(resource, resource.column(name)) for name in names)


def conditions() -> tuple[tuple[str, str], ...]:
    return tuple((operator, WORDS[operator]) for operator in OPERATORS)


def sent(items: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The filter that the form's fields mean, as a parameter of the list's address; None when it was not sent."""
    given = dict(items)
    if COLUMN not in given:
        return None
    if given.get(CONDITION) not in OPERATORS:
        raise BadRequest("The form did not say which condition the filter has. Choose one and apply it again.")
    return f"{given[COLUMN]}__{given[CONDITION]}", given.get(VALUE, "")


def _filterable(resource: Resource, column: Column) -> Filterable:
    operators = filters.operators(column)
    return Filterable(
        name=column.name,
        label=resource.label(column.name),
        operators=operators,
        first=FIRST.get(column.kind, operators[0]) if not column.references else operators[0],
        input=column.name if column.references or column.choices else INPUTS.get(column.kind, "text"),
        choices=column.choices,
        choices_url=urls.choices(resource.identity, column.name) if column.references else "",
    )

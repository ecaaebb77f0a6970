"""What a filter says, in words for its chip: “status is draft”, “created on 2026-11-01”, “price at least 10”."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from admin import values
from admin.reads.query import Filter
from admin.resource import Resource
from admin.traits import Column

NUMBERS = {"exact": "is", "ne": "is not", "gt": "more than", "gte": "at least", "lt": "less than", "lte": "at most"}
TIMES = {"exact": "is", "ne": "is not", "gt": "after", "gte": "from", "lt": "before", "lte": "until"}
TEXTS = {"exact": "is", "ne": "is not", "gt": "after", "gte": "from", "lt": "before", "lte": "up to"}
PARTS = {"contains": "contains (same case)", "icontains": "contains", "startswith": "starts with"}


def phrase(resource: Resource, condition: Filter, names: Mapping[Any, str] | None = None) -> str:
    """The condition in words. `names` says what values are called (a parent's label for its key)."""
    column = resource.column(condition.column)
    return f"{_subject(resource, column, condition)} {_predicate(column, condition, names or {})}"


def _predicate(column: Column, condition: Filter, names: Mapping[Any, str]) -> str:
    operator, value = condition.operator, condition.value
    if operator == "isnull":
        return "is empty" if value else "is not empty"
    if operator == "in":
        *most, last = [_show(column, one, names) for one in value]
        return f"is {', '.join(most)} or {last}" if most else f"is {last}"
    if operator == "range":
        return _range(column, [None if end is None else _show(column, end, names) for end in value])
    if operator in PARTS:
        return _contains(column, operator, value)
    if operator == "date" or (operator == "exact" and _is_day(column, value)):
        return f"on {value.isoformat()}"
    suffix = " or empty" if operator == "ne" and column.nullable else ""
    return f"{_words(column)[operator]} {_show(column, value, names)}{suffix}"


def _range(column: Column, ends: list[str | None]) -> str:
    lower, upper = ends
    if lower is not None and upper is not None:
        return f"from {lower} to {upper}"
    return f"{_words(column)['gte']} {lower}" if upper is None else f"{_words(column)['lte']} {upper}"


def _contains(column: Column, operator: str, value: Any) -> str:
    if column.kind == "text":
        return f"{PARTS[operator]} “{value}”"
    return f"contains {values.show(column, value) if column.kind == 'json' else value}"


def _words(column: Column) -> dict[str, str]:
    if column.kind in ("date", "timestamp", "time"):
        return TIMES
    return TEXTS if column.kind == "text" else NUMBERS


def _show(column: Column, value: Any, names: Mapping[Any, str]) -> str:
    if value in names:
        return names[value]
    if column.kind == "boolean":
        return "yes" if value else "no"
    if column.kind == "text":
        return f"“{value}”" if value == "" or value != value.strip() else str(value)
    return value.isoformat() if _is_day(column, value) else values.show(column, value)


def _is_day(column: Column, value: Any) -> bool:
    return column.kind in ("date", "timestamp") and isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _subject(resource: Resource, column: Column, condition: Filter) -> str:
    """The label inside a sentence; “Created at” becomes “created” where “on 2026-11-01” or “before …” follows."""
    label = resource.label(column.name)
    words = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    times = column.kind == "timestamp" and condition.operator not in ("ne", "isnull", "in")
    at_moment = condition.operator == "exact" and not _is_day(column, condition.value)
    return words.removesuffix(" at") if times and not at_moment else words

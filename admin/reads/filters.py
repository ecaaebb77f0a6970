"""Filters: each operator as what a person wrote and as SQL (`filter_words` says it in words).

The operators are Django's. They mean what a person expects where SQL does not: “is not draft” includes the rows where
nothing is entered, a day compared with a timestamp means the whole day (UTC), and `%` and `_` mean themselves.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import operator as op
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, types
from sqlalchemy.dialects.postgresql import JSONB

from admin import values
from admin.reads import like
from admin.reads.binding import bound
from admin.reads.query import Filter, ListQuery
from admin.resource import Resource
from admin.traits import Column, Kind, kind_of
from admin.values import BadValue

MAX_VALUES = 1_000
"""Values of one `in`: far more than a URL of usual length holds."""

COMPARISONS = {"exact": op.eq, "gt": op.gt, "gte": op.ge, "lt": op.lt, "lte": op.le}

EQUAL = ("exact", "ne", "in", "isnull")
ORDERED = ("exact", "ne", "gt", "gte", "lt", "lte", "in", "range", "isnull")
TEXT = ("contains", "icontains", "startswith")

OPERATORS_OF: dict[Kind, tuple[str, ...]] = {
    "integer": ORDERED,
    "numeric": ORDERED,
    "float": ORDERED,
    "date": ORDERED,
    "time": ORDERED,
    "interval": ORDERED,
    "timestamp": (*ORDERED, "date"),
    "text": (*ORDERED, *TEXT),
    "boolean": EQUAL,
    "uuid": EQUAL,
    "enum": EQUAL,
    "bytes": EQUAL,
    "json": ("contains", "isnull"),
    "array": ("contains", "isnull"),
    "tsvector": ("isnull",),
    "other": ("isnull",),
}


def operators(column: Column) -> tuple[str, ...]:
    """The operators that make sense for a column, in the order a form offers them."""
    if column.kind == "json" and not isinstance(column.sa.type, JSONB):
        return ("isnull",)  # Postgres looks into jsonb only
    if column.kind == "array" and _item(column).kind not in ("integer", "text", "uuid"):
        return ("isnull",)
    return OPERATORS_OF[column.kind]


def read(column: Column, operator: str, text: str) -> Filter:
    """The filter that `COLUMN__OPERATOR=text` means. Raises `BadValue` with the rest of a sentence about `text`."""
    if operator not in operators(column):
        raise BadValue(f"cannot be compared in this way: {column.name} knows {', '.join(operators(column))}")
    if "\x00" in text:
        raise BadValue("cannot contain a NUL character")
    return Filter(column.name, operator, text, _value(column, operator, text))


def split(text: str) -> list[str]:
    """The parts of a list of values: separated by commas; a comma or backslash inside one has a backslash before it."""
    parts, current, escaped = [], "", False
    for character in text:
        if escaped or character not in "\\,":
            current, escaped = current + character, False
        elif character == "\\":
            escaped = True
        else:
            parts.append(current)
            current = ""
    return [*parts, current]


def join(parts: list[str]) -> str:
    """The inverse of `split`."""
    return ",".join(re.sub(r"([\\,])", r"\\\1", part) for part in parts)


def filtered(statement: Select[Any], resource: Resource, query: ListQuery) -> Select[Any]:
    """The step of a list that keeps the rows for which every filter holds."""
    return statement.where(*(clause(resource, condition) for condition in query.filters))


def clause(resource: Resource, condition: Filter) -> ColumnElement[bool]:
    """The condition as SQL."""
    column, value = resource.column(condition.column), condition.value
    sql: ColumnElement[Any] = resource.traits.attribute(condition.column)
    if condition.operator == "isnull":
        return sql.is_(None) if value else sql.is_not(None)
    if condition.operator == "in":
        days = any(_is_day(column, one) for one in value)
        if days or column.kind == "float":
            return or_(*(_compare(column, sql, "exact", one) for one in value))
        return sql.in_(value)
    if condition.operator == "range":
        ends = zip(("gte", "lte"), value, strict=True)
        return and_(*(_compare(column, sql, operator, end) for operator, end in ends if end is not None))
    if condition.operator in TEXT:
        return _contains(column, sql, condition.operator, value)
    return _compare(column, sql, "exact" if condition.operator == "date" else condition.operator, value)


def _contains(column: Column, sql: ColumnElement[Any], operator: str, value: Any) -> ColumnElement[bool]:
    if column.kind != "text":
        return sql.bool_op("@>")(literal([value] if column.kind == "array" else value, sql.type))
    if operator == "icontains":
        return sql.ilike(like.contains(value))
    return sql.like(like.contains(value) if operator == "contains" else like.starts_with(value))


def _compare(column: Column, sql: ColumnElement[Any], operator: str, value: Any) -> ColumnElement[bool]:
    if _is_day(column, value):
        return _compare_day(column, sql, operator, value)
    other = bound(sql.type, value)
    if operator == "ne":
        return sql.is_distinct_from(other) if column.nullable else sql != other
    compare: Callable[[Any, Any], ColumnElement[bool]] = COMPARISONS[operator]
    return compare(sql, other)


def _compare_day(column: Column, sql: ColumnElement[Any], operator: str, day: dt.date) -> ColumnElement[bool]:
    """Two bounds instead of a cast of the column, so that an index on it serves."""
    zone = dt.UTC if getattr(column.sa.type, "timezone", False) else None
    start = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    end = start + dt.timedelta(days=1)
    if operator == "exact":
        return and_(sql >= start, sql < end)
    if operator == "ne":
        return or_(sql < start, sql >= end, *([sql.is_(None)] if column.nullable else []))
    if operator in ("gt", "gte"):
        return sql >= (end if operator == "gt" else start)
    return sql < (start if operator == "lt" else end)


def _is_day(column: Column, value: Any) -> bool:
    return column.kind == "timestamp" and isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _value(column: Column, operator: str, text: str) -> Any:
    if operator == "isnull":
        return values.PARSERS["boolean"](column, text.strip())
    if operator == "in":
        return _several(column, split(text))
    if operator == "range":
        return _range(column, split(text))
    if operator == "date":
        return _day(text)
    if operator in TEXT and column.kind == "text" and not text:
        raise BadValue("is no text to look for")
    if operator == "contains" and column.kind == "array":
        return values.parse(_item(column), text)
    return text if operator in TEXT and column.kind == "text" else _one(column, text)


def _several(column: Column, parts: list[str]) -> list[Any]:
    if len(parts) > MAX_VALUES:
        raise BadValue(f"has {len(parts):,} values, at most {MAX_VALUES:,} can be compared at once")
    return [_one(column, part) for part in parts]


def _range(column: Column, parts: list[str]) -> list[Any]:
    if len(parts) != 2 or not any(parts):
        raise BadValue("is not a range (expected two values with a comma between them; one may be empty)")
    return [_one(column, part) if part else None for part in parts]


def _one(column: Column, text: str) -> Any:
    """One value. A day given for a timestamp stays a day: it means all of it."""
    is_day = column.kind == "timestamp" and values.DATE.fullmatch(text.strip())
    return _day(text) if is_day else values.parse(column, text)


def _day(text: str) -> dt.date:
    try:
        if values.DATE.fullmatch(text.strip()) and (day := dt.date.fromisoformat(text.strip())) < dt.date.max:
            return day
    except ValueError:
        pass
    raise BadValue("is not a day of the calendar (expected like 2026-11-23)")


def _item(column: Column) -> Column:
    """An array's column as if it held one item."""
    return dataclasses.replace(column, kind=kind_of(getattr(column.sa.type, "item_type", types.NullType())))

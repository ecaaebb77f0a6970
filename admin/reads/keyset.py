"""Keyset pagination: a page starts after a row, not after a number of rows, so it costs the same at any depth.

Cookbook recipe “keyset pagination”. What comes after a row is a row comparison, `(created_at, id) < (x, y)`, which an
index on those columns answers directly, as long as all directions agree and nothing is NULL. Otherwise it is the same
in pieces: rows equal in the first column and after it in the rest, then rows beyond in the first column. The pieces are
disjoint and follow each other in the order of the list; each is a plain conjunction that an index serves, where one
condition with OR between them would walk the index from its start.

A cursor holds the sort values of a row, not its number or position: it stays good when rows come and go around it and
when its own row is deleted. It is bound to its table and order by a checksum, so that an altered one and one from
another list are refused. The checksum keeps nobody out: a cursor holds nothing that its reader may not ask for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, tuple_

from admin import values
from admin.errors import BadRequest
from admin.reads import binding
from admin.reads.ordering import Order, SortKey
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.values import BadValue

CHECK_BYTES = 6
STALE = "The place in the list (the parameter after or before) does not belong to this list. Start from its first page."


def cursor(resource: Resource, order: Order, row_values: Sequence[Any]) -> str:
    """The opaque name of a place: just after (or before) a row whose sort keys have these values."""
    texts = [_text(key, value) for key, value in zip(order.keys, row_values, strict=True)]
    payload = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_checksum(resource, order, payload) + payload).rstrip(b"=").decode()


def read(resource: Resource, order: Order, text: str) -> list[Any]:
    """The sort values that a cursor names. Raises `BadRequest` for one that was altered or belongs to another list."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        check, payload = raw[:CHECK_BYTES], raw[CHECK_BYTES:]
        if check != _checksum(resource, order, payload):
            raise BadRequest(STALE)
        return [_value(key, text) for key, text in zip(order.keys, _texts(payload), strict=True)]
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError):
        raise BadRequest(STALE) from None


def segments(order: Order, place: Sequence[Any]) -> list[ColumnElement[bool]]:
    """Conditions for the rows after a place, in the order in which they follow; before it: those of `order.turned`."""
    return _after(list(zip(order.keys, place, strict=True)))


def up_to(order: Order, place: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for the rows before a place and the one at it; one range of an index where that is possible."""
    places = list(zip(order.turned.keys, place, strict=True))
    if _comparable(places) and not places[0][0].nullable:
        compared, bound = _row(places)
        return compared <= bound if places[0][0].descending else compared >= bound
    return or_(and_(*(_same(key, value) for key, value in places)), *_after(places))


def is_plain(order: Order) -> bool:
    """Whether the rows after any place are one range of an index: all directions agree, and nothing is NULL."""
    return all(not key.nullable and key.descending is order.keys[0].descending for key in order.keys)


def _after(places: list[tuple[SortKey, Any]]) -> list[ColumnElement[bool]]:
    (key, value), rest = places[0], places[1:]
    if _comparable(places):
        compared, bound = _row(places)
        nulls_behind = [key.sql.is_(None)] if key.nullable and not key.descending else []
        return [compared < bound if key.descending else compared > bound, *nulls_behind]
    within = [and_(_same(key, value), segment) for segment in _after(rest)] if rest else []
    return within + _beyond(key, value)


def _row(places: list[tuple[SortKey, Any]]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    columns = tuple_(*(key.sql for key, _ in places))
    return columns, tuple_(*(binding.bound(key.sql.type, value) for key, value in places))


def _same(key: SortKey, value: Any) -> ColumnElement[bool]:
    return key.sql.is_(None) if value is None else key.sql == binding.bound(key.sql.type, value)


def _comparable(places: list[tuple[SortKey, Any]]) -> bool:
    """Whether one row comparison says it: one direction, NULL in the first column at most, and not at this place."""
    (first, value), rest = places[0], places[1:]
    return value is not None and all(not key.nullable and key.descending is first.descending for key, _ in rest)


def _beyond(key: SortKey, value: Any) -> list[ColumnElement[bool]]:
    """Rows after a value in one column. NULLs are the largest: the last when ascending, the first when descending."""
    if value is None:
        return [key.sql.is_not(None)] if key.descending else []
    bound = binding.bound(key.sql.type, value)
    if key.descending:
        return [key.sql < bound]
    return [key.sql > bound, *([key.sql.is_(None)] if key.nullable else [])]


def _text(key: SortKey, value: Any) -> str | None:
    if value is None or key.column is None:
        return None if value is None else str(value)
    return values.show(key.column, value)


def _texts(payload: bytes) -> list[str | None]:
    texts = json.loads(payload)
    if not isinstance(texts, list):
        raise BadValue("is not a list")
    return texts


def _value(key: SortKey, text: str | None) -> Any:
    """A sort value back from its text. NaN and infinity cannot be typed into a form, but they can stand in a column."""
    if text is None:
        if not key.nullable:
            raise BadValue("is missing")
        return None
    if key.column is None:
        return float(text)
    if key.column.kind in ("numeric", "float") and not math.isfinite(float(text)):
        return Decimal(text) if key.column.kind == "numeric" else float(text)
    return values.parse(key.column, text)


def _checksum(resource: Resource, order: Order, payload: bytes) -> bytes:
    described = [(str(key.sql), key.descending) for key in order.keys]
    digest = hashlib.sha256(repr((resource.identity, described)).encode() + b"\0" + payload)
    return digest.digest()[:CHECK_BYTES]


def check(resource: Resource, order: Order, query: ListQuery) -> None:
    """Raise `BadRequest` unless the query's cursors are of this list."""
    for text in (query.after, query.before):
        if text is not None:
            read(resource, order, text)

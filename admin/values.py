"""Text to value and back, for every kind of column: one strict rule for forms, filters, keys and links.

Stricter than Postgres' own input functions where those surprise: `1_000` is no integer, `today` no date, and a number
with too many decimals is refused, not rounded. `show` writes what `parse` reads back to the very same value, down to
the microsecond, so that a form that was opened and saved changes nothing. The CSV import states the same rules as SQL.
"""

from __future__ import annotations

import datetime as dt
import enum
import math
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import UnionType
from typing import Any

from sqlalchemy import Column as SAColumn
from sqlalchemy import types
from sqlalchemy.dialects.postgresql import JSONB

from admin import exact_json
from admin.traits import Column, Kind, Traits, kind_of

TRUE = frozenset({"true", "t", "yes", "y", "on", "1"})
FALSE = frozenset({"false", "f", "no", "n", "off", "0"})

INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
NUMBER = re.compile(r"[+-]?([0-9]{1,200})(?:\.([0-9]{1,200}))?")
FLOAT = re.compile(r"[+-]?(?:[0-9]{1,200}(?:\.[0-9]{0,200})?|\.[0-9]{1,200})(?:[eE][+-]?[0-9]{1,3})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?")
TIMESTAMP = re.compile(DATE.pattern + r"(?:[T ]" + TIME.pattern + r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?")


class BadValue(ValueError):
    """A text is no value of its column; the message says what would be one."""


def parse(column: Column, text: str) -> Any:
    """The value a person means by `text` in this column. Raises `BadValue` with a sentence that says what is expected.

    The empty text is not special here: the caller decides whether it means NULL, '' or “not sent”.
    """
    if "\x00" in text:
        raise BadValue("cannot contain a NUL character")
    if column.kind == "text":
        return _text(column, text)
    return PARSERS[column.kind](column, text.strip())


def show(column: Column, value: Any) -> str:
    """The exact text of a value: what `parse` turns back into it. NULL is the empty text."""
    if value is None:
        return ""
    if column.kind == "json":
        return exact_json.dumps(value)
    if column.kind == "array":
        return exact_json.dumps([_plain(item) for item in value])
    if column.kind == "enum" and isinstance(value, enum.Enum):
        return str(column.sa.type._valid_lookup[value])  # type: ignore[attr-defined] # noqa: SLF001 as in _enum: the stored label may be the member's name
    return _plain_text(value)


def _plain(item: Any) -> Any:
    if isinstance(item, float) and math.isfinite(item):
        return Decimal(repr(item))
    if isinstance(item, list):
        return [_plain(inner) for inner in item]
    return item if item is None or isinstance(item, bool | int | str | dict) else _plain_text(item)


def _plain_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        aware = value.astimezone(dt.UTC) if value.tzinfo else value
        return aware.isoformat(sep=" ").replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(getattr(value, "value", value))


def key_text(traits: Traits, row: Any) -> str:
    """The primary key of a row as it stands in URLs and in `data-key`: the parts, escaped and joined by commas."""
    return join_key([show(traits.columns[name], getattr(row, name)) for name in traits.key])


def join_key(parts: list[str]) -> str:
    """A single part stands as it is; commas and backslashes in several are escaped by a backslash."""
    if len(parts) == 1:
        return parts[0]
    return ",".join(part.replace("\\", "\\\\").replace(",", "\\,") for part in parts)


def parse_key(traits: Traits, text: str) -> tuple[Any, ...]:
    """The values of a primary key written by `key_text`. Raises `BadValue` when it cannot be a key of this table."""
    parts = [text] if len(traits.key) == 1 else _split_key(text)
    if len(parts) != len(traits.key):
        raise BadValue(f"a key of this table has {len(traits.key)} parts")
    return tuple(parse(traits.columns[name], part) for name, part in zip(traits.key, parts, strict=True))


def _split_key(text: str) -> list[str]:
    parts, characters = [""], iter(text)
    for character in characters:
        if character == ",":
            parts.append("")
        else:
            parts[-1] += next(characters, "") if character == "\\" else character
    return parts


def _text(column: Column, text: str) -> str:
    if column.limit is not None and len(text) > column.limit:
        raise BadValue(f"has {len(text):,} characters, at most {column.limit:,} fit")
    return text


def _integer(column: Column, text: str) -> int:
    if not INTEGER.fullmatch(text):
        raise BadValue("is not a whole number (expected like 1250)")
    value, limit = int(text), column.limit or 2**63 - 1
    if not -limit - 1 <= value <= limit:
        raise BadValue(f"is out of range (at most {limit})")
    return value


def _numeric(column: Column, text: str) -> Decimal:
    match = NUMBER.fullmatch(text)
    if match is None:
        raise BadValue("is not a number (expected like 12.50)")
    precision, scale = getattr(column.sa.type, "precision", None), getattr(column.sa.type, "scale", None) or 0
    if precision is not None:
        if len((match[2] or "").rstrip("0")) > scale:
            raise BadValue(f"has too many decimals (at most {scale})")
        if len(match[1].lstrip("0")) > precision - scale:
            raise BadValue(f"is too large (at most {precision - scale} digits before the point)")
    return Decimal(text)


def _float(_: Column, text: str) -> float:
    if not FLOAT.fullmatch(text):
        raise BadValue("is not a number (expected like 12.5)")
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadValue("is out of range")
    return value


def _boolean(_: Column, text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise BadValue("is neither yes nor no")


def _date(_: Column, text: str) -> dt.date:
    if DATE.fullmatch(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise BadValue("is not a day of the calendar") from None
    raise BadValue("is not a date (expected like 2026-11-23)")


def _timestamp(column: Column, text: str) -> dt.datetime:
    if not TIMESTAMP.fullmatch(text):
        raise BadValue("is not a date and time (expected like 2026-11-23 14:05)")
    try:
        value = dt.datetime.fromisoformat(text)
        zoned = getattr(column.sa.type, "timezone", False)
        if zoned:
            # A time without a zone is taken as UTC, which is what every page shows beside it.
            return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise BadValue("is not a day and time of the calendar") from None
    if value.tzinfo:
        raise BadValue("has a time zone, but this column has none")
    return value


def _time(_: Column, text: str) -> dt.time:
    if TIME.fullmatch(text):
        try:
            return dt.time.fromisoformat(text)
        except ValueError:
            pass
    raise BadValue("is not a time of day (expected like 14:05)")


def _interval(_: Column, text: str) -> dt.timedelta:
    match = re.fullmatch(r"(-?[0-9]{1,9}) days?, ([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{6}))?|"
                         r"([0-9]{1,9}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{6}))?", text)  # fmt: skip
    if match is None:
        raise BadValue("is not a span of time (expected like 3 days, 4:05:06)")
    days, h1, m1, s1, us1, h2, m2, s2, us2 = (int(part) if part else 0 for part in match.groups())
    return dt.timedelta(days=days, hours=h1 + h2, minutes=m1 + m2, seconds=s1 + s2, microseconds=us1 + us2)


def _uuid(_: Column, text: str) -> uuid.UUID:
    if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}", text):
        return uuid.UUID(text)
    raise BadValue("is not a UUID")


def _enum(column: Column, text: str) -> Any:
    if text not in column.choices:
        raise BadValue(f"is none of {', '.join(column.choices)}")
    enum_class = column.sa.type.enum_class if isinstance(column.sa.type, types.Enum) else None
    return column.sa.type._object_lookup[text] if enum_class else text  # type: ignore[attr-defined] # noqa: SLF001 SQLAlchemy's own label-to-member map


def _json(column: Column, text: str) -> Any:
    try:
        value = exact_json.loads(text)
    except RecursionError:
        raise BadValue("is JSON nested too deeply") from None
    except exact_json.OutOfRange:
        raise BadValue("cannot hold a number this large or this small") from None
    except exact_json.NotANumber as error:
        raise BadValue(f"is not JSON: {error} is no JSON number") from None
    except exact_json.JSONError as error:
        raise BadValue(f"is not JSON: line {error.lineno}, column {error.colno}") from None
    # The type json keeps the text as it is; what jsonb and arrays hold must be storable.
    is_text = isinstance(column.sa.type, types.JSON) and not isinstance(column.sa.type, JSONB)
    if not is_text and (obstacle := exact_json.obstacle(value)):
        raise BadValue(obstacle)
    return value


def _array(column: Column, text: str) -> list[Any]:
    items = _json(column, text)
    if not isinstance(items, list):
        raise BadValue('is not a list (expected like ["red", "blue"])')
    inner = of_items(column)
    if inner.kind in ("json", "other"):
        # Two kinds of null, or no rule of how they are written.
        raise BadValue("holds what cannot be entered here")
    return [None if item is None else _item(inner, item) for item in items]


def _item(inner: Column, item: Any) -> Any:
    """One value of an array. Raises `BadValue` for a JSON value of another kind: a text in a list of numbers."""
    kind: type | UnionType = ITEMS.get(inner.kind, str)
    if not isinstance(item, kind) or (isinstance(item, bool) and kind is not bool):
        raise BadValue(f"holds {exact_json.dumps(item)[:40]}, which is no value of this list")
    try:
        text = repr(float(item)) if isinstance(item, Decimal) and inner.kind == "float" else _plain_text(item)
        return item if inner.kind in ("text", "boolean") else PARSERS[inner.kind](inner, text)
    except BadValue as error:
        raise BadValue(f"holds {exact_json.dumps(item)[:40]}, which {error}") from None


def of_items(column: Column) -> Column:
    """What the items of an array column are, as a column of their own."""
    type_ = getattr(column.sa.type, "item_type", None) or types.Text()
    choices = tuple(type_.enums) if isinstance(type_, types.Enum) else ()
    return replace(column, kind=kind_of(type_), sa=SAColumn(column.name, type_), choices=choices)


ITEMS: dict[Kind, type | UnionType] = {
    "boolean": bool,
    "integer": int,
    "float": int | float | Decimal | str,
    "numeric": int | Decimal | str,
}
"""How the items of an array are written in JSON, where not as text."""


def _bytes(_: Column, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BadValue("is not hexadecimal") from None


def _unreadable(_: Column, text: str) -> Any:
    raise BadValue(f"cannot be entered here: {text[:20]}")


PARSERS: dict[Kind, Callable[[Column, str], Any]] = {
    "integer": _integer,
    "numeric": _numeric,
    "float": _float,
    "text": _text,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
    "time": _time,
    "interval": _interval,
    "uuid": _uuid,
    "enum": _enum,
    "json": _json,
    "array": _array,
    "bytes": _bytes,
    "tsvector": _unreadable,
    "other": _unreadable,
}

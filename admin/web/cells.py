"""A value as a list or a details page shows it: short, aligned by its kind, and never without a way to the whole.

Text only: what a cell looks like in HTML stands in `templates/components/cell.html`, which escapes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple
from zlib import crc32

from admin import exact_json, values
from admin.beyond import Beyond
from admin.reads.parents import Parent
from admin.traits import Column, Kind

SHOWN = 80
"""Characters of a long text that stand in a cell."""

UNFOLDED = 200
"""Characters that unfold in place; a longer text is on the row's own page, so that a list stays small."""

NUMBERS = frozenset({"integer", "numeric", "float"})
"""Kinds that are aligned to the right, so that digits stand under digits."""

TONES = ("blue", "green", "amber", "violet", "teal", "pink", "grey")

TONE_OF = {
    **dict.fromkeys(("active", "approved", "delivered", "done", "enabled", "ok", "paid", "published", "won"), "green"),
    **dict.fromkeys(("editor", "new", "open", "processing", "running", "sent", "shipped"), "blue"),
    **dict.fromkeys(("draft", "inactive", "pending", "queued", "viewer"), "grey"),
    **dict.fromkeys(("blocked", "cancelled", "deleted", "error", "failed", "rejected", "void"), "red"),
    **dict.fromkeys(("overdue", "paused", "placed", "review", "waiting", "warning"), "amber"),
    **dict.fromkeys(("admin", "archived", "owner"), "violet"),
}
"""Words that mean the same nearly everywhere have the colour one expects; any other word keeps one by its spelling."""


class Cell(NamedTuple):
    """One value, ready to print.

    `kind`: text, title, num, key, code, badge, yes, no, time, long, parent or empty. `more` is what the kind needs
    besides its text: a badge's tone, a time's ISO form, the rest of a long text. `url` leads to a parent; `deleted`
    marks one in the trash. `cut`: even the rest of a long text is not all of it.
    """

    kind: str
    text: str
    more: str = ""
    url: str = ""
    deleted: bool = False
    cut: bool = False


Painter = Callable[[Any], Cell]
"""Turns the values of one column into cells."""

EMPTY = Cell("empty", "—")
EMPTY_NUMBER = Cell("empty", "—", "num")
JSON_NULL = Cell("code", "null")


def painter(column: Column, *, is_key: bool = False) -> Painter:
    """What paints the values of a column; chosen once a column, since a page has hundreds of cells."""
    paint = _plain(column, "key") if is_key or column.references else PAINTERS.get(column.kind, _plain)(column)
    nothing = _nothing(column)
    return lambda value: nothing if value is None else paint(value)


def parent_cell(parent: Parent, url: str) -> Cell:
    """A foreign key by the name of the row it points to; without a URL where that table is not in the console."""
    return Cell("parent", shortened(parent.label), url=url, deleted=parent.deleted)


def formatted(value: Any) -> Cell:
    """What a registration's own formatter made of a row: it is printed as text, and escaped."""
    return EMPTY if value is None else Cell("text", value if hasattr(value, "__html__") else str(value))


def shortened(text: str, limit: int = SHOWN) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= limit else f"{text[: _cut(text, limit)].rstrip()}…"


def tone(word: str) -> str:
    """The colour of a state, the same in every table and every run."""
    return TONE_OF.get(word.lower()) or TONES[crc32(word.encode()) % len(TONES)]


def _nothing(column: Column) -> Cell:
    """NULL; in a json column that takes no NULL it is the null of JSON."""
    if column.kind == "json" and not column.nullable:
        return JSON_NULL
    return EMPTY_NUMBER if column.kind in NUMBERS and not column.references else EMPTY


def _plain(column: Column, kind: str = "text") -> Painter:
    return lambda value: Cell(kind, values.show(column, value))


def _number(column: Column) -> Painter:
    return _plain(column, "num")


def _decimal(_: Column) -> Painter:
    return lambda value: Cell("num", f"{value:,f}")


def _code(column: Column) -> Painter:
    return _plain(column, "code")


def _boolean(_: Column) -> Painter:
    return lambda value: Cell("yes", "Yes") if value else Cell("no", "No")


def badge(word: str) -> Cell:
    """One of a few states."""
    return Cell("badge", word, tone(word))


def _badge(column: Column) -> Painter:
    made = {choice: badge(choice) for choice in column.choices}
    return lambda value: made[values.show(column, value)]


def _bytes(_: Column) -> Painter:
    return lambda value: Cell("code", f"{len(value):,} bytes")


def _timestamp(_: Column) -> Painter:
    return moment


def _prose(_: Column) -> Painter:
    return lambda value: _long(value, "text")


def _json(_: Column) -> Painter:
    return lambda value: _long(_dumped(value), "code")


def _array(column: Column) -> Painter:
    return lambda value: _long(values.show(column, value), "code")


def moment(value: dt.datetime | Beyond) -> Cell:
    if isinstance(value, Beyond):
        return Cell("text", value)
    exact, shown = instant(value)
    return Cell("time", shown, exact)


def instant(value: dt.datetime) -> tuple[str, str]:
    """A moment exactly, for the attribute from which the browser's own zone is made; and to the minute, for people."""
    if value.tzinfo is None:
        return value.isoformat(), value.isoformat(" ", "minutes")
    exact = value.astimezone(dt.UTC).isoformat()[:-6]
    return f"{exact}Z", f"{exact[:10]} {exact[11:16]} UTC"


def _dumped(value: Any) -> str:
    text = exact_json.dumps(value)
    # A lone surrogate is valid in JSON but in no page: escaped, it is the same value.
    return text if text.isprintable() else exact_json.dumps(value, escape=True)


def _long(text: str, kind: str) -> Cell:
    if len(text) <= SHOWN:
        return Cell(kind, text)
    cut = _cut(text, SHOWN)
    rest = text[cut:].lstrip()
    return Cell("long", text[:cut].rstrip(), shortened(rest, UNFOLDED), cut=len(rest) > UNFOLDED)


def _cut(text: str, limit: int) -> int:
    """Where to cut: at a space in the last quarter, if there is one, so that no word is broken."""
    space = text.rfind(" ", limit * 3 // 4, limit)
    return space if space > 0 else limit


PAINTERS: dict[Kind, Callable[[Column], Painter]] = {
    "integer": _number,
    "float": _number,
    "numeric": _decimal,
    "text": _prose,
    "boolean": _boolean,
    "timestamp": _timestamp,
    "uuid": _code,
    "enum": _badge,
    "json": _json,
    "array": _array,
    "bytes": _bytes,
}
"""Kinds that are not in here are printed as they would be typed."""

"""How the text of a field is typed: what is said below it, and what a script helps with.

Scripts only write such texts as one could type: chips write the JSON list, a word like “tomorrow” becomes a date in the
field itself, before anything is sent. The server reads the same strict texts with and without them.
"""

from __future__ import annotations

from typing import Literal

from admin import values
from admin.traits import Column

Items = Literal["", "text", "number"]
Moment = Literal["", "date", "utc", "plain"]

HELP = {
    "interval": "Like 3 days, 4:05:06.",
    "array": 'As text it is a JSON list, like ["red", "blue"].',
    "bytes": "Hexadecimal.",
}
MOMENTS: dict[Moment, str] = {
    "utc": "In UTC, like 2026-11-23 14:05:00Z.",
    "plain": "Without a time zone, like 2026-11-23 14:05:00.",
}


def help_of(column: Column) -> str:
    """How a value of this column is written, where that is not plain."""
    return MOMENTS.get(moment(column), "") or HELP.get(column.kind, "")


def items(column: Column) -> Items:
    """What a list holds, if its items can be typed one by one."""
    if column.kind != "array":
        return ""
    kind = values.of_items(column).kind
    return "text" if kind == "text" else "number" if kind in ("integer", "numeric", "float") else ""


def moment(column: Column) -> Moment:
    """A day, or a day and a time in UTC or without a zone."""
    if column.kind == "timestamp":
        return "utc" if getattr(column.sa.type, "timezone", False) else "plain"
    return "date" if column.kind == "date" else ""

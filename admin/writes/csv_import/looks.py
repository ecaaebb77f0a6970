"""What values look like: a hint which column of the table a column of the file may be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from admin import values
from admin.traits import Column, Kind

WORDS = "its values are the choices of this column"
LOOKS: dict[Kind, tuple[re.Pattern[str], str]] = {
    "date": (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{4}"), "values look like dates"
    ),
    "timestamp": (
        re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}([./-])[0-9]{1,2}\2[0-9]{4})[T ][0-9]{2}:[0-9]{2}.*"),
        "values look like times",
    ),
    "uuid": (re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "values look like UUIDs"),
    "numeric": (re.compile(r"[+-]?[0-9]+[.,][0-9]+"), "values look like numbers with decimals"),
    "json": (re.compile(r"[\[{].*[\]}]"), "values look like JSON"),
}  # fmt: skip
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def like(column: Column, samples: Sequence[str]) -> str | None:
    """Why values such as these may belong to a column, or None."""
    if not samples or column.references is not None:
        return None
    if column.kind == "enum":
        return WORDS if all(text in column.choices for text in samples) else None
    if column.kind == "boolean":
        yes_no = all(text.lower() in values.TRUE | values.FALSE and not text.isdigit() for text in samples)
        return "values are yes or no" if yes_no else None
    if column.kind == "text" and "mail" in column.name:
        return "values look like e-mail addresses" if all(map(MAIL.fullmatch, samples)) else None
    pattern, why = LOOKS.get(column.kind, (None, ""))
    return why if pattern and all(map(pattern.fullmatch, samples)) else None


def unmistakable(why: str) -> bool:
    """Whether the values alone say which column they are: only the words of a choice do."""
    return why == WORDS

"""The text of a value in a form: written so that it reads back as the very same value, and compared so that what a
person did not change is not written.

Browsers change text on its way (line ends become CRLF, a time control drops its seconds), so texts are compared by
what they mean in their column, and a value that no text can carry there and back is told apart here.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB

from admin import exact_json, values
from admin.traits import Column
from admin.values import BadValue

EDITABLE_BYTES = 1_000_000
"""A longer value is shown read-only, and none can be typed: a form carries each value twice, as it was and as it is."""


def show(column: Column, value: Any) -> str:
    """The text of a value in a form: `values.show`, but JSON over several lines, and the JSON null is a value."""
    if column.kind != "json" or (value is None and column.nullable):
        return values.show(column, value)
    text = exact_json.dumps(value, indent=2 if isinstance(value, dict | list) and value else None)
    # A lone surrogate is valid in JSON but in no page: escaped, it is the same value.
    return text if _encodes(text) else exact_json.dumps(value, indent=2, escape=True)


def readable(column: Column, value: Any) -> tuple[str, bool]:
    """The text of a value, cut when it is too long for a page, and whether a form can carry it there and back."""
    text = show(column, value)
    if not _encodes(text):
        return text.encode(errors="replace").decode(), False
    if len(text.encode()) > EDITABLE_BYTES:
        return text[: EDITABLE_BYTES // 40], False
    try:
        return text, value is None or values.parse(column, text) == value
    except BadValue:
        return text, False


def same(column: Column, text: str, other: str) -> bool:
    """Whether two texts mean the same value of this column, so that nothing has to be written."""
    if normal(text) == normal(other):
        return True
    if column.kind == "text" or not text.strip() or not other.strip():
        return False
    try:
        return bool(_comparable(column, text) == _comparable(column, other))
    except BadValue:
        return False


def normal(text: str) -> str:
    """Text with plain line ends: browsers send CRLF whatever the page contained."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def line_ends_like(text: str, before: Any) -> str:
    """`text` with the line ends that most lines of the value had before; a browser cannot say which they were."""
    plain = normal(text)
    if not isinstance(before, str):
        return plain
    return plain.replace("\n", "\r\n") if before.count("\r\n") * 2 > normal(before).count("\n") else plain


def default(column: Column) -> str:
    """The default of a column where it is a constant: shown in a new form, so that it surprises nobody. Else empty."""
    text = _constant(column.sa)
    try:
        return show(column, values.parse(column, text)) if text else ""
    except BadValue:
        return ""


def _constant(column: Any) -> str:
    if column.default is not None and column.default.is_scalar:
        return str(getattr(column.default.arg, "value", column.default.arg))
    given = getattr(column.server_default, "arg", "")
    if isinstance(given, str):
        return str(getattr(given, "value", given))
    literal = re.fullmatch(r"'((?:[^']|'')*)'(?:::.*)?|(true|false|-?[0-9.]+)", getattr(given, "text", ""))
    if literal is None:
        return ""
    return literal[2] or literal[1].replace("''", "'")


def _comparable(column: Column, text: str) -> Any:
    """JSON is compared as JSON: in Python 1 equals true. The order of keys is a part of json, not of jsonb."""
    value = values.parse(column, text)
    if column.kind in ("json", "array"):
        return exact_json.dumps(value, sort_keys=isinstance(column.sa.type, JSONB))
    return value


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

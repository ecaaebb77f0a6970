"""LIKE patterns in which what a person typed means itself: `%` and `_` are no wildcards here, in no box and filter."""

from __future__ import annotations

import re


def escaped(text: str) -> str:
    """`text` for use inside a pattern; the escape is the backslash, which is Postgres' default."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def contains(text: str) -> str:
    """The pattern of values that have `text` somewhere in them."""
    return f"%{escaped(text)}%"


def starts_with(text: str) -> str:
    """The pattern of values that begin with `text`."""
    return f"{escaped(text)}%"

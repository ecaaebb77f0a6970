"""Writes down what SQLAlchemy sends, with the values in place, as the cookbook shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa

from tests.docs.blocks import plain

# A placeholder, and the type that SQLAlchemy tells Postgres with it.
PLACEHOLDER = re.compile(r"%\((\w+)\)s(?:::(?:TIMESTAMP WITH TIME ZONE|\w+))?")
CONTROL = ("begin", "commit", "rollback")


@contextmanager
def recorded() -> Iterator[list[str]]:
    """The statements of every engine while the context lasts, transaction control included."""
    sent: list[str] = []

    def statement(_: Any, __: Any, text: str, values: Any, *___: Any) -> None:
        sent.append(plain(filled(text, values)))

    def control(word: str) -> Any:
        return lambda _: sent.append(word.upper())

    listeners = {"before_cursor_execute": statement} | {word: control(word) for word in CONTROL}
    for name, listener in listeners.items():
        sa.event.listen(sa.Engine, name, listener)
    try:
        yield sent
    finally:
        for name, listener in listeners.items():
            sa.event.remove(sa.Engine, name, listener)


def filled(text: str, values: dict[str, Any]) -> str:
    """The statement with its values written out."""
    return PLACEHOLDER.sub(lambda found: literal(values[found[1]]), text).replace("%%", "%")


def literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str | date) else str(value)

"""Two people and one row: which columns both have changed, and what each of them wants there.

A form brings the values it showed beside the ones it wants. Compared with what is stored, column by column, what others
changed elsewhere in the row stays, and what they changed in the same column is a clash. That is finer than a version
of the whole row, and needs none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import exact_json
from admin.errors import Conflict
from admin.reads import history, record, wording
from admin.reads.record import Record
from admin.resource import Resource
from admin.traits import Column


@dataclass(frozen=True)
class Edit:
    """What a form wants: `changes` are the wanted values by column, `shown` what it showed in these columns."""

    key: tuple[Any, ...]
    changes: Mapping[str, Any]
    shown: Mapping[str, Any] | None


@dataclass(frozen=True)
class Clash:
    """A column that two people changed; `who` (None: outside the console) and `at` say who stored the other value."""

    column: str
    shown: Any
    wanted: Any
    stored: Any
    who: str | None
    at: dt.datetime | None


class StaleEdit(Conflict):
    """Somebody changed the same columns after the form was made; `record` is the row as stored now."""

    def __init__(self, message: str, stored: Record, clashes: list[Clash]) -> None:
        super().__init__(message)
        self.record = stored
        self.clashes = clashes


async def refuse_clashes(session: AsyncSession, resource: Resource, edit: Edit, row: Any) -> None:
    """Raise `StaleEdit` when the stored `row` (locked) holds neither what the form showed nor what it wants."""
    shown = edit.shown
    if shown is None:
        return
    names = [
        name
        for name, wanted in edit.changes.items()
        if not same(resource.column(name), getattr(row, name), shown.get(name))
        and not same(resource.column(name), getattr(row, name), wanted)
    ]
    if names:
        raise await _stale(session, resource, edit, names)


async def _stale(session: AsyncSession, resource: Resource, edit: Edit, names: list[str]) -> StaleEdit:
    stored = await record.get(session, resource, edit.key)
    if stored is None:
        raise RuntimeError("a locked row cannot be gone")
    past = await history.of_row(session, resource, edit.key)
    clashes = []
    for name in names:
        change = next((entry for entry in past if name in {field.column for field in entry.changes}), None)
        who, at = (change.who, change.at) if change else (None, None)
        shown = (edit.shown or {}).get(name)
        clashes.append(Clash(name, shown, edit.changes[name], getattr(stored.row, name), who, at))
    # The rollback that follows would empty what still belongs to the session, and a page has yet to show it.
    session.expunge_all()
    labels = wording.listed([wording.inside(resource.label(name)) for name in names])
    return StaleEdit(f"Somebody changed {labels} after this form was opened. Nothing was saved.", stored, clashes)


def same(column: Column, one: Any, other: Any) -> bool:
    """Whether two values of a column are the same to the database: `1` and `true` are equal in Python, not in JSON."""
    if column.kind == "json":
        return exact_json.dumps(one, sort_keys=True) == exact_json.dumps(other, sort_keys=True)
    if column.kind == "array" and isinstance(one, list) and isinstance(other, list):
        return [(type(item), item) for item in one] == [(type(item), item) for item in other]
    return bool(one == other or (one != one and other != other))  # noqa: PLR0124 only NaN differs from itself

"""Rows that are edited inside the row they belong to, such as the lines of an order: all of them or none.

They are written one by one, each in a savepoint, so that every line that is refused can be told why, beside it. What is
taken away goes first; what is refused is tried once more when the others are written, since one line may free what
another one needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import Conflict, Invalid, LarderError, NotFound
from admin.reads import catalog, wording
from admin.resource import Resource
from admin.writes import constraints, rows
from admin.writes.clashes import Edit, refuse_clashes, same


@dataclass(frozen=True)
class LineChange:
    """One line as it is wished for: without a `key` it is new, `gone` takes it away.

    `place` says where it stands in the form, so that a refusal is told there; `shown` is what the form showed.
    """

    place: str
    key: tuple[Any, ...] | None
    values: Mapping[str, Any]
    shown: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False


@dataclass(frozen=True)
class Lines:
    """The changed lines of one table; its `column` holds the parent's `referenced` one."""

    resource: Resource
    column: str
    referenced: str
    changes: Sequence[LineChange]
    position: str = ""
    """The column by which they stand."""


@dataclass
class Along:
    """What was done to lines: by table and by act (added, changed, moved, removed)."""

    done: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        return self.done.total()

    @property
    def added(self) -> dict[str, int]:
        return {table: number for (table, act), number in self.done.items() if act == "added"}

    @property
    def words(self) -> list[str]:
        """“2 line items added”, “1 line item removed”"""
        counted = ((wording.table_words(table), act, number) for (table, act), number in self.done.items())
        return [f"{wording.counted(number, word, wording.plural(word))} {act}" for word, act, number in counted]


class LinesRefused(Conflict):
    """Some lines cannot be saved, and so nothing was; `errors` says why, by table and place."""

    def __init__(self, errors: dict[tuple[str, str], LarderError]) -> None:
        super().__init__("Nothing was saved: some lines cannot be.")
        self.errors = errors
        if all(isinstance(error, Invalid) for error in errors.values()):
            self.status = Invalid.status


async def write(session: AsyncSession, inside: Iterable[Lines], parent: Any) -> Along:
    """Write the lines of a parent row. Raises `LinesRefused` when one of them cannot be written."""
    along = Along()
    refused: dict[tuple[str, str], LarderError] = {}
    for one in inside:
        waiting = sorted(one.changes, key=lambda change: (not change.gone, change.key is None))
        errors: dict[str, LarderError] = {}
        for _ in range(2):
            errors = {}
            for change in waiting:
                try:
                    act = await _written(session, one, change, getattr(parent, one.referenced))
                except (Invalid, Conflict, NotFound) as error:
                    errors[change.place] = error
                else:
                    along.done[catalog.name_of(one.resource.traits), act] += 1 if act else 0
            waiting = [change for change in waiting if change.place in errors]
        refused |= {(one.resource.identity, place): error for place, error in errors.items()}
    if refused:
        raise LinesRefused(refused)
    along.done = +along.done
    return along


async def _written(session: AsyncSession, lines: Lines, change: LineChange, parent: Any) -> str:
    """Do what one line wishes; returns what was done, or nothing when nothing had to be."""
    resource = lines.resource
    if change.key is None:
        await rows.added(session, resource, {**change.values, lines.column: parent})
        return "added"
    row = await rows.locked(session, resource, change.key)
    if getattr(row, lines.column) != parent:
        raise Conflict(f"This {wording.inside(resource.name)} was moved to another place.")
    wanted = change.shown if change.gone else change.values
    await refuse_clashes(session, resource, Edit(change.key, wanted, change.shown), row)
    if change.gone:
        await _taken_away(session, resource, change.key)
        return "removed"
    new = {n: value for n, value in wanted.items() if not same(resource.column(n), getattr(row, n), value)}
    if new:
        await rows.written(session, resource, row, new)
    return "moved" if set(new) == {lines.position} else "changed" if new else ""


async def _taken_away(session: AsyncSession, resource: Resource, key: tuple[Any, ...]) -> None:
    """Into the trash where there is one."""
    traits = resource.traits
    own = [traits.columns[name].sa == part for name, part in zip(traits.key, key, strict=True)]
    trash = traits.columns[traits.deleted_at].sa if traits.deleted_at else None
    table = traits.table
    statement = update(table).values({trash: func.now()}) if trash is not None else delete(table)
    async with constraints.explained(session, resource):
        await session.execute(statement.where(*own))

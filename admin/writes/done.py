"""What an act on one or many rows did, for the page that shows it and for the operation that keeps it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.database import bounded
from admin.errors import Conflict
from admin.reads import wording
from admin.reads.restorable import Kept
from admin.reads.selection import Keys, Selection
from admin.resource import Resource
from admin.traits import Traits
from admin.writes.operations import Recorder

MANY = 1_000
MANY_MS = 60_000
"""An act on more than `MANY` rows was meant to take a while; it cannot be had in parts, so it gets a minute."""


@dataclass(frozen=True)
class Done:
    """What an act did: `rows` of the table itself, `along` the rows that went with them by table name, `kept` the rows
    that stay as they are and why. `operation_id` is None when nothing was changed."""

    rows: int
    operation_id: int | None
    sentence: str
    along: dict[str, int] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)


class InTheWay(Conflict):
    """The row cannot come back; `kept` says why and leads to the row in the way."""

    def __init__(self, message: str, kept: list[Kept]) -> None:
        super().__init__(message)
        self.kept = kept


def time_for(session: AsyncSession, keys: Keys) -> AbstractAsyncContextManager[None]:
    """The statement timeout that so many rows need."""
    return bounded(session, MANY_MS) if len(keys) > MANY else nullcontext()


def tell(
    operation: Recorder, resource: Resource, keys: Keys, done: str, selection: Selection, along: dict[str, int]
) -> None:
    """Let the operation say what was done, with the row's key where one row was meant."""
    operation.rows = len(keys) + sum(along.values())
    operation.detail = {"rows": len(keys), "along": along}
    if selection.single:
        operation.detail["key"] = key_text(resource.traits, keys[0])
        operation.sentence = wording.one(resource, operation.detail["key"], done, along)
    else:
        operation.sentence = wording.many(resource, len(keys), done, along)


def key_text(traits: Traits, key: tuple[object, ...]) -> str:
    """A key as it stands in URLs."""
    return values.join_key([values.show(traits.columns[n], value) for n, value in zip(traits.key, key, strict=True)])

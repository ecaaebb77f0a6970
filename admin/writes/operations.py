"""What a person did, written in the same transaction: one row an action, and who acts told to the triggers.

The triggers of revision `operations` keep what a change overwrites under the id that is drawn here first, so a row of
`operation` and the before-images it needs are there together or not at all.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.reads import operation_rows
from admin.tables import Operation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BEGIN = text(
    "select set_config('larder.operation', nextval(pg_get_serial_sequence('larder.operation', 'id'))::text, true)"
)


class ForgottenChange(RuntimeError):
    """Rows were changed inside `recorded`, but nobody said how many: a mistake in the program, rolled back."""


@dataclass
class Recorder:
    """What is known so far about the running operation; set `rows` and `sentence` before its block ends."""

    id: int
    session: AsyncSession
    rows: int = 0
    sentence: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    async def changes(self) -> dict[tuple[str, str], int]:
        """Rows that this operation changed until now, cascades included: {(table, 'I' | 'U' | 'D'): rows}."""
        return await operation_rows.counts(self.session, self.id, func.now())


@asynccontextmanager
async def recorded(
    session: AsyncSession,
    actor: Actor,
    kind: str,
    identity: str | None,
    *,
    source: str = "browser",
    undoes: int | None = None,
) -> AsyncIterator[Recorder]:
    """Attribute every change inside the block to `actor`, as one operation.

    `kind` is one of create, edit, delete, restore, purge, import, undo, person. When `rows` is still 0 at the end
    nothing is written and the recorder's id means nothing. An exception leaves the transaction to its owner, who rolls
    it back.
    """
    recorder = Recorder(int((await session.execute(BEGIN)).scalar_one()), session)
    yield recorder
    if recorder.rows:
        await _write(recorder, actor, kind=kind, identity=identity, source=source, undoes=undoes)
        return
    if await recorder.changes():
        raise ForgottenChange(f"an operation of kind {kind} changed rows of {identity} but counted none")
    await session.execute(select(_nobody()))


async def _write(recorder: Recorder, actor: Actor, **values: Any) -> None:
    """Insert the operation, and let what follows in this transaction be nobody's."""
    statement = insert(Operation).values(
        id=recorder.id,
        person_id=actor.id,
        person_name=actor.name,
        rows=recorder.rows,
        sentence=recorder.sentence,
        detail=recorder.detail,
        **values,
    )
    await recorder.session.execute(statement.returning(_nobody()))


def _nobody() -> Any:
    return func.set_config("larder.operation", "", True)

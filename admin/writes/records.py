"""One row made or changed from a form: only what the person changed is written, and nobody's change is overwritten.

A save that would change nothing writes nothing, not even a record of itself. Everything happens in the caller's
transaction, with the row locked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import values as texts
from admin.actor import Actor
from admin.errors import Conflict
from admin.reads import record, wording
from admin.resource import Resource
from admin.writes import lines, nonces, rows
from admin.writes.clashes import Edit, refuse_clashes, same
from admin.writes.lines import Lines
from admin.writes.operations import recorded


@dataclass(frozen=True)
class Saved:
    """A row as it is stored now. `operation_id` is None when nothing had to be written; `repeated` when the same form
    had been carried out before."""

    row: Any
    operation_id: int | None
    sentence: str = ""
    repeated: bool = False


@dataclass(frozen=True)
class Wish:
    """What a form wants of a stored row: wanted values by column, and what it showed there (None: not asked about).

    `inside` are the lines that are edited in it; with them a `nonce`, since adding one twice adds two.
    """

    changes: Mapping[str, Any]
    shown: Mapping[str, Any] | None = None
    inside: Sequence[Lines] = ()
    nonce: str | None = None


async def create(
    session: AsyncSession,
    actor: Actor,
    resource: Resource,
    values: Mapping[str, Any],
    *,
    nonce: str | None = None,
    inside: Sequence[Lines] = (),
) -> Saved:
    """Insert a row of these values by column, and the lines `inside` it; what is left out gets its default.

    With `nonce`, the same form sent again answers with the row that the first one made. Raises `Invalid` with a reason
    for each field that the database refuses, `Conflict` when the row of a repeated form is gone.
    """
    if nonce is not None and (made := await nonces.claim(session, actor, nonce)) is not None:
        return await _repeated(session, resource, made)
    async with recorded(session, actor, "create", resource.identity) as operation:
        row = await rows.added(session, resource, values)
        key_text = texts.key_text(resource.traits, row)
        along = await lines.write(session, inside, row)
        operation.rows, operation.detail = 1 + along.rows, {"key": key_text}
        operation.sentence = wording.one(resource, key_text, "created", along.added)
    if nonce is not None:
        await nonces.settle(session, nonce, key_text)
    return Saved(row, operation.id, operation.sentence)


async def update(
    session: AsyncSession,
    actor: Actor,
    resource: Resource,
    key: tuple[Any, ...],
    changes: Mapping[str, Any],
    shown: Mapping[str, Any] | None = None,
) -> Saved:
    """Write `changes` (wanted values by column) into a row; `shown` holds what was shown in these columns."""
    return await edit(session, actor, resource, key, Wish(changes, shown))


async def edit(session: AsyncSession, actor: Actor, resource: Resource, key: tuple[Any, ...], wish: Wish) -> Saved:
    """Write what a form wishes for into a row, and into the lines inside it.

    Raises `StaleEdit` when one of these columns was changed by others meanwhile, `Conflict` when the row was deleted,
    `NotFound` when there never was one, `Invalid` when the database refuses a value, `LinesRefused` when a line is.
    """
    if wish.nonce is not None and (made := await nonces.claim(session, actor, wish.nonce)) is not None:
        return await _repeated(session, resource, made)
    row = await rows.locked(session, resource, key)
    await refuse_clashes(session, resource, Edit(key, wish.changes, wish.shown), row)
    new = {n: value for n, value in wish.changes.items() if not same(resource.column(n), getattr(row, n), value)}
    if not new and not wish.inside:
        return Saved(row, None)
    async with recorded(session, actor, "edit", resource.identity) as operation:
        row = await rows.written(session, resource, row, new) if new else row
        key_text = texts.key_text(resource.traits, row)
        along = await lines.write(session, wish.inside, row)
        operation.rows, operation.detail = bool(new) + along.rows, {"key": key_text, "columns": list(new)}
        operation.sentence = wording.edited(resource, key_text, new, along.words)
    if wish.nonce is not None:
        await nonces.settle(session, wish.nonce, key_text)
    return Saved(row, operation.id if new or along.rows else None, operation.sentence)


async def _repeated(session: AsyncSession, resource: Resource, made: str) -> Saved:
    found = await record.find(session, resource, made)
    if found is None:
        raise Conflict(f"This form was sent before, and made {wording.inside(resource.name)} {made}, which is gone.")
    return Saved(found.row, None, wording.one(resource, made, "created"), repeated=True)

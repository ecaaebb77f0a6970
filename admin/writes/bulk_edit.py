"""The same values for many rows at once: one UPDATE, one operation, all of them or none.

Rows that hold the values already are not touched. Before anything is written, what somebody was shown is compared with
what is there: others may have changed the same rows meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.errors import Conflict, Invalid
from admin.reads import bulk_edit, wording
from admin.reads.selection import Keys, Selection, key_columns, keys_of, with_keys
from admin.resource import Resource
from admin.writes import constraints, nonces, rows
from admin.writes.done import Done, key_text, time_for
from admin.writes.operations import recorded

MOST_TRIES = 60
"""Statements that look for the rows which are in the way, each in a savepoint."""
MOST_TOLD = 10


@dataclass(frozen=True)
class Wanted:
    """Values by column for the selected rows; `mark` is of what was shown of them, `nonce` of the form."""

    selection: Selection
    values: Mapping[str, Any]
    mark: str
    nonce: str


class Moved(Conflict):
    """The rows, or what they hold in these columns, changed since they were shown."""


async def apply(session: AsyncSession, actor: Actor, resource: Resource, wanted: Wanted) -> Done:
    """Write the values. Raises `Moved`, `Invalid` when a row cannot have them, `BadRequest` for too many rows."""
    made = await nonces.claim(session, actor, wanted.nonce)
    if made is not None:
        return Done(0, None, "This was done before, from the same page.")
    keys = await keys_of(session, resource, wanted.selection, locked=True, deleted=_live(resource))
    now = await bulk_edit.preview(session, resource, keys, wanted.values)
    if now.mark != wanted.mark:
        raise Moved("Others changed some of these rows since this page was made. Nothing was changed.")
    await rows.require_parents(session, resource, wanted.values)
    async with recorded(session, actor, "edit", resource.identity) as operation, time_for(session, keys):
        operation.rows = await _write(session, resource, keys, wanted.values)
        operation.detail = {"rows": operation.rows, "columns": list(wanted.values)}
        labels = wording.listed([wording.inside(resource.label(name)) for name in wanted.values])
        operation.sentence = f"{wording.rows_of(resource, operation.rows)}: {labels} changed."
    await nonces.settle(session, wanted.nonce, str(operation.id))
    return Done(operation.rows, operation.id if operation.rows else None, operation.sentence)


async def obstacles(
    session: AsyncSession, resource: Resource, keys: Keys, values: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Rows that could not have these values, and why; tried for all of them, then in halves. Nothing stays written."""
    found: list[tuple[str, str]] = []
    waiting, tries = [keys], 0
    while waiting and tries < MOST_TRIES and len(found) < MOST_TOLD:
        part, tries = waiting.pop(), tries + 1
        tried = await session.begin_nested()
        try:
            await _write(session, resource, part, values)
        except Invalid as error:
            if len(part) == 1 or tries == MOST_TRIES:
                found.append((key_text(resource.traits, part[0]) if len(part) == 1 else "", str(error)))
            else:
                waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
        finally:
            await tried.rollback()
    return found


async def _write(session: AsyncSession, resource: Resource, keys: Keys, values: Mapping[str, Any]) -> int:
    own = with_keys(key_columns(resource.traits), keys)
    statement = update(resource.traits.table).where(own, bulk_edit.different(resource, values))
    async with constraints.explained(session, resource, values):
        done = await session.execute(statement.values(rows.by_column(resource, values)))
    return int(done.rowcount)  # type: ignore[attr-defined] # a DML statement's result has it


def _live(resource: Resource) -> bool | None:
    return False if resource.traits.soft_deletes else None

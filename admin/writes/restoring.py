"""A row that comes back from the trash although something stands in its way: with another value, in place of the row
that has its value now, or together with what it belongs to. All of it in one operation, which one undo takes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.errors import Conflict
from admin.reads import belongings, restorable, wording
from admin.reads.selection import Keys, Selection, key_columns, keys_of, with_keys
from admin.resource import Resource
from admin.traits import Traits
from admin.writes import constraints, deletion
from admin.writes.done import Done, key_text, time_for
from admin.writes.operations import recorded


@dataclass(frozen=True)
class Ways:
    """What may be done to let a row come back: put the live row with its value into the trash, bring what it belongs
    to back with it, or give it other values."""

    replace: bool = False
    owners: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


async def restore(session: AsyncSession, actor: Actor, resource: Resource, key: tuple[Any, ...], ways: Ways) -> Done:
    """Bring the row back. Raises `Conflict` when it is not in the trash or something is still in its way, `Invalid`
    when the database refuses a value."""
    traits, name = resource.traits, f"{resource.name} {key_text(resource.traits, key)}"
    keys = await keys_of(session, resource, Selection(keys=[key]), locked=True, deleted=True)
    if not keys:
        raise Conflict(f"{name} is not in the trash.")
    async with recorded(session, actor, "restore", resource.identity) as operation:
        beside = await _bring_owners(session, traits, keys) if ways.owners else []
        gone = await _replace(session, traits, keys) if ways.replace else []
        async with constraints.explained(session, resource, ways.values):
            if ways.values:
                changed = {resource.column(one).sa: value for one, value in ways.values.items()}
                await session.execute(
                    sql_update(traits.table).where(with_keys(key_columns(traits), keys)).values(changed)
                )
            await _require_free(session, resource, keys)
            along = await _bring_back(session, traits, keys)
        operation.rows = sum((await operation.changes()).values())
        operation.detail = {"key": key_text(traits, key), "rows": 1, "along": along}
        operation.sentence = _sentence(resource, name, ways, gone, beside)
    return Done(1, operation.id, operation.sentence, along)


async def restore_all(session: AsyncSession, actor: Actor, resource: Resource, selection: Selection) -> Done:
    """Bring all selected rows back: what they belong to with them, and live rows that hold their values into the trash.

    Of two that want the same value the one deleted last gets it; the other stays, and is told.
    """
    traits = resource.traits
    chosen = await keys_of(session, resource, selection, locked=True, deleted=True)
    if not chosen:
        return Done(0, None, "Nothing was restored: it is not in the trash.")
    async with recorded(session, actor, "restore", resource.identity) as operation, time_for(session, chosen):
        wanted = await deletion.with_branches(session, traits, chosen)
        async with constraints.explained(session, resource):
            beside = await _bring_owners(session, traits, wanted)
            gone = await _replace(session, traits, wanted)
            keys = await deletion.free(session, resource, wanted)
            kept = await restorable.reasons(session, resource, wanted) if len(keys) < len(wanted) else []
            along = await _bring_back(session, traits, keys)
        rows = len(set(chosen) & set(keys))
        operation.rows = sum((await operation.changes()).values())
        operation.detail = {"rows": rows, "along": along}
        operation.sentence = _many(resource, rows, gone, beside) + deletion.kept_sentence(len(wanted) - len(keys), kept)
    return Done(rows, operation.id, operation.sentence, along, kept)


async def _require_free(session: AsyncSession, resource: Resource, keys: Keys) -> None:
    kept = await restorable.reasons(session, resource, keys)
    if kept:
        raise deletion.InTheWay(f"{resource.name} {kept[0].key} cannot come back: {kept[0].reason}.", kept)


async def _bring_back(session: AsyncSession, traits: Traits, keys: Keys) -> dict[str, int]:
    """The rows, and what went into the trash together with them."""
    own = with_keys(key_columns(traits), keys)
    along = await deletion.restore_belongings(session, traits, own)
    await session.execute(sql_update(traits.table).where(own).values({_mark(traits): None}))
    return along


async def _bring_owners(session: AsyncSession, traits: Traits, keys: Keys) -> list[str]:
    """What the rows belong to and what that belongs to, the uppermost first; “order 3” for each that was brought."""
    said: list[str] = []
    for owner, how in belongings.owners(traits):
        parent = owner.table.alias("owner")
        columns = [parent.c[column.key] for column in key_columns(owner)]
        theirs = select(*columns).join_from(parent, traits.table, parent.c[how.parent_column.key] == how.column)
        theirs = theirs.where(with_keys(key_columns(traits), keys), parent.c[_mark(owner).key].is_not(None)).distinct()
        found: Keys = [tuple(row) for row in await session.execute(theirs)]
        itself = owner.model is traits.model and found == keys
        if found and not itself:
            said += await _bring_owners(session, owner, found)
            await _bring_back(session, owner, found)
            said += [f"{wording.table_words(owner.table.name)} {key_text(owner, key)}" for key in found]
    return said


async def _replace(session: AsyncSession, traits: Traits, keys: Keys) -> Keys:
    """Put the live rows that hold the unique values of these into the trash, with what belongs to them."""
    found: Keys = [tuple(row) for row in await session.execute(restorable.holders(traits, keys))]
    if found:
        own = with_keys(key_columns(traits), found)
        await session.execute(sql_update(traits.table).where(own).values({_mark(traits): func.now()}))
        await deletion.trash_belongings(session, traits)
    return found


def _sentence(resource: Resource, name: str, ways: Ways, gone: Keys, beside: list[str]) -> str:
    """“Customer 3 restored with another email, in place of customer 88.”"""
    parts = []
    if ways.values:
        labels = wording.listed([wording.inside(resource.label(one)) for one in ways.values])
        parts.append(f"with another {labels}")
    if beside:
        parts.append(f"with its {wording.listed(beside)}")
    if gone:
        keys = wording.listed([key_text(resource.traits, key) for key in gone])
        parts.append(f"in place of {wording.inside(resource.name)} {keys}, now in the trash")
    return f"{name} restored{' ' if parts else ''}{', '.join(parts)}."


def _many(resource: Resource, rows: int, gone: Keys, beside: list[str]) -> str:
    """“20 customers restored, with 1 row that they belong to, in place of 3 customers, now in the trash.”"""
    parts = [f"{wording.rows_of(resource, rows)} restored"]
    if beside:
        parts.append(f"with {wording.counted(len(beside), 'row', 'rows')} that they belong to")
    if gone:
        parts.append(f"in place of {wording.rows_of(resource, len(gone))}, now in the trash")
    return f"{', '.join(parts)}."


def _mark(traits: Traits) -> Any:
    return traits.columns[traits.deleted_at or ""].sa

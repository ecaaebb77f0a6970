"""The parent that the text in a form's field means: its key, or a label that only one live row has.

A form works without a script, and people know names, not numbers. The answer says whether the row is in the trash: it
can then not be chosen anew, but a child that belongs to it already keeps it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import parents
from admin.reads.parents import Parent
from admin.traits import Column, Reference, Traits, traits_of
from admin.values import BadValue

Chosen = tuple[Any, Parent]
"""The value for the foreign key, and the parent it leads to."""


async def by_text(session: AsyncSession, column: Column, reference: Reference, text: str) -> Chosen:
    """The parent of a foreign-key `column` that `text` means, in the trash or not.

    Raises `BadValue` when no row is meant, or more than one.
    """
    if "\x00" in text:
        raise BadValue("cannot contain a NUL character")
    traits = traits_of(reference.model)
    found = await _by_key(session, column, reference, text)
    if found is not None:
        return found
    rows = (await session.execute(_called(traits, reference, text).limit(2))).all() if _names(traits) else []
    if not rows:
        raise BadValue(f"“{text[:80]}” does not exist")
    if len(rows) > 1:
        raise BadValue(f"“{text[:80]}” means more than one row; choose one, or enter its key")
    return getattr(rows[0], reference.column), parents.parent_of(traits, rows[0])


async def _by_key(session: AsyncSession, column: Column, reference: Reference, text: str) -> Chosen | None:
    try:
        value = values.parse(traits_of(reference.model).columns[reference.column], text)
    except BadValue:
        return None
    parent = (await parents.named(session, column, [value])).get(value)
    return (value, parent) if parent else None


def _called(traits: Traits, reference: Reference, text: str) -> Select[Any]:
    """Live rows called so. Exact, so that it is answered by the unique or label index of the parent."""
    needed = [*traits.key, reference.column, traits.label, *([traits.deleted_at] if traits.deleted_at else [])]
    attributes = [traits.attribute(name) for name in dict.fromkeys(needed)]
    return select(*attributes).where(or_(*(traits.attribute(name) == text for name in _names(traits))))


def _names(traits: Traits) -> list[str]:
    """The columns a row is called by: its label, and text that is unique by itself."""
    unique = [key.columns[0] for key in traits.unique_keys if len(key.columns) == 1]
    names = dict.fromkeys([traits.label, *unique])
    return [name for name in names if traits.columns[name].kind == "text" and not traits.columns[name].secret]

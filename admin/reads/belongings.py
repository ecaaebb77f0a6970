"""What belongs to a row and goes with it: children whose foreign key says ON DELETE CASCADE.

Where both have a trash, a child goes into it with its parent and comes back with it: same operation, same moment in
`deleted_at`, by which a child that was deleted earlier, for itself, is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, inspect

from admin.traits import Traits, traits_of


@dataclass(frozen=True)
class Belonging:
    """A child table, its column that points to the parent, and the parent's column it points to."""

    child: Traits
    column: Column[Any]
    parent_column: Column[Any]

    @property
    def in_trash(self) -> Column[Any]:
        """The child's `deleted_at`."""
        return self.child.columns[self.child.deleted_at or ""].sa


def of(traits: Traits) -> tuple[Belonging, ...]:
    """The tables whose rows go away with a row of this one when it is deleted for good."""
    found = [
        Belonging(traits_of(mapper.class_), key.parent, key.column)
        for mapper in inspect(traits.model).registry.mappers
        for key in traits_of(mapper.class_).table.foreign_keys
        if key.column.table is traits.table and (key.ondelete or "").upper() == "CASCADE"
    ]
    return tuple(sorted(found, key=lambda one: (one.child.table.name, one.column.name)))


def trashed_with(traits: Traits) -> tuple[Belonging, ...]:
    """Those of them whose rows go into the trash with it; theirs in turn, and so on."""
    return tuple(one for one in of(traits) if traits.soft_deletes and one.child.soft_deletes)


def owners(traits: Traits) -> tuple[tuple[Traits, Belonging], ...]:
    """The other way round: each table with a trash that a row of this table belongs to, and how."""
    others = [traits_of(mapper.class_) for mapper in inspect(traits.model).registry.mappers]
    return tuple((other, one) for other in others for one in trashed_with(other) if one.child.model is traits.model)

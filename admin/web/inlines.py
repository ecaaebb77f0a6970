"""Registration: rows of another table that are edited inside the row they belong to, such as the lines of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from admin.reads import belongings
from admin.traits import Column, Traits


class InlineError(Exception):
    """An inline makes no sense; the message says why."""


@dataclass(frozen=True)
class Inline:
    """`Inline(LineItem, columns=["sku", "qty", "unit_price"], amount=["qty", "unit_price"], position="position")`.

    `columns` are shown, in this order; left out, they are those of the table's own form. `amount` names number columns
    whose product is what a row comes to: it is shown in each row, and the sum below them. `position` is the column of
    whole numbers by which the rows stand, so that they can be moved; left out, they stand in the order of their keys.
    """

    model: type[Any]
    columns: Sequence[Any] = ()
    amount: Sequence[Any] = ()
    position: Any = None


@dataclass(frozen=True)
class Inlined:
    """The same, with names of columns: `column` of the child refers to the parent's `referenced`."""

    model: type[Any]
    column: str
    referenced: str
    columns: tuple[str, ...]
    amount: tuple[str, ...]
    position: str = ""


def read(inline: Inline, child: Traits, parent: Traits) -> Inlined:
    """Raises `InlineError` for what the child does not have, or cannot be edited by."""
    pointing = [one for one in child.parents if one.references and one.references.model is parent.model]
    if len(pointing) != 1 or pointing[0].references is None:
        raise InlineError(f"{child.model.__name__} must refer to {parent.model.__name__} by one foreign key.")
    if belongings.trashed_with(child):
        raise InlineError(f"{child.model.__name__} has rows of its own that would have to go into the trash with it.")
    position = _name(inline.position) if inline.position is not None else ""
    for name in [*inline.columns, *inline.amount, *([position] if position else [])]:
        if _name(name) not in child.columns:
            raise InlineError(f"{child.model.__name__} has no column {_name(name)!r}.")
    if position and not _counts(child.columns[position]):
        raise InlineError(f"{child.model.__name__}.{position} must hold whole numbers, never NULL, with a default.")
    columns, amount = (tuple(_name(name) for name in names) for names in (inline.columns, inline.amount))
    return Inlined(child.model, pointing[0].name, pointing[0].references.column, columns, amount, position)


def _counts(column: Column) -> bool:
    return column.kind == "integer" and not column.nullable and column.has_default and not column.read_only


def _name(column: Any) -> str:
    return column if isinstance(column, str) else str(column.key)

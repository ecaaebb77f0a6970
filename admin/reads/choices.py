"""What a picker of parents offers while somebody types: live rows only, a few, found through an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import like, parents
from admin.traits import Traits
from admin.values import BadValue

LIMIT = 20


@dataclass(frozen=True)
class Choice:
    """One row to choose: the text that the foreign key's field takes, and what people call the row."""

    key: str
    label: str


async def search(
    session: AsyncSession, traits: Traits, term: str, limit: int = LIMIT, *, by: str | None = None
) -> list[Choice]:
    """Live rows of a parent that fit what was typed, best first; the first ones by label when nothing was.

    `by` is the column whose value is chosen (what the foreign key refers to), the first key column if not given.
    """
    value = by or traits.key[0]
    rows = (await session.execute(_statement(traits, term.strip().replace("\x00", ""), value).limit(limit))).all()
    return [
        Choice(values.show(traits.columns[value], getattr(row, value)), parents.label_of(traits, row)) for row in rows
    ]


def _statement(traits: Traits, term: str, value: str) -> Select[Any]:
    names = dict.fromkeys([value, *traits.key, traits.label])
    statement = select(*(traits.attribute(name) for name in names))
    label = traits.attribute(traits.label)
    is_text = traits.columns[traits.label].kind == "text"
    exact = _exact(traits, term, {value, *(traits.key if len(traits.key) == 1 else ())})
    if not term:
        return statement.order_by(label, *(traits.attribute(name) for name in traits.key))
    fits = [label.ilike(like.contains(term))] if is_text else []
    best = [case((or_(*exact), 0), else_=1)] if exact else []
    starts = [case((label.ilike(like.starts_with(term)), 0), else_=1), func.length(label)] if is_text else []
    keys = [traits.attribute(name) for name in traits.key]
    return statement.where(or_(*exact, *fits)).order_by(*best, *starts, label, *keys)


def _exact(traits: Traits, term: str, names: set[str]) -> list[ColumnElement[bool]]:
    conditions = []
    for name in sorted(names):
        try:
            parsed = values.parse(traits.columns[name], term)
        except BadValue:
            continue
        conditions.append(and_(traits.attribute(name) == parsed))
    return conditions

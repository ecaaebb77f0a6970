"""What a picker of parents offers while somebody types: live rows only, a few, found through an index.

A bounded number of rows that fit is looked at, and the best of them are shown: the row of that key, the very label,
labels that begin so, then labels that contain it, short ones first. So a letter that fits half of a million rows costs
some milliseconds too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import like, parents, plans
from admin.reads import search as words
from admin.traits import Traits
from admin.values import BadValue

LIMIT = 20
LOOKED_AT = 200
"""Rows of each way to fit that are compared with each other."""


@dataclass(frozen=True)
class Choice:
    """One row to choose: the text that the foreign key's field takes, and what people call the row."""

    key: str
    label: str


async def search(
    session: AsyncSession, traits: Traits, term: str, limit: int = LIMIT, *, by: str | None = None
) -> list[Choice]:
    """Live rows of a parent that fit what was typed, best first; some to begin with when nothing was.

    `by` is the column whose value is chosen (what the foreign key refers to), the first key column if not given.
    """
    value = by or traits.key[0]
    term = term.replace("\x00", "").strip()
    names = list(dict.fromkeys([value, *traits.key, traits.label]))
    if term:
        found = await plans.searching(session, _best(traits, names, term, limit, value))
    else:
        found = await plans.rows(session, _first(traits, names, limit))
    return [
        Choice(values.show(traits.columns[value], getattr(row, value)), parents.label_of(traits, row)) for row in found
    ]


async def few(session: AsyncSession, traits: Traits, by: str, most: int) -> list[Choice] | None:
    """Every live row of a parent, by label; None when there are more than `most`, which is found out cheaply."""
    names = list(dict.fromkeys([by, *traits.key, traits.label]))
    statement = _live(traits, names).limit(most + 1)
    rows = (await session.execute(statement)).all()
    if len(rows) > most:
        return None
    found = [Choice(values.show(traits.columns[by], getattr(row, by)), parents.label_of(traits, row)) for row in rows]
    return sorted(found, key=lambda choice: (choice.label.lower(), choice.key))


def _first(traits: Traits, names: list[str], limit: int) -> Select[Any]:
    """By label where an index has that order, else the newest."""
    keys = [traits.attribute(name) for name in traits.key]
    by_label = traits.label in traits.index_leads
    order = [traits.attribute(traits.label), *keys] if by_label else [key.desc() for key in keys]
    return _live(traits, names).order_by(*order).limit(limit)


def _best(traits: Traits, names: list[str], term: str, limit: int, value: str) -> Select[Any]:
    fitting = [_live(traits, names).where(condition).limit(LOOKED_AT) for condition in _fits(traits, term, value)]
    if not fitting:
        return _live(traits, names).where(literal(False))
    rows = union(*fitting).subquery("fitting")
    label = func.coalesce(rows.c[traits.label], "") if _is_text(traits) else literal("")
    best = [case((rows.c[name] == key, 0), else_=1) for name, key in _keys(traits, term, value)]
    return select(rows).order_by(
        *best,
        case((func.lower(label) == term.lower(), 0), (label.ilike(like.starts_with(term)), 1), else_=2),
        func.length(label),
        label,
        *(rows.c[name] for name in traits.key),
    ).limit(limit)  # fmt: skip


def _fits(traits: Traits, term: str, value: str) -> Iterator[ColumnElement[bool]]:
    """The ways in which a row may fit, each of them served by an index where there is one."""
    for name, key in _keys(traits, term, value):
        yield traits.attribute(name) == key
    if not _is_text(traits):
        return
    label: ColumnElement[Any] = traits.attribute(traits.label)
    if traits.label in traits.index_leads:
        yield label.in_(list(dict.fromkeys([term, term.capitalize(), term.title()])))
        yield label.like(like.starts_with(term))
    if words.has_trigrams(traits, traits.label):
        yield label.ilike(like.starts_with(term))
    if traits.search_vector:
        yield traits.attribute(traits.search_vector).bool_op("@@")(words.tsquery(traits, term))
    else:
        yield and_(*(words.holds(traits, traits.label, word) for word in words.words(term)))


def _keys(traits: Traits, term: str, value: str) -> Iterator[tuple[str, Any]]:
    """Columns that the term may be the very value of: the chosen one, and a primary key of one column."""
    for name in dict.fromkeys([value, *(traits.key if len(traits.key) == 1 else ())]):
        with suppress(BadValue):
            yield name, values.parse(traits.columns[name], term)


def _live(traits: Traits, names: list[str]) -> Select[Any]:
    """The columns of a choice. The listener on the session leaves out the trash."""
    return select(*(traits.attribute(name).label(name) for name in names))


def _is_text(traits: Traits) -> bool:
    return traits.columns[traits.label].kind == "text"

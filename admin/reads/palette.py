"""Records of all tables at once, by key or by text: what the palette “Go to” offers while somebody types.

What names a row exactly is looked up by the unique indexes of every table, in one statement. Then the words, a few rows
a table, in one statement too: through the index that the table's own search uses, and through none where the table is
small. That is worth a moment only. When the moment is over each table is asked by itself, so that one that is slow
costs its own rows and not those of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, cast, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import like, plans, search
from admin.reads.dashboard import quoted
from admin.reads.query import ListQuery
from admin.reads.visibility import INCLUDE, visible
from admin.resource import Resource
from admin.values import BadValue

EACH = 5
"""Rows of one table."""
LOOKED_AT = 100
"""Rows that hold the words, of which the best are shown."""
SHORTEST = 2
"""Characters that are looked for as words: a single one is in nearly every row."""
TOGETHER_MS, ALONE_MS = 80, 30
"""How long all tables may take together, and then each by itself."""
SMALL = 4 * 2**20
"""Bytes of a table that is read as a whole where no index knows the words: some milliseconds."""
LONGEST_LABEL = 120

ALL_LIVE = ListQuery()


@dataclass(frozen=True)
class Hit:
    """A row that was found: its table, its key as it stands in URLs, and what people call it (empty: only its key)."""

    identity: str
    key: str
    label: str


@dataclass(frozen=True)
class Hits:
    """What was found: exact rows, then those whose label begins with the text, then the others.

    `slow` are the tables that did not answer in time.
    """

    rows: tuple[Hit, ...]
    slow: tuple[Resource, ...]


async def find(session: AsyncSession, resources: Sequence[Resource], text: str) -> Hits:
    """Live rows of these tables that the text names, or that hold its words."""
    named = [branch for resource in resources for branch in _named(resource, text)]
    exact = await plans.rows(session, _together(named)) if named else ()
    rows: list[Row[Any]] = []
    slow: list[Resource] = []
    asked = [(one, _holding(one, text)) for one in resources] if len(text) >= SHORTEST else []
    holding = [(resource, branch) for resource, branch in asked if branch is not None]
    if holding:
        found = await plans.within(session, TOGETHER_MS, _together(branch for _, branch in holding))
        for resource, branch in holding if found is None else ():
            alone = await plans.within(session, ALONE_MS, branch.execution_options(**INCLUDE), _settings(resource))
            slow += [resource] if alone is None else []
            rows += alone or []
        rows += found or []
    rows.sort(key=lambda row: not (row.label or "").casefold().startswith(text.casefold()))
    return Hits(_hits([*exact, *rows], {resource.identity: resource for resource in resources}), tuple(slow))


def _together(branches: Iterable[Select[Any]]) -> Select[Any]:
    """Each branch says which side of the trash it is on, as lists do."""
    every = union_all(*(select(branch.subquery()) for branch in branches))
    return select(every.subquery()).execution_options(**INCLUDE)


def _named(resource: Resource, text: str) -> list[Select[Any]]:
    """One branch for each way to read the text, so that each has its own index."""
    return [_row(resource).where(condition).limit(EACH) for condition in search.exact(resource, text)]


def _holding(resource: Resource, text: str) -> Select[Any] | None:
    """A few rows that hold the words, those first whose label begins with the text; None where nothing is searched."""
    conditions = search.by_words(resource, text)
    if not conditions:
        return None
    if not _indexed(resource):
        conditions.append(_is_small(resource))
    found = _row(resource).where(and_(*conditions)).limit(LOOKED_AT).subquery()
    begins = found.c.label.ilike(like.starts_with(text))
    return select(found).order_by(begins.desc(), func.length(found.c.label), found.c.label, found.c.key).limit(EACH)


def _row(resource: Resource) -> Select[Any]:
    attribute, label = resource.traits.attribute, _label(resource)
    statement = select(
        literal(resource.identity, Text).label("identity"),
        array([cast(attribute(name), Text) for name in resource.traits.key]).label("key"),
        (func.left(cast(attribute(label), Text), LONGEST_LABEL) if label else literal("", Text)).label("label"),
    )
    return visible(statement, resource, ALL_LIVE)


def _label(resource: Resource) -> str | None:
    """The column that tells a row from the others beside its key, if it may be seen."""
    names = (resource.traits.label, *resource.search_columns)
    return next((name for name in names if name in resource.visible and name not in resource.traits.key), None)


def _indexed(resource: Resource) -> bool:
    traits = resource.traits
    return traits.search_vector is not None or all(
        search.has_trigrams(traits, name) or name in traits.index_leads for name in resource.search_columns
    )


def _is_small(resource: Resource) -> ColumnElement[bool]:
    """Asked before the first row is read: a condition without columns is tried once."""
    table = quoted(resource.traits.table)
    return select(func.pg_relation_size(func.to_regclass(table))).scalar_subquery() < SMALL


def _settings(resource: Resource) -> dict[str, str]:
    """Alone, words are collected from their own index, whatever the planner expects of them."""
    return plans.BITMAPS_ONLY if resource.traits.search_vector else {}


def _hits(rows: Iterable[Row[Any]], resources: dict[str, Resource]) -> tuple[Hit, ...]:
    found: dict[tuple[str, str], Hit] = {}
    for row in rows:
        traits = resources[row.identity].traits
        try:
            parts = [traits.columns[name] for name in traits.key]
            key = values.join_key(
                [values.show(one, values.parse(one, text)) for one, text in zip(parts, row.key, strict=True)]
            )
        except BadValue:
            continue
        found.setdefault((row.identity, key), Hit(row.identity, key, row.label or ""))
    return tuple(found.values())

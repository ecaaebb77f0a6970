"""The values a filter can choose from, each with how many rows of the list it would leave.

Only where the values are few and known: an enum's, yes and no, the rows of a small parent table. Counting is one
statement under a timeout of its own and is dropped, not awaited, when it takes longer: the values are offered anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ScalarSelect, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import choices, counts, filters, plans
from admin.reads.choices import Choice
from admin.reads.counts import AtLeast, Exact
from admin.reads.listing import narrowed
from admin.reads.query import Filter, ListQuery
from admin.reads.visibility import INCLUDE
from admin.resource import Resource
from admin.traits import Column, traits_of

OFFERED = 50
"""Values that are offered at once; a parent table with more rows is searched."""

TIMEOUT_MS = 200


@dataclass(frozen=True)
class Value:
    """One value: as the address spells it, what people call it, and its rows; None where counting took too long."""

    text: str
    label: str
    count: Exact | AtLeast | None


async def of(session: AsyncSession, resource: Resource, query: ListQuery, column: Column) -> list[Value] | None:
    """The values to filter a column by, counted within the list's search and its filters by other columns.

    None where the values are not few or not known. Parents come most frequent first, all others in their own order.
    """
    offered = await _offered(session, column)
    if offered is None or len(offered) > OFFERED:
        return None
    others = tuple(one for one in query.filters if one.column != column.name)
    conditions = [filters.read(column, "exact", choice.key) for choice in offered]
    counted = await _counted(session, resource, query.restarted(filters=others), conditions)
    found = [Value(choice.key, choice.label, count) for choice, count in zip(offered, counted, strict=True)]
    return sorted(found, key=_rows, reverse=True) if column.references else found


async def _offered(session: AsyncSession, column: Column) -> list[Choice] | None:
    if column.references:
        parent = traits_of(column.references.model)
        return await choices.search(session, parent, "", OFFERED + 1, by=column.references.column)
    if column.kind == "boolean":
        return [Choice("true", "Yes"), Choice("false", "No")]
    return [Choice(text, text) for text in column.choices] or None


async def _counted(
    session: AsyncSession, resource: Resource, query: ListQuery, conditions: list[Filter]
) -> list[Exact | AtLeast | None]:
    if not conditions:
        return []
    each = [_up_to_limit(resource, replace(query, filters=(*query.filters, one))) for one in conditions]
    statement = select(*(number.label(f"n{index}") for index, number in enumerate(each)))
    rows = await plans.within(session, TIMEOUT_MS, statement.execution_options(**INCLUDE))
    return [_said(number) for number in rows[0]] if rows else [None] * len(conditions)


def _up_to_limit(resource: Resource, query: ListQuery) -> ScalarSelect[Any]:
    ones = narrowed(resource, query).with_only_columns(literal(1).label("one"), maintain_column_froms=True)
    return select(func.count()).select_from(ones.limit(counts.NARROWED_LIMIT + 1).subquery()).scalar_subquery()


def _said(number: int) -> Exact | AtLeast:
    return Exact(number) if number <= counts.NARROWED_LIMIT else AtLeast(counts.NARROWED_LIMIT)


def _rows(value: Value) -> int:
    return value.count.n if value.count else 0

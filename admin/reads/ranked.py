"""The ranked part of a search: ranking everything found costs seconds for a common word.

So the newest thousand rows found (first in the table's own order) are ranked, and the others follow in that order: a
word in half of a million rows costs no more than a rare one. Rows that the text names exactly stand on top of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CTE, CompoundSelect, FromClause, Select, and_, literal, or_, select, true, tuple_, union_all

from admin.reads import keyset, paging, search
from admin.reads.ordering import Order, SortKey
from admin.reads.paging import Found, Run, Source
from admin.reads.query import ListQuery
from admin.resource import Resource

RANKED = 1_000
"""Rows that are ranked; a multiple of every page size, so that no page holds rows of both kinds."""

Values = tuple[Any, ...]
"""What a row is ordered by: exactness, rank (both None below the boundary) and the values of the own order."""


@dataclass(frozen=True)
class Search:
    """One search being answered. `base` is the list without the search, `others` what is found but not exactly."""

    resource: Resource
    query: ListQuery
    base: Select[Any]
    others: Select[Any]
    exact: list[Values]
    own: Order
    run: Run


async def rows(
    asked: Search, limit: int, *, offset: int = 0, place: Values | None = None, boundary: Values | None = None,
    backwards: bool = False,
) -> list[Found]:  # fmt: skip
    """Rows of the ranked part, nearest to the place first (from its top, or backwards from its end)."""
    candidates = _candidates(asked, boundary).cte("candidate")
    order = _order(asked, candidates).turned if backwards else _order(asked, candidates)
    statement = _keys(asked, candidates, order).limit(limit).offset(offset)
    if place is not None:
        statement = statement.where(or_(*keyset.segments(order, place)))
    return await paging.read(Source(asked.resource, order, (), asked.run), statement)


async def top(asked: Search, limit: int) -> list[Found]:
    """The first ranked rows. The values of each end with those of the boundary, all None if there is none.

    One statement for both: what is ranked has to be collected anyway to know where it ends.
    """
    candidates = _candidates(asked, None).cte("candidate")
    own = _named(candidates, asked.own.keys)
    last = select(*(key.sql for key in own)).where(candidates.c.exactly == 0).order_by(*(key.order for key in own))
    edge = last.offset(RANKED - len(asked.exact) - 1).limit(1).subquery("edge")
    ranks = _order(asked, candidates)
    order = replace(ranks, keys=(*ranks.keys, *_named(edge, own)))
    statement = _keys(asked, candidates, order).select_from(candidates.outerjoin(edge, true())).limit(limit)
    return await paging.read(Source(asked.resource, order, (), asked.run), statement)


def _order(asked: Search, candidates: CTE) -> Order:
    rank = search.rank(asked.resource, asked.query.search, candidates.c.input)
    ranks = [SortKey(sql, None, descending=True, nullable=False) for sql in (candidates.c.exactly, rank)]
    return Order((*ranks, *_named(candidates, asked.own.keys)), ())


def _named(rows: FromClause, keys: Sequence[SortKey]) -> tuple[SortKey, ...]:
    """The same sort keys, as columns of these rows."""
    return tuple(replace(key, sql=rows.c[f"sort_{number}"]) for number, key in enumerate(keys))


def _keys(asked: Search, candidates: CTE, order: Order) -> Select[Any]:
    """Keys and sort values of the candidates in this order, as `paging.read` takes them."""
    keys = [candidates.c[f"key_{number}"] for number in range(len(asked.resource.traits.key))]
    sorts = [key.sql.label(f"sort_{number}") for number, key in enumerate(order.keys)]
    return select(*keys, *sorts).order_by(*(key.order for key in order.keys))


def _candidates(asked: Search, boundary: Values | None) -> Select[Any]:
    """What is ranked: the exact rows, and of the others the first in the table's own order, up to the boundary.

    What the rank looks at is fetched for these alone: sorting a long tsvector takes longer than finding it again.
    """
    first = paging.keys_of(asked.resource, asked.own, asked.others)
    first = first.where(keyset.up_to(asked.own, boundary)) if boundary else first.limit(RANKED - len(asked.exact))
    keys: Select[Any] | CompoundSelect[Any] = first.add_columns(literal(0).label("exactly"))
    attributes = [asked.resource.traits.attribute(name) for name in asked.resource.traits.key]
    if asked.exact:
        named = asked.base.where(tuple_(*attributes).in_(asked.exact))
        exact = paging.keys_of(asked.resource, asked.own, named).order_by(None)
        keys = union_all(keys, exact.add_columns(literal(1).label("exactly")))
    rows = keys.subquery("found")
    same = and_(*(attribute == rows.c[f"key_{number}"] for number, attribute in enumerate(attributes)))
    looked_at = search.rank_input(asked.resource).label("input")
    return select(*rows.c, looked_at).join_from(rows, asked.resource.model, same)

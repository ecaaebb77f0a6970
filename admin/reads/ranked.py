"""The ranked part of a search: ranking everything found costs seconds for a common word.

So the newest few hundred rows found (first in the table's own order) are ranked, and the others follow in that order:
a word in half of a million rows costs no more than a rare one. Where even those are too far apart, fewer are ranked:
what is found in the window of the order that a search looks through (`windows`). Rows that the text names exactly stand
on top of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from admin.reads import keyset, paging, search, windows
from admin.reads.ordering import Order, SortKey
from admin.reads.paging import Found, Run, Source
from admin.reads.query import ListQuery
from admin.reads.windows import Values, Window
from admin.resource import Resource

RANKED = 400
"""Rows that are ranked: two of the largest pages."""


NOT_COUNTED = cast(null(), Integer).label("total")


@dataclass(frozen=True)
class Search:
    """One search being answered: the rows `named` by what they are exactly, with their keys, and the `others` that are
    found; `reach` says how far it looks."""

    resource: Resource
    query: ListQuery
    named: Source
    others: Source
    exact: list[Values]
    reach: windows.Search

    @property
    def own(self) -> Order:
        return self.others.order


@dataclass(frozen=True)
class Top:
    """The first ranked rows, how many there are in all, and the last of them in the table's own order: the boundary,
    None where nothing follows. The values of each row are what it is ordered by: exactness, rank, the own order.
    `looked_through` is set where the boundary is not a row that was found, but how far was looked; `total` where all
    that is found was collected."""

    found: list[Found]
    ranked: int
    boundary: Values | None
    looked_through: int = 0
    total: int | None = None


async def top(asked: Search, limit: int) -> Top:
    """The first ranked rows, and where the ranked part ends; a row at least, where anything is found.

    One statement for both: what is ranked has to be collected anyway to know where it ends.
    """
    size, wanted, countable = 2 + len(asked.own.keys), RANKED - len(asked.exact), len(asked.others.sides) == 1

    async def attempt(window: Window) -> list[Found]:
        inside = [] if window.condition is None else [window.condition]
        total = func.count().over() if countable and window.step.rows is None else None
        return await _with_edge(asked, _candidates(asked, inside, wanted, total).cte("candidate"), limit, window.run)

    def enough(found: list[Found], window: Window) -> bool:
        ranked = found[0][1][-2] if found else 0
        return ranked >= RANKED or (window.step.widest and ranked > asked.query.size)

    reached = await asked.reach.through(asked.others, wanted, attempt, enough)
    *edge, ranked, total = reached.found[0][1][size:] if reached.found else (None, 0, None)
    total = None if total is None else total + len(asked.exact)
    found = [(row, values[:size]) for row, values in reached.found]
    if edge[0] is not None:
        return Top(found, ranked, tuple(edge), total=total)
    return Top(found, ranked, reached.end, reached.rows if reached.end else 0, total)


async def rows(
    asked: Search, limit: int, boundary: Values | None, *, offset: int = 0, place: Values | None = None,
    backwards: bool = False,
) -> list[Found]:  # fmt: skip
    """Rows of the ranked part down to its boundary, nearest to the place first (from its top, or backwards from its
    end)."""
    inside = [keyset.up_to(asked.own, boundary)] if boundary else []
    candidates = _candidates(asked, inside, None if boundary else RANKED).cte("candidate")
    order = _order(asked, candidates).turned if backwards else _order(asked, candidates)
    statement = _keys(asked, candidates, order).limit(limit).offset(offset)
    run = asked.reach.down_to(boundary, RANKED)
    if place is not None:
        statement = statement.where(or_(*keyset.segments(order, place)))
    return await paging.read(Source(asked.resource, order, (), run), statement)


async def _with_edge(asked: Search, candidates: CTE, limit: int, run: Run) -> list[Found]:
    """The first ranked rows; the values of each end with the last place that is ranked, None where fewer are found than
    could be ranked, with the number of ranked rows, and with that of all if the candidates know it."""
    own = _named(candidates, asked.own.keys)
    last = select(*(key.sql for key in own)).where(candidates.c.exactly == 0).order_by(*(key.order for key in own))
    edge = last.offset(RANKED - len(asked.exact) - 1).limit(1).subquery("edge")
    many = select(func.count()).select_from(candidates).scalar_subquery()
    total = select(func.max(candidates.c.total)).scalar_subquery()
    ranks = _order(asked, candidates)
    order = replace(ranks, keys=(*ranks.keys, *_named(edge, own), _number(many), _number(total)))
    statement = _keys(asked, candidates, order).select_from(candidates.outerjoin(edge, true())).limit(limit)
    return await paging.read(Source(asked.resource, order, (), run), statement)


def _number(sql: ColumnElement[Any]) -> SortKey:
    return SortKey(sql, None, descending=True, nullable=False)


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


def _candidates(
    asked: Search, inside: Sequence[ColumnElement[bool]], limit: int | None, total: ColumnElement[int] | None = None
) -> Select[Any]:
    """What is ranked: the exact rows, and of the others the first in the table's own order that lie inside. There is no
    limit where a boundary says which those are: rows that came since must not push others out.

    What the rank looks at is fetched for these alone: sorting a long tsvector takes longer than finding it again.
    """
    first = paging.page_of_keys(asked.others, inside, limit)
    counted = NOT_COUNTED if total is None else total.label("total")
    keys: Select[Any] | CompoundSelect[Any] = first.add_columns(literal(0, Integer).label("exactly"), counted)
    attributes = [asked.resource.traits.attribute(name) for name in asked.resource.traits.key]
    if asked.exact:
        exact = paging.page_of_keys(asked.named, [tuple_(*attributes).in_(asked.exact)], len(asked.exact))
        keys = union_all(keys, exact.add_columns(literal(1, Integer).label("exactly"), NOT_COUNTED))
    rows = keys.subquery("found")
    same = and_(*(attribute == rows.c[f"key_{number}"] for number, attribute in enumerate(attributes)))
    looked_at = search.rank_input(asked.resource).label("input")
    return select(*rows.c, looked_at).join_from(rows, asked.resource.model, same)

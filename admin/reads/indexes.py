"""Which sort and which filter of a list an index serves.

On a large table a sort without an index reads and sorts every row for each page, and a filter without one reads until
it has found enough. People are told before they wait, and whoever may make indexes gets the statement
(`index_remedies`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import index_remedies, ordering
from admin.reads.index_catalog import Indexes, Side, TableIndex, indexes_of
from admin.reads.ordering import Order
from admin.reads.query import Filter, ListQuery
from admin.resource import Resource

LARGE = 100_000
"""Rows from which on a missing index is felt."""

GROUP = 1_000
"""Rows of one value that may be sorted for a page where an index knows the first column of an order only."""

NEAR = 0.9
"""Correlation from which on a table lies in a column's order; with more rows than pages neighbours share one."""

SCATTERED = 8
"""What a row costs that lies on a page of its own."""

FEW_VALUES = 12
"""A column with no more values than this has many rows of each: a page of them is found along any order."""

SIDES: dict[str, tuple[Side, ...]] = {"hide": ("live",), "only": ("trash",), "with": ("live", "trash")}
"""Which indexes must be there for each choice of the trash."""

BY_TREE = ("exact", "in", "gt", "gte", "lt", "lte", "range", "date", "isnull")
TRIGRAMS = ("gin_trgm_ops", "gist_trgm_ops")
INSIDE = {"json": ("jsonb_ops", "jsonb_path_ops"), "array": ("array_ops",), "text": TRIGRAMS}
"""Operator classes that find something inside a value."""


@dataclass(frozen=True)
class Slow:
    """What no index serves: a filter, or (without one) the order by a column. `remedy` is the CREATE INDEX that would
    help; None where no index can."""

    column: str
    condition: Filter | None
    remedy: str | None


async def slow_sorts(session: AsyncSession, resource: Resource, query: ListQuery, least: int = LARGE) -> list[Slow]:
    """The listed columns that no index can sort the list by; nothing for a table of fewer than `least` rows."""
    indexes = await indexes_of(session, resource.traits)
    if indexes.rows < least:
        return []
    sortable = ordering.sortable(resource)
    orders = (
        (name, ordering.order_of(resource, query.restarted(sort=name)))
        for name in resource.list_columns
        if name in sortable
    )
    return [
        Slow(name, None, index_remedies.for_sort(resource, query, order))
        for name, order in orders
        if not _sorts(indexes, resource, query, order)
    ]


async def slow_parts(session: AsyncSession, resource: Resource, query: ListQuery, least: int = LARGE) -> list[Slow]:
    """What makes this very list slow: its filters and its order, as far as no index serves them.

    With `least` of 0, for a list that was too slow, filters by a column of few values count as well.
    """
    indexes = await indexes_of(session, resource.traits)
    if indexes.rows < least:
        return []
    found = [
        Slow(one.column, one, index_remedies.for_filter(resource, query, one))
        for one in query.filters
        if (is_slow(indexes, resource, query, one) if least else not _filters(indexes, resource, query, one))
    ]
    order = ordering.order_of(resource, query)
    first = order.keys[0]
    if first.column is not None and not _sorts(indexes, resource, query, order):
        found.append(Slow(query.sort or first.column.name, None, index_remedies.for_sort(resource, query, order)))
    return found


async def row_cost(
    session: AsyncSession, resource: Resource, query: ListQuery, order: Order, among: int
) -> float | None:
    """What it costs to read a row of the list in this order, as against one that lies beside the row before it; None
    where no index has the order."""
    indexes, first = await indexes_of(session, resource.traits), order.keys[0].column
    if first is None or not _sorts(indexes, resource, query, order):
        return None
    near = abs(indexes.correlation.get(str(first.sa.name), 0.0)) > NEAR and among > indexes.pages
    return 1 if near else SCATTERED


def is_slow(indexes: Indexes, resource: Resource, query: ListQuery, one: Filter) -> bool:
    """Whether no index serves a filter that leaves many rows out."""
    return not _filters(indexes, resource, query, one) and not _is_common(indexes, resource, one)


def _sorts(indexes: Indexes, resource: Resource, query: ListQuery, order: Order) -> bool:
    """Whether the rows can be read in this order from each side of the trash that is shown."""
    if order.joins:
        return False
    keys = [(key.column.sa.name, key.descending) for key in order.keys if key.column]
    fixed = {index_remedies.name_of(resource, one.column) for one in query.filters if one.operator == "exact"}
    return all(
        any(_reads_in(index, keys, fixed, indexes) for index in _of_side(indexes, resource, side))
        for side in SIDES[query.deleted]
    )


def _reads_in(index: TableIndex, keys: Sequence[tuple[str, bool]], fixed: set[str], indexes: Indexes) -> bool:
    """Whether a walk along the index, either way, meets rows in this order. Columns that a filter pins do not count."""
    if index.method != "btree":
        return False
    parts = list(index.parts)
    while parts and parts[0].column in fixed and parts[0].column != keys[0][0]:
        parts.pop(0)
    directions = {0: False, 3: True}  # NULLs in another place than the default serve no list
    known = [(part.column, directions.get(part.flags)) for part in parts]
    same = max(_common(known, keys), _common(known, [(name, not descending) for name, descending in keys]))
    if same in (0, len(keys)) or same > 1:
        return same > 0
    if index.unique and len(parts) == 1:
        return True
    values = indexes.values_of(keys[0][0])
    return values is None or indexes.rows <= values * GROUP


def _common(known: Sequence[tuple[str | None, bool | None]], keys: Sequence[tuple[str, bool]]) -> int:
    """How many of the first columns agree."""
    same = 0
    for one, other in zip(known, keys, strict=False):
        if one != other:
            break
        same += 1
    return same


def _filters(indexes: Indexes, resource: Resource, query: ListQuery, one: Filter) -> bool:
    """Whether an index finds the rows, or leaves so few out that none is needed."""
    if one.operator == "ne" or (one.operator == "isnull" and not one.value):
        return True
    return all(
        any(_finds(index, resource, one, by_code=indexes.by_code) for index in _of_side(indexes, resource, side))
        for side in SIDES[query.deleted]
    )


def _finds(index: TableIndex, resource: Resource, one: Filter, *, by_code: bool) -> bool:
    column, name = resource.column(one.column), index_remedies.name_of(resource, one.column)
    if index.method in ("gin", "gist"):
        inside = INSIDE.get(column.kind, ())
        looked = one.operator in ("contains", "icontains", "startswith")
        return looked and any(part.column == name and part.operators in inside for part in index.parts)
    first = index.parts[0]
    if first.column != name:
        return False
    if index.method == "hash":
        return one.operator in ("exact", "in")
    if one.operator == "startswith":
        return index.method == "btree" and (by_code or first.operators.endswith("pattern_ops"))
    return index.method == "btree" and one.operator in BY_TREE


def _is_common(indexes: Indexes, resource: Resource, one: Filter) -> bool:
    values = indexes.values_of(index_remedies.name_of(resource, one.column))
    return one.operator in ("exact", "in", "isnull") and values is not None and values <= FEW_VALUES


def _of_side(indexes: Indexes, resource: Resource, side: Side) -> Iterable[TableIndex]:
    return (one for one in indexes.all if one.side in ("all", side) or not resource.traits.soft_deletes)

"""The indexes that a table really has, and its size: from the database's own catalogue, not from the model.

An index may have been added by hand, be missing in this database, or be left invalid by a CREATE INDEX CONCURRENTLY
that failed. What was read is kept for a minute: a list asks every time, and indexes seldom come and go.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.traits import Traits

KEPT_S = 60

Side = Literal["all", "live", "trash"]
"""Which rows an index holds."""


@dataclass(frozen=True)
class Part:
    """One column of an index: its name in the database, None for an expression; `flags` as in `pg_index.indoption`."""

    column: str | None
    flags: int
    operators: str


@dataclass(frozen=True)
class TableIndex:
    """One index that can be used."""

    method: str
    unique: bool
    side: Side
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Indexes:
    """The indexes of a table. `rows` and `pages` are estimates; `distinct` holds how many values a column has, and
    `correlation` how far the table lies in a column's order, both as in `pg_stats`.

    `by_code`: text is ordered by the codes of its letters, so that a plain index finds what starts with something.
    """

    rows: int
    pages: int
    by_code: bool
    distinct: Mapping[str, float]
    correlation: Mapping[str, float]
    all: tuple[TableIndex, ...]

    def values_of(self, column: str) -> float | None:
        """How many values a column has; None when nobody knows."""
        distinct = self.distinct.get(column)
        return None if distinct is None else -distinct * self.rows if distinct < 0 else distinct


CATALOG = text(r"""
    select
      (select coalesce(sum(case when reltuples < 0 then pg_relation_size(part.oid) / 100 else reltuples end), 0)
       from pg_class part
       where part.relkind = 'r'
         and (part.oid = c.oid or part.oid in (select relid from pg_partition_tree(c.oid) where isleaf)))::bigint,
      (select coalesce(sum(part.relpages), 0) from pg_class part
       where part.relkind = 'r'
         and (part.oid = c.oid or part.oid in (select relid from pg_partition_tree(c.oid) where isleaf)))::bigint,
      (select case datlocprovider when 'b' then true when 'c' then datcollate in ('C', 'POSIX') else false end
       from pg_database where datname = current_database()),
      (select jsonb_object_agg(attname, n_distinct) from pg_stats
       where schemaname = n.nspname and tablename = c.relname and n_distinct <> 0),
      (select jsonb_object_agg(attname, correlation) from pg_stats
       where schemaname = n.nspname and tablename = c.relname and correlation is not null),
      (select jsonb_agg(jsonb_build_array(am.amname, indisunique, pg_get_expr(indpred, indrelid),
         (select jsonb_agg(jsonb_build_array(attname, indoption[place], opcname) order by place)
          from generate_series(0, indnkeyatts - 1) place
          join pg_opclass ops on ops.oid = indclass[place]
          left join pg_attribute on attrelid = indrelid and attnum = indkey[place])))
       from pg_index join pg_class i on i.oid = indexrelid join pg_am am on am.oid = i.relam
       where indrelid = c.oid and indisvalid and indisready)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = :schema and c.relname = :name and c.relkind in ('r', 'p')
""")

_kept: WeakKeyDictionary[Any, dict[str, tuple[float, Indexes]]] = WeakKeyDictionary()
"""By engine and table, with the moment until which it is good."""


async def indexes_of(session: AsyncSession, traits: Traits) -> Indexes:
    """The indexes of a model's table; none for one that is not there."""
    kept, name = _kept.setdefault(session.get_bind(), {}), traits.table.fullname
    until, known = kept.get(name, (0.0, None))
    if known is None or until < time.monotonic():
        known = await _read(session, traits)
        kept[name] = (time.monotonic() + KEPT_S, known)
    return known


async def _read(session: AsyncSession, traits: Traits) -> Indexes:
    named = {"schema": traits.table.schema or "public", "name": traits.table.name}
    row = (await session.execute(CATALOG, named)).one_or_none()
    if row is None:
        return Indexes(0, 0, False, {}, {}, ())
    rows, pages, by_code, distinct, correlation, found = row
    sides = ((index, _side(where, traits)) for *index, where in _where_last(found or []))
    made = tuple(_index(index, side) for index, side in sides if side)
    return Indexes(rows, pages, by_code, distinct or {}, correlation or {}, made)


def _where_last(found: list[list[Any]]) -> list[list[Any]]:
    return [[method, unique, parts, where] for method, unique, where, parts in found]


def _index(index: list[Any], side: Side) -> TableIndex:
    method, unique, parts = index
    return TableIndex(method, unique, side, tuple(Part(*part) for part in parts))


def _side(where: str | None, traits: Traits) -> Side | None:
    """Which rows an index holds; None for a condition that no list has."""
    if where is None:
        return "all"
    column = traits.columns[traits.deleted_at].sa.name if traits.deleted_at else None
    said = re.fullmatch(r'\("?(\w+)"? IS (NOT )?NULL\)', where)
    if said is None or said[1] != column:
        return None
    return "trash" if said[2] else "live"

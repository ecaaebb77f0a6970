"""New rows: plain INSERTs in the order of the key, with no more joins and sorts than a file needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.tables import STAGING_SCHEMA
from admin.writes.csv_import import outcome, running
from admin.writes.csv_import import plan as plans
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Plan

INSERT = """
insert into {table} ({columns}) {overriding}
select {values} from {cells} c {match} join {rows} r using (line)
where r.verdict = 'new' and c.line between {first} and {last}
order by {order}
"""

INSERT_ALL = "insert into {table} ({columns}) select {values} from {cells} c {order}"
"""Of a file that has nothing but new rows and names no parents: no join, and no sort where it is in order."""

ALL_NEW = "select not exists (select from {rows} where verdict <> 'new')"

IN_ORDER = """
select coalesce(min(correlation) > 0.99, false) from pg_stats
where schemaname = {schema} and tablename = {cells} and attname = {column}
"""
"""By a sample: a little out of order costs a little time and nothing else."""


@dataclass(frozen=True)
class Lines:
    """A range of physical lines, both ends included."""

    first: int
    last: int

    def halves(self) -> tuple[Lines, Lines]:
        middle = (self.first + self.last) // 2
        return Lines(self.first, middle), Lines(middle + 1, self.last)


ALL = Lines(0, 2**31 - 1)


def insert(plan: Plan, lines: Lines, drawn: Mapping[str, Composable] | None = None) -> Composable:
    """`drawn` are keys that some rows have got already, by column."""
    values = {m.info.name: outcome.new(m) for m in plan.mapped}
    for name, key in (drawn or {}).items():
        otherwise = values.get(name) or st.raw(plan.info.columns[name].default or "null")
        values[name] = st.of("coalesce({key}, {otherwise})", key=key, otherwise=otherwise)
    match = st.of("left join {match} m using (line)" if _names_parents(plan) else "", match=plan.staging("match"))
    return st.of(
        INSERT,
        overriding=st.of("overriding system value" if drawn else ""), match=match, rows=plan.staging("row"),
        first=st.lit(lines.first), last=st.lit(lines.last), order=_order(plan), **_parts(plan, values),
    )  # fmt: skip


async def insert_all(session: AsyncSession, plan: Plan) -> Composable:
    """The insert of every new row of the file."""
    whole = not _names_parents(plan) and await st.value(session, st.of(ALL_NEW, rows=plan.staging("row")))
    if not whole:
        return insert(plan, ALL)
    values = {m.info.name: outcome.new(m) for m in plan.mapped}
    order = st.of("" if await _in_order(session, plan) else "order by {order}", order=_order(plan))
    return st.of(INSERT_ALL, order=order, **_parts(plan, values))


def _parts(plan: Plan, values: Mapping[str, Composable]) -> dict[str, Composable]:
    return {
        "table": plan.table, "columns": st.joined(st.COMMA, map(st.name, values)), "cells": plan.staging("cell"),
        "values": st.joined(st.COMMA, running.counting(plan.import_id, list(values.values()))),
    }  # fmt: skip


def _names_parents(plan: Plan) -> bool:
    return any(mapped.parent for mapped in plan.mapped)


def _key(plan: Plan) -> list[plans.Mapped]:
    """The columns of the key by which rows are found, else of the first unique key the file gives, else none."""
    for key in [plan.key] if plan.key else plan.traits.unique_keys:
        mapped = [m for m in map(plan.of, key.columns) if m]
        if len(mapped) == len(key.columns):
            return mapped
    return []


def _order(plan: Plan) -> Composable:
    return st.joined(st.COMMA, [*[mapped.value for mapped in _key(plan)], st.of("c.line")])


async def _in_order(session: AsyncSession, plan: Plan) -> bool:
    """Whether the rows lie in the order of their key already."""
    first = next(iter(_key(plan)), None)
    column = f"v{first.cell}" if first else "line"
    cells = f"import_{plan.import_id}_cell"
    asked = st.of(IN_ORDER, schema=st.lit(STAGING_SCHEMA), cells=st.lit(cells), column=st.lit(column))
    return bool(await st.value(session, asked))

"""Parents that stand in the same file: a tree of categories, an employee and who leads them.

A line may name a row of its own table that only another line of the file adds or brings back. By its key, one INSERT
of them all satisfies the foreign key, in whatever order they stand. By a name, the key is not known before the insert:
then the rows that are named get theirs beforehand, and it is filled in for those that name them.
"""

from __future__ import annotations

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import outcome
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Mapped, Plan

DRAW = """
update {match} m set {drawn} = {key} from {rows} r, {cells} c
where r.line = m.line and c.line = m.line and r.verdict = 'new' and m.{drawn} is null and m.line in (
  select needs from {need} where cell = {cell} and aside is null)
"""

RESOLVE = """
update {match} m set {named} = coalesce(g.{drawn}, t.{referenced})
from {need} n join {match} g on g.line = n.needs left join {table} t on {found}
where n.line = m.line and n.cell = {cell} and n.aside is null
"""


def given(plan: Plan, mapped: Mapped) -> Mapped | None:
    """The column in which other lines of the file give what this one names its parent by, if they do."""
    references = mapped.column.references
    if references is None or references.model is not plan.traits.model:
        return None
    found = plan.of(mapped.parent.via.name if mapped.parent else references.column)
    known = mapped.parent is None or _key(plan, mapped) is not None
    return found if found is not None and found.parent is None and known else None


def _key(plan: Plan, mapped: Mapped) -> Composable | None:
    """What a new row will be referred to by: what the file says, else what the insert would draw."""
    info = plan.info_of(mapped.column.references.column) if mapped.column.references else None
    own = next((m for m in plan.mapped if m.info is info and m.parent is None), None)
    default = info and info.default and st.raw(info.default)
    if own is None:
        return default or None
    return st.of("coalesce({v}, {d})", v=own.v, d=default) if default else own.v


async def draw(session: AsyncSession, plan: Plan) -> dict[str, Composable]:
    """Give new rows that are named as parents their keys; returns, by column, where a line's own key stands."""
    drawn: dict[str, Composable] = {}
    for mapped in plan.mapped:
        key = _key(plan, mapped) if mapped.parent and given(plan, mapped) else None
        if mapped.parent is None or key is None:
            continue
        referenced = plan.db(mapped.parent.referenced.name)
        column = st.name(f"d{mapped.parent.referenced.name}")
        parts = {
            "match": plan.staging("match"), "rows": plan.staging("row"), "cells": plan.staging("cell"),
            "need": plan.staging("need"), "table": plan.table, "drawn": column, "key": key, "cell": st.lit(mapped.cell),
            "named": st.name(f"r{mapped.cell}"), "referenced": st.name(referenced), "found": outcome.found(plan, "g"),
        }  # fmt: skip
        adding = "alter table {match} add column if not exists {drawn} {type}"
        await st.run(session, st.of(adding, type=st.raw(plan.info.columns[referenced].type), **parts))
        await st.run(session, st.of(DRAW, **parts))
        await st.run(session, st.of(RESOLVE, **parts))
        drawn[referenced] = st.of("m.{c}", c=column)
    return drawn

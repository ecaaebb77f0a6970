"""Unique keys: lines of the file that repeat one another, and lines that take what another row has."""

from __future__ import annotations

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.traits import UniqueKey
from admin.writes.csv_import import exchange, outcome
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Plan

REPEATED = """
insert into {errors}
select c.line, {cell}, {column}, left({shown}::text, 200), 'is in the file twice',
       'is already on line ' || d.first, false
from {cells} c join (
  select {keys}, min(line) as first from {cells} c where {given} group by {keys} having count(*) > 1
) d on {same}
where c.line > d.first
"""

TAKEN = """
insert into {errors}
select c.line, {cell}, {column}, left({shown}::text, 200), {rule},
       'is already used by ' || left({label}, 80) || ' (#' || {pk} || ')' || {trash}, true
{taking}
where c.line not in (select line from {errors} where rule = 'is in the file twice')
"""


TAKING = "{joined} join {table} o on {same} and {live} and (m.k1 is null or not ({itself}))"
"""Lines as c, and as o the rows that have what they would have."""

USED = "is already used by another row"


async def repeated(session: AsyncSession, plan: Plan) -> None:
    """List the lines that repeat a key of an earlier line: a matter of the file alone."""
    for key in plan.traits.unique_keys:
        if all(plan.of(column) for column in key.columns):
            await st.run(session, _repeated(plan, key))
    await st.analyze(session, plan.staging("error"))


async def taken(session: AsyncSession, plan: Plan) -> None:
    """List the lines that take what another row has, one statement a key."""
    for key in plan.traits.unique_keys:
        taking = _taking(plan, key) if key != plan.key else None
        if taking is not None and (await st.run(session, _taken(plan, key, taking))).rowcount:
            await exchange.sort_out(session, plan, key, taking, USED)


def _repeated(plan: Plan, key: UniqueKey) -> Composable:
    mapped = [m for m in map(plan.of, key.columns) if m]
    first = mapped[0]
    return st.of(
        REPEATED,
        errors=plan.staging("error"), cells=plan.staging("cell"), cell=st.lit(first.cell),
        column=st.lit(first.column.name), shown=first.v,
        keys=st.joined(st.COMMA, [m.v for m in mapped]),
        given=st.joined(st.AND, [st.of("{v} is not null", v=m.v) for m in mapped]),
        same=st.joined(st.AND, [st.of("{v} = {d}", v=m.v, d=st.name("d", f"v{m.cell}")) for m in mapped]),
    )  # fmt: skip


def _taking(plan: Plan, key: UniqueKey) -> Composable | None:
    """Rows other than the line's own that have what it would have; None where the import cannot touch the key."""
    values = [value for column in key.columns if (value := outcome.would_be(plan, plan.db(column))) is not None]
    # A row that comes back from the trash brings its values along, those that the file does not give too.
    touched = any(map(plan.of, key.columns)) or (plan.restores and key.live_only)
    if not touched or len(values) != len(key.columns):
        return None
    same = [
        st.of("o.{c} = {v}", c=st.name(plan.db(column)), v=value)
        for column, value in zip(key.columns, values, strict=True)
    ]
    return st.of(
        TAKING,
        joined=outcome.joined(plan), table=plan.table, same=st.joined(st.AND, same),
        live=plan.live("o") if key.live_only else st.of("true"), itself=_itself(plan),
    )  # fmt: skip


def _taken(plan: Plan, key: UniqueKey, taking: Composable) -> Composable:
    first = next((m for m in map(plan.of, key.columns) if m), None)
    traits, trash = plan.traits, st.of("''")
    if traits.deleted_at is not None:
        trash = st.of(
            "case when {d} is null then '' else ', in the trash' end", d=st.name("o", plan.db(traits.deleted_at))
        )
    return st.of(
        TAKEN,
        errors=plan.staging("error"), cell=st.lit(first.cell if first else None),
        column=st.lit(first.column.name if first else key.columns[0]), rule=st.lit(USED), taking=taking,
        shown=first.v if first else outcome.would_be(plan, plan.db(key.columns[0])) or st.of("null"),
        label=st.of("coalesce({c}::text, '')", c=st.name("o", plan.db(traits.label))), trash=trash,
        pk=st.joined(" || ',' || ", [st.name("o", plan.db(column)) for column in traits.key]),
    )  # fmt: skip


def _itself(plan: Plan) -> Composable:
    return st.joined(
        st.AND,
        [
            st.of("o.{c} = {k}", c=st.name(plan.db(column)), k=st.name("m", f"k{n}"))
            for n, column in enumerate(plan.traits.key, 1)
        ],
    )

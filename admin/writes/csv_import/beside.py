"""Rows beside one another, as the table's own indexes and foreign keys see them: what `guards` found in the catalog.

Keys that the model knows and that the file gives whole are looked for in `uniqueness`, which needs no join for it.
"""

from __future__ import annotations

from psycopg.sql import Composable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes import constraints
from admin.writes.csv_import import guards, outcome
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.guards import Guard, Reference
from admin.writes.csv_import.plan import Plan

WOULD_BE = """
select c.line, left({shown}, 200) as shown, {keys}, w.*
{joined} cross join lateral (select {expressions} from {row} where {condition}) as w
"""

TAKEN = """
insert into {errors}
select distinct on (w.line) w.line, {cell}, {column}, w.shown, {rule},
       {rule} || ': ' || left({label}, 80) || ' (#' || {pk} || ')', true
from ({would_be}) as w
join (select {table}.*, {expressions} from {table} where {condition}) as o on {same}
where w.k1 is null or not ({itself})
order by w.line
"""

REPEATED = """
insert into {errors}
select line, {cell}, {column}, shown, 'is in the file twice', 'is already on line ' || first, true
from (
  select line, shown, min(line) over (partition by {parts}) as first from ({would_be}) as w where {counted}
) as w where line > first
"""

HELD = "create table {held} as {would_be}"
HELD_INDEX = "create index on {held} using {method} ({parts})"
OVERLAPPING = """
insert into {errors}
select w.line, {cell}, {column}, w.shown, {rule}, {rule} || ' on line ' || min(o.line), true
from {held} w join {held} o on {same} and o.line < w.line
group by w.line, w.shown
"""

ORPHANED = """
insert into {errors}
select c.line, {cell}, {column}, left({shown}, 200), {reason}, {reason}, true
{joined} cross join lateral (select * from {row}) as w
where {given} and not exists (select from {parent} as p where {same})
"""

USED = "is already used by another row"
OVERLAPS = "overlaps with another row"


async def check(session: AsyncSession, plan: Plan) -> None:
    """List the lines that an index or a foreign key of the table would refuse."""
    for guard in await guards.of_table(session, plan.traits.table):
        try:
            async with session.begin_nested():
                await _guard(session, plan, guard)
        except DBAPIError as error:
            # An expression may fail on a value: which row that is, only the run can say.
            if not constraints.is_about_rows(error):
                raise
    known = {(column.sa.name,) for column in plan.traits.columns.values() if column.references is not None}
    for reference in await guards.references(session, plan.traits.table):
        statement = _orphaned(plan, reference) if reference.columns not in known else None
        if statement is not None:
            await st.run(session, statement)


async def _guard(session: AsyncSession, plan: Plan, guard: Guard) -> None:
    whole = {m.info.name for m in plan.mapped}.issuperset(guard.expressions)
    in_model = _in_model(plan, guard)
    would_be = _would_be(plan, guard)
    if would_be is None or (in_model and whole) or not _touched(plan, guard.columns):
        return
    if not guard.excludes:
        await st.run(session, _repeated(plan, guard, would_be))
    else:
        await _held(session, plan, guard, would_be)
    if not in_model:
        await st.run(session, _taken(plan, guard, would_be))


def _in_model(plan: Plan, guard: Guard) -> bool:
    """Whether the model knows this key, so that `uniqueness` looks for it."""
    keys = {frozenset(map(plan.db, key.columns)): key.live_only for key in plan.traits.unique_keys}
    deleted_at = plan.traits.deleted_at and plan.db(plan.traits.deleted_at)
    live_only = keys.get(frozenset(guard.expressions))
    plain = guard.plain and not guard.excludes and guard.nulls_distinct
    if live_only:
        return plain and guard.condition == f"({deleted_at} IS NULL)"
    return plain and live_only is not None and guard.condition == "true"


def _touched(plan: Plan, columns: tuple[str, ...]) -> bool:
    """Whether the import can change what these columns hold: by an update of one, or by adding rows."""
    return plan.options.mode != "update" or plan.first_of(columns) is not None


def _would_be(plan: Plan, guard: Guard) -> Composable | None:
    row = outcome.row(plan, guard.columns)
    return row and st.of(
        WOULD_BE,
        shown=_shown(plan, guard.columns), joined=outcome.joined(plan), expressions=guard.named, row=row,
        condition=st.raw(guard.condition),
        keys=st.joined(st.COMMA, [st.name("m", f"k{n}") for n in range(1, len(plan.traits.key) + 1)]),
    )  # fmt: skip


def _shown(plan: Plan, columns: tuple[str, ...]) -> Composable:
    mapped = plan.first_of(columns)
    return st.of("{v}::text", v=mapped.v) if mapped else st.of("null::text")


def _place(plan: Plan, columns: tuple[str, ...]) -> dict[str, Composable]:
    """Where in the line to look."""
    mapped = plan.first_of(columns)
    return {
        "errors": plan.staging("error"),
        "cell": st.lit(mapped.cell if mapped else None),
        "column": st.lit(mapped.column.name if mapped else columns[0]),
    }


def _taken(plan: Plan, guard: Guard, would_be: Composable) -> Composable:
    pk = [plan.db(column) for column in plan.traits.key]
    return st.of(
        TAKEN, **_place(plan, guard.columns),
        rule=st.lit(OVERLAPS if guard.excludes else USED), would_be=would_be, table=plan.table,
        expressions=guard.named, condition=st.raw(guard.condition), same=guard.same,
        label=st.of("coalesce({c}::text, '')", c=st.name("o", plan.db(plan.traits.label))),
        pk=st.joined(" || ',' || ", [st.name("o", column) for column in pk]),
        itself=st.joined(
            st.AND,
            [st.of("o.{c} = w.{k}", c=st.name(column), k=st.name(f"k{n}")) for n, column in enumerate(pk, 1)],
        ),
    )  # fmt: skip


def _repeated(plan: Plan, guard: Guard, would_be: Composable) -> Composable:
    given = [st.of("{n} is not null", n=st.name(n)) for n in guard.parts]
    return st.of(
        REPEATED, **_place(plan, guard.columns),
        would_be=would_be, parts=st.joined(st.COMMA, map(st.name, guard.parts)),
        counted=st.joined(st.AND, given) if guard.nulls_distinct else st.of("true"),
    )  # fmt: skip


async def _held(session: AsyncSession, plan: Plan, guard: Guard, would_be: Composable) -> None:
    """Lines that exclude one another, found by an index like the constraint's own."""
    held = plan.staging("held")
    parts = [
        st.of("{n} {c}", n=st.name(n), c=st.raw(opclass))
        for n, opclass in zip(guard.parts, guard.classes, strict=False)
    ]
    await st.run(session, st.of(HELD, held=held, would_be=would_be))
    index = st.of(HELD_INDEX, held=held, method=st.name(guard.method), parts=st.joined(st.COMMA, parts))
    await st.run(session, index)
    await st.analyze(session, held)
    overlapping = st.of(OVERLAPPING, **_place(plan, guard.columns), rule=st.lit(OVERLAPS), held=held, same=guard.same)
    await st.run(session, overlapping)
    await st.run(session, st.of("drop table {held}", held=held))


def _orphaned(plan: Plan, reference: Reference) -> Composable | None:
    row = outcome.row(plan, reference.columns)
    if row is None or not _touched(plan, reference.columns):
        return None
    pairs = [(st.name(own), st.name(other)) for own, other in zip(reference.columns, reference.named, strict=True)]
    named = " and ".join(name.replace("_", " ") for name in reference.named)
    return st.of(
        ORPHANED, **_place(plan, reference.columns),
        shown=_shown(plan, reference.columns), joined=outcome.joined(plan), row=row, parent=st.raw(reference.parent),
        reason=st.lit(f"there is no {reference.parent_name.replace('_', ' ')} with this {named}"),
        given=st.joined(st.AND, [st.of("w.{own} is not null", own=own) for own, _ in pairs]),
        same=st.joined(st.AND, [st.of("p.{other} = w.{own}", other=other, own=own) for own, other in pairs]),
    )  # fmt: skip

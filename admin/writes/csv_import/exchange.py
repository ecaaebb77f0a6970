"""Unique values that rows of a file take over from one another: two that swap an e-mail, a name that one gives up.

A unique index refuses the first of two rows that swap, whatever their order, unless its constraint is deferrable. So
the row that gives a value up steps aside first: its column becomes a value that nobody has, for as long as it takes to
write the others. Where the column takes no such value the line is rejected, and the reason says what to do.
"""

from __future__ import annotations

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.traits import UniqueKey
from admin.writes.csv_import import guards, outcome
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.guards import Guard
from admin.writes.csv_import.plan import Plan

AT_THE_END = ""
"""In place of a column: nobody has to step aside, the constraint is asked when all rows are written."""

FOUND = """
select c.line, g.line as needs {taking}
join (select c.line, {keys} {joined} where m.k1 is not null and ({gives_up})) g on {holder}
"""

TAKES_OVER = """
insert into {need}
select e.line, e.cell, e.column_name, e.value, e.rule, e.reason, f.needs, {aside}
from {errors} e join ({found}) f using (line) where e.rule = {rule} and e.column_name = {column}
"""

NO_ERROR = """
delete from {errors} e using {need} n
where n.line = e.line and n.rule = e.rule and n.column_name = e.column_name and e.rule = {rule}
"""

STUCK = """
update {errors} e set reason = e.reason || ' until line ' || f.needs || ' changes that, and values of this column '
  || 'cannot change places in one import: change that row first, to a value that nobody has'
from ({found}) f where f.line = e.line and e.rule = {rule} and e.column_name = {column}
"""

ASIDE = """
update {table} as t set {column} = {value} from {rows} r
where r.verdict = 'changed' and r.line in (select needs from {need} where aside = {name}) and {found}
  and t.xmin::text = r.seen
"""

SEEN = """
update {rows} r set seen = t.xmin::text from {table} t
where r.verdict = 'changed' and r.line in (select needs from {need} where aside = {name}) and {found}
"""

REFERRED_TO = """
select exists (select from pg_constraint where contype = 'f' and confrelid = {table}::regclass and conparentid = 0
               and (select attnum from pg_attribute where attrelid = confrelid and attname = {column}) = any (confkey))
"""


async def sort_out(session: AsyncSession, plan: Plan, key: UniqueKey, taking: Composable, rule: str) -> None:
    """Some lines take what another row has, and are listed so: those for which the file gives it up need not be.

    `taking` is the FROM that finds these lines as c and the rows that have their values as o.
    """
    moving = [m for m in plan.written if m.column.name in key.columns]
    if not moving:
        return
    named = next(m for m in map(plan.of, key.columns) if m)
    found = {
        "found": _found(plan, key, taking), "errors": plan.staging("error"), "need": plan.staging("need"),
        "rule": st.lit(rule), "column": st.lit(named.column.name),
    }  # fmt: skip
    aside = await _aside(session, plan, key)
    if aside is None:
        await st.run(session, st.of(STUCK, **found))
    elif (await st.run(session, st.of(TAKES_OVER, aside=st.lit(aside), **found))).rowcount:
        await st.run(session, st.of(NO_ERROR, **found))


def _found(plan: Plan, key: UniqueKey, taking: Composable) -> Composable:
    """The lines that take a value, and of each the line by which its row gives that value up."""
    pk = list(enumerate(map(plan.db, plan.traits.key), 1))
    gives_up = [
        st.of("{v} is distinct from {t}", v=value, t=st.name("t", plan.db(column)))
        for column in key.columns
        if (value := outcome.would_be(plan, plan.db(column))) is not None
    ]
    return st.of(
        FOUND, taking=taking, joined=outcome.joined(plan), gives_up=st.joined(st.OR, gives_up),
        keys=st.joined(st.COMMA, [st.name("m", f"k{n}") for n, _ in pk]),
        holder=st.joined(st.AND, [st.of("g.{k} = o.{c}", k=st.name(f"k{n}"), c=st.name(c)) for n, c in pk]),
    )  # fmt: skip


async def _aside(session: AsyncSession, plan: Plan, key: UniqueKey) -> str | None:
    """By which column rows can step aside, or `AT_THE_END`; None where they cannot."""
    found = await guards.of_table(session, plan.traits.table)
    names = {plan.db(column) for column in key.columns}
    own = [guard.deferrable for guard in found if guard.plain and set(guard.expressions) == names]
    if own and all(own):
        return AT_THE_END
    moving = [m.info.name for m in plan.written if m.column.name in key.columns]
    if len(moving) > 1 or _value(plan, moving[0], found) is None or _minded(plan, moving[0]):
        return None
    referred = st.of(REFERRED_TO, table=st.lit(plan.table.as_string(None)), column=st.lit(moving[0]))
    return None if await st.value(session, referred) else moving[0]


def _value(plan: Plan, column: str, found: list[Guard]) -> Composable | None:
    """A value that no other row has: a random text, or NULL where many may have that."""
    info = plan.info.columns[column]
    if info.type_name == "text" or (info.type_name == "varchar" and not info.modifiers):
        return st.of("gen_random_uuid()::text")
    free = all(guard.nulls_distinct for guard in found if column in guard.columns)
    return None if info.not_null or not free else st.of("null")


def _minded(plan: Plan, column: str) -> bool:
    """Whether a rule of the table looks at the column's value, and might not take just any."""
    computed = any(column in info.uses for info in plan.info.columns.values() if info.type_name != "tsvector")
    return computed or bool(plan.info.columns[column].domain) or any(column in one.columns for one in plan.info.checks)


async def step_aside(session: AsyncSession, plan: Plan) -> bool:
    """Let rows whose values others take step aside; says whether they may be written before rows are added."""
    names = {name for (name,) in await st.rows(
        session, st.of("select distinct aside from {n}", n=plan.staging("need"))
    )}  # fmt: skip
    if AT_THE_END in names:
        await st.run(session, st.of("set constraints all deferred"))
    found = await guards.of_table(session, plan.traits.table)
    for name in names - {None, AT_THE_END}:
        parts = {
            "table": plan.table, "column": st.name(name), "value": _value(plan, name, found) or st.of("null"),
            "rows": plan.staging("row"), "need": plan.staging("need"), "name": st.lit(name),
            "found": outcome.found(plan, "r"),
        }  # fmt: skip
        await st.run(session, st.of(ASIDE, **parts))
        await st.run(session, st.of(SEEN, **parts))
    return None not in names

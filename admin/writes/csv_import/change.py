"""The change itself: insert what is new in key order, update what differs, and nothing else.

Plain inserts after an anti-join, not ON CONFLICT: the check has matched already, and ON CONFLICT nearly doubles the
time.
"""

from __future__ import annotations

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import adding, exchange, family, needs, outcome, running, trash
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.adding import ALL, Lines
from admin.writes.csv_import.plan import Mapped, Plan

LOCK = """
select from {table} t join {rows} r on {found} where r.verdict = 'changed' order by {key} for update of t
"""

UPDATE = """
update {table} as t set {assignments}
from {cells} c join {match} m using (line) join {rows} r using (line)
where r.verdict = 'changed' and c.line between {first} and {last} and {found} and t.xmin::text = r.seen
"""

ADVANCE = """
select setval(s.name, s.highest)
from (select pg_get_serial_sequence({table}, {column}) as name,
             (select max({v}) from {cells} c where line not in (select line from {errors})) as highest) s
where s.name is not null and s.highest > coalesce(pg_sequence_last_value(s.name::regclass), 0)
"""

AT_ONCE = "set constraints all immediate"
"""What is deferred would otherwise be refused at the very end, when nobody can say any more which row it was."""


async def lock(session: AsyncSession, plan: Plan) -> None:
    """Lock the rows that are to change, in key order, so that two that lock many rows cannot wait for each other."""
    key = st.joined(st.COMMA, [st.name("t", plan.db(column)) for column in plan.traits.key])
    await st.run(session, st.of(AT_ONCE))
    await st.run(
        session, st.of(LOCK, table=plan.table, rows=plan.staging("row"), found=outcome.found(plan, "r"), key=key)
    )


async def make(session: AsyncSession, plan: Plan) -> tuple[int, int]:
    """Insert and update; returns how many rows the database says were added and changed."""
    drawn: dict[str, Composable] = {}
    freed = False
    if await needs.there(session, plan):
        drawn = await family.draw(session, plan)
        freed = await exchange.step_aside(session, plan)
    inserted = adding.insert(plan, ALL, drawn) if drawn else await adding.insert_all(session, plan)
    steps = [("added", inserted)]
    if plan.written or plan.restores:
        # Parents are added before rows are given to them. Else what rows give up is written first: an undo, which goes
        # backwards, then begins with those that have taken it.
        steps.insert(0 if freed else 1, ("changed", update(plan, ALL)))
    done = {name: (await st.run(session, statement)).rowcount for name, statement in steps}
    await st.run(session, st.of(AT_ONCE))
    await settle(session, plan)
    return done["added"], done.get("changed", 0)


def update(plan: Plan, lines: Lines) -> Composable:
    values = running.counting(plan.import_id, [outcome.updated(plan, m) for m in plan.written])
    assignments = [st.of("{c} = {v}", c=st.name(m.info.name), v=v) for m, v in zip(plan.written, values, strict=True)]
    if plan.restores:
        assignments.append(st.of("{c} = null", c=st.name(plan.db(plan.traits.deleted_at or ""))))
    return st.of(
        UPDATE,
        table=plan.table, assignments=st.joined(st.COMMA, assignments),
        cells=plan.staging("cell"), match=plan.staging("match"), rows=plan.staging("row"),
        first=st.lit(lines.first), last=st.lit(lines.last), found=outcome.found(plan, "r"),
    )  # fmt: skip


async def settle(session: AsyncSession, plan: Plan) -> None:
    """What follows from the change: restored rows bring along what went with them, sequences go on behind the file."""
    if plan.restores:
        await trash.restore_along(session, plan)
    for mapped in plan.mapped:
        if mapped.column.kind == "integer" and mapped.info.default and not mapped.info.steady_default:
            await st.run(session, _advanced(plan, mapped))


def _advanced(plan: Plan, mapped: Mapped) -> Composable:
    return st.of(
        ADVANCE,
        table=st.lit(plan.table.as_string(None)), column=st.lit(mapped.info.name), v=mapped.v,
        cells=plan.staging("cell"), errors=plan.staging("error"),
    )  # fmt: skip

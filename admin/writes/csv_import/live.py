"""What depends on the rows that are there: set-based checks of every line against the table and its parents.

Asked at the review, and again behind locks when the import runs: what was true then must still be.
"""

from __future__ import annotations

from dataclasses import replace

from psycopg.sql import Composable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes import constraints, statistics
from admin.writes.csv_import import beside, match, needs, outcome, parents, row_rules, uniqueness
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Plan

VERDICT = """
create table {row} as
select c.line, {keys}, m.seen,
       case when c.line in (select line from {errors}) then 'rejected'
            when m.k1 is null then 'new'
            when {differs} then 'changed'
            else 'unchanged' end as verdict,
       {broken} as broken
{joined}
"""


NEW_STILL = """
select not exists (select from {errors}) and not exists (select from {need})
  and not exists (select {joined} where {broken} or m.k1 is not null)
"""


async def build(session: AsyncSession, plan: Plan) -> None:
    """Match every line anew, list what the rows in the table forbid, and give each line its verdict."""
    await look(session, plan)
    await judge(session, plan)


async def look(session: AsyncSession, plan: Plan) -> None:
    """Match every line anew, and list what the rows in the table forbid."""
    await _know(session, plan)
    await match.build(session, plan)
    await st.run(session, st.of("delete from {errors} where live", errors=plan.staging("error")))
    await needs.build(session, plan)
    await parents.check(session, plan)
    await uniqueness.taken(session, plan)
    await beside.check(session, plan)
    await st.analyze(session, plan.staging("error"))


async def _know(session: AsyncSession, plan: Plan) -> None:
    """Joins of many lines need to know how many rows the tables hold."""
    rows = await st.value(session, st.of("select count(*) from {t}", t=plan.staging("cell")))
    tables = [plan.table, *(mapped.parent.table for mapped in plan.mapped if mapped.parent)]
    for table in dict.fromkeys(one.as_string(None) for one in tables):
        await statistics.refresh(session, table, rows)


async def new_still(session: AsyncSession, plan: Plan) -> bool:
    """Whether every line of the file may be added, by what `look` has found: then none needs a verdict of its own."""
    statement = st.of(
        NEW_STILL,
        errors=plan.staging("error"), need=plan.staging("need"), joined=outcome.joined(plan),
        broken=row_rules.any_broken(plan),
    )  # fmt: skip
    try:
        async with session.begin_nested():
            return bool(await st.value(session, statement))
    except DBAPIError as error:
        if not constraints.is_about_rows(error):
            raise
        return False


async def judge(session: AsyncSession, plan: Plan) -> None:
    """Give each line its verdict."""
    await st.run(session, st.of("drop table if exists {t}", t=plan.staging("row")))
    try:
        async with session.begin_nested():
            await _judge(session, plan)
    except DBAPIError as error:
        if not constraints.is_about_rows(error):
            raise
        # A check of the table fails on some value instead of refusing it: only the run can say which row that is.
        await _judge(session, replace(plan, info=replace(plan.info, checks=())))
    await st.analyze(session, plan.staging("row"))


async def _judge(session: AsyncSession, plan: Plan) -> None:
    await st.run(session, _verdict(plan))
    # In a good file no row breaks a rule: which one it is, is asked only where some do.
    broken = await st.value(session, st.of("select exists (select from {row} where broken)", row=plan.staging("row")))
    if broken:
        await row_rules.check(session, plan)
    if broken or await needs.there(session, plan):
        await needs.reject(session, plan)


def _verdict(plan: Plan) -> Composable:
    keys = [st.name("m", f"k{n}") for n in range(1, len(plan.traits.key) + 1)]
    return st.of(
        VERDICT,
        row=plan.staging("row"), keys=st.joined(st.COMMA, keys), errors=plan.staging("error"),
        differs=outcome.any_differs(plan), broken=row_rules.any_broken(plan), joined=outcome.joined(plan),
    )  # fmt: skip

"""The change around rows that the table itself refuses, for a reason that no check can foresee: a trigger, say.

The rows are halved in savepoints until the refused ones stand alone.
"""

from __future__ import annotations

from collections.abc import Callable

from psycopg.sql import Composable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes import constraints
from admin.writes.csv_import import adding, change, needs
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.adding import Lines
from admin.writes.csv_import.plan import Plan

LIST = "insert into {errors} select {line}, null, null, null, {name}, {reason}, true"

RULE = "is refused by the table"
MOST = 100
"""Refused rows after which looking for more is given up: each costs a few statements."""
ROW_ERRORS = ("22", "23", "44", "P0")
"""SQLSTATE classes that are about a row: data, integrity, view checks, exceptions raised by triggers."""


async def make_around(session: AsyncSession, plan: Plan) -> tuple[int, int]:
    """The change, leaving out rows that the table itself refuses; those are listed with the rejected ones.

    Not where lines need one another: there all are written, or none.
    """
    if await needs.there(session, plan):
        return await change.make(session, plan)
    bounds = st.of("select coalesce(min(line), 0), coalesce(max(line), 0) from {t}", t=plan.staging("row"))
    ((first, last),) = await st.rows(session, bounds)
    lines = Lines(first, last)
    added = await _halving(session, plan, adding.insert, lines)
    changed = await _halving(session, plan, change.update, lines) if plan.written or plan.restores else 0
    await change.settle(session, plan)
    return added, changed


async def _halving(
    session: AsyncSession, plan: Plan, statement: Callable[[Plan, Lines], Composable], lines: Lines
) -> int:
    done, refused, waiting = 0, 0, [lines]
    while waiting:
        part = waiting.pop()
        try:
            async with session.begin_nested():
                done += (await st.run(session, statement(plan, part))).rowcount
        except DBAPIError as error:
            if not is_about_a_row(error) or refused == MOST:
                raise
            if part.first < part.last:
                waiting += reversed(part.halves())
            else:
                refused += 1
                await list_line(session, plan, part.first, str(constraints.explain(error, plan.resource)))
    return done


def is_about_a_row(error: DBAPIError) -> bool:
    """Whether an error says that some row cannot be stored, rather than that the database is in trouble."""
    return str(getattr(error.orig, "sqlstate", "") or "").startswith(ROW_ERRORS)


async def list_line(session: AsyncSession, plan: Plan, line: int, reason: str) -> None:
    """List a line that the table itself does not take."""
    await st.run(
        session,
        st.of(LIST, errors=plan.staging("error"), line=st.lit(line), name=st.lit(RULE), reason=st.lit(reason)),
    )

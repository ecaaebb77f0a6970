"""Which lines stand on a page of a check's rows: found by line, in a file of any length, without reading all of them.

Rows are stored nearly in the order of their lines, so an index of a few pages (BRIN) tells where a range of lines is:
a window behind the last line seen is read and made larger until a page is full. That suits verdicts that many rows
have; those of few rows get a real index, which is small then.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import originals
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Plan
from admin.writes.csv_import.report import Report

PAGE = 50
SMALL = 20_000
"""Rows that are read through as fast as an index is made."""
FEW = 20
"""A verdict that fewer than one row in so many has gets an index of its own."""
LAST = 2**31 - 1

VERDICTS = ("new", "changed", "unchanged")


async def prepare(session: AsyncSession, plan: Plan, found: Report) -> None:
    """Index what a check has found, as far as pages of it need that."""
    if found.total < SMALL:
        return
    for part in ("row", "cell", "match"):
        statement = "create index on {t} using brin (line) with (pages_per_range = 16)"
        await st.run(session, st.of(statement, t=plan.staging(part)))
    if found.rejected:
        # Rows that somebody will correct: each correction then finds its line without reading the file.
        await originals.index_lines(session, plan.import_id)
        await st.run(session, st.of("create index on {t} (line)", t=plan.staging("error")))
    for verdict in VERDICTS:
        if 0 < found.counts[verdict] * FEW < found.total:
            statement = "create index on {t} (line) where verdict = {v}"
            await st.run(session, st.of(statement, t=plan.staging("row"), v=st.lit(verdict)))


async def lines(session: AsyncSession, plan: Plan, found: Report, verdict: str, after: int) -> list[int]:
    """Lines with this verdict behind line `after`: one more than a page when there are more."""
    rows = found.counts[verdict]
    if not rows:
        return []
    window = LAST if rows * FEW < found.total else (PAGE + 1) * 2 * found.total // rows
    while True:
        last = min(after + window, LAST)
        statement = st.of(
            """select line from {rows} where verdict = {verdict} and line > {after} and line <= {last}
            order by line limit {limit}""",
            rows=plan.staging("row"), verdict=st.lit(verdict), after=st.lit(after), last=st.lit(last),
            limit=st.lit(PAGE + 1),
        )  # fmt: skip
        page = [line for (line,) in await st.rows(session, statement)]
        if len(page) > PAGE or last == LAST:
            return page
        window *= 16


async def place(session: AsyncSession, plan: Plan, line: int) -> tuple[str, int] | None:
    """The verdict and the first line of the row that stands on a line; None where the file has no row there."""
    statement = """
    select verdict, line from (
      (select verdict, line from {rows} where line <= {n} and line > {n} - {window} order by line desc limit 1)
      union all
      (select 'rejected', line from {errors} where line <= {n} and line > {n} - {window} order by line desc limit 1)
    ) l order by line desc, verdict = 'rejected' desc limit 1
    """
    for window in (1_000, LAST):
        names = {"rows": plan.staging("row"), "errors": plan.staging("error")}
        found = await st.rows(session, st.of(statement, n=st.lit(line), window=st.lit(window), **names))
        if found:
            return str(found[0][0]), int(found[0][1])
    return None

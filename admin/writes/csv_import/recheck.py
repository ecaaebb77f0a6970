"""The check as of the moment of the run, and what differs from the review.

A row that somebody changed in the meantime is a conflict: the person agreed to another change than the one it would
be now.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import change, check, live, needs, originals, refused, report
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Plan
from admin.writes.csv_import.report import Report

CONFLICTS = """
insert into {errors}
select n.line, null, null, null, {name}, {name}, true
from {rows} n join {seen} o using (line)
where n.verdict <> 'rejected'
  and (n.verdict <> o.verdict or n.verdict = 'changed' and ({keys}, n.seen) is distinct from ({old}, o.seen))
"""


CONFLICTS_SHOWN = 100


class Stopped(Exception):
    """Rows cannot be written that the review had accepted, and bad rows are not to be skipped."""

    def __init__(self, found: Report) -> None:
        super().__init__()
        self.report = found


async def again(session: AsyncSession, made: Plan, reviewed: Report) -> Report:
    """The check as of now, with every row that differs from its review as a conflict. Raises `Stopped`."""
    await change.lock(session, made)
    await live.look(session, made)
    # Where all lines were new and are, nothing can have changed under them: a million rows are neither compared nor
    # counted again.
    if reviewed.new == reviewed.total and await live.new_still(session, made):
        return replace(reviewed, conflicts=())
    await _compare(session, made)
    found = replace(await report.read(session, made, []), warnings=reviewed.warnings)
    if found.standing and not made.options.skip_bad:
        raise Stopped(found)
    return found


async def _compare(session: AsyncSession, made: Plan) -> None:
    """Judge every line anew, and reject those that differ from their review."""
    await st.run(session, st.of("drop table if exists {t}", t=made.staging("seen")))
    await st.run(
        session,
        st.of("alter table {t} rename to {n}", t=made.staging("row"), n=st.name(f"import_{made.import_id}_seen")),
    )
    await live.judge(session, made)
    keys = [st.name("n", f"k{n}") for n in range(1, len(made.traits.key) + 1)]
    old = [st.name("o", f"k{n}") for n in range(1, len(made.traits.key) + 1)]
    conflicts = await st.run(
        session,
        st.of(CONFLICTS, errors=made.staging("error"), rows=made.staging("row"), seen=made.staging("seen"),
              name=st.lit("was changed by somebody else since the review"),
              keys=st.joined(st.COMMA, keys), old=st.joined(st.COMMA, old)),
    )  # fmt: skip
    if conflicts.rowcount:
        await needs.reject(session, made)


async def without_refused(session: AsyncSession, made: Plan, found: Report) -> Report:
    """The report when the table itself has refused rows on the way. Raises `Stopped`."""
    await needs.reject(session, made)
    again = replace(await report.read(session, made, []), warnings=found.warnings)
    if again.standing and not made.options.skip_bad:
        raise Stopped(again)
    return again


async def as_of_now(session: AsyncSession, made: Plan, reviewed: Report, stopped: Report) -> Report:
    """The review after a run was stopped and its changes taken back, with what stopped it: rows that are other ones
    now, which can be looked at again, and rows that the table has refused, which stay rejected until they are mended
    or tried anew."""
    fresh = await check.check(session, made)
    known = {one.line for one in fresh.rejections}
    conflicts = [one for one in stopped.rejections if one.line not in known and one.reason != originals.LEFT_OUT]
    if any(group.rule == refused.RULE for group in stopped.groups):
        for one in conflicts:
            await refused.list_line(session, made, one.line, one.reason)
        await needs.reject(session, made)
        fresh = replace(await report.read(session, made, []), questions=fresh.questions)
    return replace(fresh, warnings=reviewed.warnings, conflicts=tuple(conflicts[:CONFLICTS_SHOWN]))

"""Lines that stand only together with another one: it gives up what they take, or is the parent that they name.

Whether that other line stands is known when all are judged, so what it would mean is kept until then. Who needs a
rejected line is rejected, and so is whoever needs that one.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Plan

MAKE = """
create table {need} (line int not null, cell int, column_name text, value text, rule text not null,
                     reason text not null, needs int not null, aside text)
"""
"""`aside`: the column by which the needed line's row has to step aside, see `exchange`."""

REJECTED = """
update {rows} set verdict = 'rejected' where verdict <> 'rejected' and line in (select line from {errors})
"""

FALLEN = """
insert into {errors}
with recursive fallen (line) as (
  select line from {rows} where verdict = 'rejected'
  union
  select n.line from {need} n join fallen f on f.line = n.needs
)
select n.line, n.cell, n.column_name, n.value, n.rule, n.reason, true
from {need} n join {rows} r using (line) where n.needs in (select line from fallen) and r.verdict <> 'rejected'
"""


async def build(session: AsyncSession, plan: Plan) -> None:
    """Make the table anew, empty."""
    await st.run(session, st.of("drop table if exists {t}", t=plan.staging("need")))
    await st.run(session, st.of(MAKE, need=plan.staging("need")))


async def there(session: AsyncSession, plan: Plan) -> bool:
    """Whether any line needs another one."""
    return bool(await st.value(session, st.of("select exists (select from {t})", t=plan.staging("need"))))


async def reject(session: AsyncSession, plan: Plan) -> None:
    """Give every line that is listed with a reason the verdict that it is rejected, and every line that needs one."""
    tables = {"rows": plan.staging("row"), "errors": plan.staging("error")}
    await st.run(session, st.of(REJECTED, **tables))
    if await there(session, plan):
        await st.run(session, st.of(FALLEN, need=plan.staging("need"), **tables))
        await st.run(session, st.of(REJECTED, **tables))

"""What an import would do, to the row, without touching the table.

`apply` asks the same questions in the same way, so what the review says is what the run does.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import cells, live, paging, report, styles, uniqueness
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Plan
from admin.writes.csv_import.report import Report

SETTINGS = """
select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),
       set_config('intervalstyle', 'postgres', true), set_config('bytea_output', 'hex', true),
       set_config('work_mem', greatest(65536, setting::int)::text, true),
       set_config('parallel_tuple_cost', '0.01', true)
from pg_settings where name = 'work_mem'
"""
"""What the meaning of a text may depend on, then how a million rows are joined and sorted without going to disk for
it, and by several processes. Transaction-local, as everything that has to hold behind a pooler."""


async def check(session: AsyncSession, plan: Plan) -> Report:
    """Judge every staged row with these choices."""
    await st.run(session, st.of(SETTINGS))
    warnings = await cells.build(session, plan)
    await uniqueness.repeated(session, plan)
    await live.build(session, plan)
    warnings += [*await _without_key(session, plan), *await _coming_back(session, plan)]
    found = await report.read(session, plan, warnings)
    await paging.prepare(session, plan, found)
    return replace(found, questions=await styles.questions(session, plan))


async def _coming_back(session: AsyncSession, plan: Plan) -> list[str]:
    """Rows of the trash that this import restores."""
    if not plan.restores:
        return []
    statement = st.of(
        "select count(*) from {m} m join {r} r using (line) where r.verdict = 'changed' and m.deleted is not null",
        m=plan.staging("match"), r=plan.staging("row"),
    )  # fmt: skip
    count = await st.value(session, statement)
    rows, are = ("1 row is", "It is") if count == 1 else (f"{count:,} rows are", "They are")
    return [f"{rows} in the trash. {are} restored by this import."] if count else []


async def _without_key(session: AsyncSession, plan: Plan) -> list[str]:
    """Rows whose key is empty match nothing: they are new each time the file is imported."""
    if plan.key is None or plan.options.mode == "update":
        return []
    mapped = [found for found in map(plan.of, plan.key.columns) if found]
    empty = st.joined(st.OR, [st.of("{e} is null", e=found.e) for found in mapped])
    statement = st.of("select count(*) from {t} c where {empty}", t=plan.staging("cell"), empty=empty)
    count = await st.value(session, statement)
    if not count:
        return []
    names = " or ".join(plan.key.columns)
    rows, are = ("1 row has", "it is") if count == 1 else (f"{count:,} rows have", "they are")
    return [f"{rows} no {names}, so {are} new each time this file is imported."]

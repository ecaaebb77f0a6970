"""What corrected lines held before: kept whole beside the staged rows, so that a correction is seen and taken back.

Only lines that differ from the file are here. A line that is left out by choice is one of them: it bears a problem like
a line that could not be read, and its own reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import statements as st
from admin.writes.csv_import.stage import cell

LEFT_OUT = "left out by choice"
"""Problem, rule and reason of a line that a person takes out of the import."""
PAGE = 50
SHOWN = 200

KEPT = """
insert into {was} select s.* from {staged} s
where s.line in ({lines}) and not exists (select from {was} w where w.line = s.line)
"""

DIFFERENCES = """
select s.line, d.cell, d.was, d.now, s.problem is not distinct from {left_out}
from (select * from {was} where line > {after} order by line limit {page}) w join {staged} s using (line)
cross join lateral (
  select cell, left(was, {shown}), left(now, {shown}) from (values {cells}) d (cell, was, now)
  where was is distinct from now
  union all
  select null, null, null where s.problem is not distinct from {left_out}
) d (cell, was, now)
order by s.line, d.cell nulls first
"""


@dataclass(frozen=True)
class Corrected:
    """How many lines differ from the file: those corrected, and those left out by choice."""

    rows: int
    left_out: int


@dataclass(frozen=True)
class Difference:
    """A cell that was corrected, by its column of the file; None where the whole line is left out."""

    line: int
    column: str | None
    was: str | None
    now: str | None
    left_out: bool


async def prepare(session: AsyncSession, import_id: int) -> None:
    """Make lines quick to find and originals possible to keep, the first time that a line is corrected."""
    await index_lines(session, import_id)
    names = {"staged": st.staging(import_id), "was": st.staging(import_id, "was")}
    await st.run(session, st.of("create table if not exists {was} (like {staged}, primary key (line))", **names))


async def index_lines(session: AsyncSession, import_id: int) -> None:
    """Make staged lines quick to find. The index bears a name of its own: what Postgres would call it may be taken."""
    index = st.name(f"import_{import_id}_by_line")
    statement = "create index if not exists {index} on {staged} (line)"
    await st.run(session, st.of(statement, index=index, staged=st.staging(import_id)))


async def keep(session: AsyncSession, import_id: int, lines: Composable) -> None:
    """Keep what these lines (a list or a query) hold, unless it is kept already."""
    statement = st.of(KEPT, was=st.staging(import_id, "was"), staged=st.staging(import_id), lines=lines)
    await st.run(session, statement)


async def settle(session: AsyncSession, import_id: int) -> None:
    """Let go of the originals of lines that hold again what the file says."""
    statement = "delete from {was} w using {staged} s where s.line = w.line and w is not distinct from s"
    await st.run(session, st.of(statement, was=st.staging(import_id, "was"), staged=st.staging(import_id)))


async def put_back(session: AsyncSession, import_id: int, lines: Iterable[int] | None) -> int:
    """Make these lines, or all, what the file says; returns how many were something else."""
    if not await kept(session, import_id):
        return 0
    chosen = st.of("true") if lines is None else st.of("line = any ({n})", n=st.lit(list(lines)))
    names = {"was": st.staging(import_id, "was"), "staged": st.staging(import_id), "chosen": chosen}
    statement = "delete from {staged} where line in (select line from {was} where {chosen})"
    await st.run(session, st.of(statement, **names))
    statement = "with gone as (delete from {was} where {chosen} returning *) insert into {staged} select * from gone"
    return (await st.run(session, st.of(statement, **names))).rowcount


async def count(session: AsyncSession, import_id: int) -> Corrected:
    if not await kept(session, import_id):
        return Corrected(0, 0)
    statement = """
    select count(*), count(*) filter (where s.problem is not distinct from {left_out})
    from {was} w join {staged} s using (line)
    """
    names = {"was": st.staging(import_id, "was"), "staged": st.staging(import_id), "left_out": st.lit(LEFT_OUT)}
    ((lines, left_out),) = await st.rows(session, st.of(statement, **names))
    return Corrected(lines - left_out, left_out)


async def differences(
    session: AsyncSession, import_id: int, headers: tuple[str, ...], after: int
) -> tuple[list[Difference], int | None]:
    """Corrections of a page of lines behind line `after`, and the last line when there may be more."""
    if not await kept(session, import_id):
        return [], None
    cells = [st.of("({n}, w.{c}, s.{c})", n=st.lit(number), c=cell(number)) for number in range(1, len(headers) + 1)]
    statement = st.of(
        DIFFERENCES,
        was=st.staging(import_id, "was"), staged=st.staging(import_id), cells=st.joined(st.COMMA, cells),
        after=st.lit(after), page=st.lit(PAGE), shown=st.lit(SHOWN), left_out=st.lit(LEFT_OUT),
    )  # fmt: skip
    found = [
        Difference(line, headers[number - 1] if number else None, was, now, left_out)
        for line, number, was, now, left_out in await st.rows(session, statement)
    ]
    lines = len({one.line for one in found})
    return found, found[-1].line if lines == PAGE else None


async def kept(session: AsyncSession, import_id: int) -> bool:
    """Whether any line was ever corrected."""
    name = st.staging(import_id, "was").as_string(None)
    return bool(await st.value(session, st.of("select to_regclass({n}) is not null", n=st.lit(name))))

"""The rejected rows of a check, a page of lines at a time: each bad cell whole, so that it can be mended in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import originals
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.options import heading
from admin.writes.csv_import.reasons import Group
from admin.writes.csv_import.stage import cell

PAGE = 50
MOST = 15
"""Reasons that are listed of one line."""
EDITABLE = 500
"""Characters of a cell that fits into a line of input; a longer one is mended with its whole line."""

LINES = """
select distinct line from {errors} e where line > {after} and {wanted} order by line limit {page}
"""

STATEMENT = """
select e.line, e.cell, e.column_name, e.value, e.rule, e.reason, e.others, {text}, {was}
from (
  select e.*, row_number() over same_line as place,
         greatest(count(*) over (partition by line) - {most}, 0) as others
  from {errors} e where line = any ({lines}) and {wanted}
  window same_line as (partition by line order by cell, rule)
) e join (select * from {staged} where line = any ({lines})) s using (line) {joined}
where place <= {most}
order by e.line, e.cell, e.rule
"""


@dataclass(frozen=True)
class Bad:
    """Why a line is rejected: the column of the file (None: the line as a whole), what stands there, rule and reason.

    `text` is the whole cell where it can be mended in place, `was` what it held before it was corrected.
    """

    line: int
    cell: int | None
    column: str | None
    value: str | None
    rule: str
    reason: str
    others: int
    """How many more reasons this line has than are listed."""
    text: str | None
    was: str | None


@dataclass(frozen=True)
class Page:
    """Some rejected lines; `last` is the last of them where there may be more."""

    rows: tuple[Bad, ...] = ()
    last: int | None = None


async def page(
    session: AsyncSession, import_id: int, headers: tuple[str, ...], after: int, group: Group | None = None
) -> Page:
    """What is wrong with the lines behind line `after`: with all of them, or with those of one group."""
    names = {"errors": st.staging(import_id, "error"), "wanted": _wanted(group)}
    found = await st.rows(session, st.of(LINES, after=st.lit(after), page=st.lit(PAGE), **names))
    lines = [line for (line,) in found]
    corrected = await originals.kept(session, import_id)
    text = _cell("s", len(headers))
    joined = st.of("left join {was} w using (line)", was=st.staging(import_id, "was")) if corrected else st.of("")
    was = _cell("w", len(headers)) if corrected else st.of("null")
    statement = st.of(
        STATEMENT,
        staged=st.staging(import_id), joined=joined, lines=st.lit(lines), **names,
        text=st.of("case when e.cell <= {width} and coalesce(length({t}), 0) <= {n} then coalesce({t}, '') end",
                   t=text, n=st.lit(EDITABLE), width=st.lit(len(headers))),
        was=st.of("case when w.line is not null and {w} is distinct from {t} then left(coalesce({w}, ''), 200) end",
                  w=was, t=text) if corrected else was,
        most=st.lit(MOST),
    )  # fmt: skip
    rows = tuple(
        Bad(line, number, heading(headers, number, column), *rest)
        for line, number, column, *rest in await st.rows(session, statement)
    )
    return Page(rows, lines[-1] if len(lines) == PAGE else None)


async def still(session: AsyncSession, import_id: int, lines: Iterable[int]) -> list[int]:
    """Which of these lines are rejected, those left out by choice aside."""
    statement = st.of(
        "select distinct line from {errors} where line = any ({lines}) and rule <> {out} order by 1",
        errors=st.staging(import_id, "error"), lines=st.lit(list(lines)), out=st.lit(originals.LEFT_OUT),
    )  # fmt: skip
    return [line for (line,) in await st.rows(session, statement)]


def _cell(alias: str, width: int) -> Composable:
    """The text of the bad cell in a staged line."""
    cells = [st.of("{a}.{c}", a=st.name(alias), c=cell(number)) for number in range(1, width + 1)]
    return st.of("(array[{cells}])[e.cell]", cells=st.joined(st.COMMA, cells))


def _wanted(group: Group | None) -> Composable:
    if group is None:
        return st.of("true")
    column = st.of("cell = {n}", n=st.lit(group.cell))
    if group.cell is None:
        column = st.of("(cell is null and column_name is not distinct from {c})", c=st.lit(group.column))
    return st.of("({column} and rule = {rule})", column=column, rule=st.lit(group.rule))

"""Why rows are rejected, as a report tells it: the first reasons one by one, all of them in groups."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import statements as st
from admin.writes.csv_import.options import heading
from admin.writes.csv_import.plan import Plan
from admin.writes.csv_import.stage import cell

SHOWN = 1_000
"""Reasons of rejected rows that a report lists; the file of rejects has all of them."""
GROUPS = 200
"""Groups that a report lists, the largest ones; of the others it says how many there are."""
FIRST = 3
"""Lines of a group that are named with it."""
PART = 9 * 10**6
"""Bytes of rejected rows after which their file goes on in another one: none is larger than 10 MB."""

PARTS = """
select max(line) from (
  select line, div(sum(bytes) over (order by line), {part}) as part from (
    select s.line, 40 + {bytes} + coalesce(octet_length(s.rest), 0) + e.bytes as bytes
    from {staged} s join (
      select line, sum(octet_length(reason) + coalesce(octet_length(column_name), 0) + 250) as bytes
      from {errors} group by 1
    ) e using (line)
  ) sized
) numbered group by part order by part
"""
"""A row that would not fit any more begins the next part. Quotes and apostrophes that are added count in any case."""


@dataclass(frozen=True)
class Rejection:
    """Why a row is rejected: physical line, column of the file (None: the line as a whole), its value, the reason."""

    line: int
    column: str | None
    value: str | None
    reason: str


@dataclass(frozen=True)
class Group:
    """How many rows one rule rejects, by the column of the file (None: the line as a whole)."""

    column: str | None
    rule: str
    rows: int
    cell: int | None = None
    lines: tuple[int, ...] = ()
    """The first of them."""

    @property
    def key(self) -> str:
        """A short name for it in an address."""
        return hashlib.sha256(f"{self.column}\0{self.rule}".encode()).hexdigest()[:10]


async def rejections(session: AsyncSession, plan: Plan) -> tuple[Rejection, ...]:
    statement = st.of(
        "select line, cell, column_name, value, reason from {t} order by line, cell limit {n}",
        t=plan.staging("error"), n=st.lit(SHOWN),
    )  # fmt: skip
    return tuple(
        Rejection(line, heading(plan.headers, cell, column), value, reason)
        for line, cell, column, value, reason in await st.rows(session, statement)
    )


async def groups(session: AsyncSession, plan: Plan) -> tuple[tuple[Group, ...], int]:
    """The largest groups, and how many more there are."""
    statement = st.of(
        """select cell, column_name, rule, count(distinct line), (array_agg(distinct line order by line))[:{few}],
                  count(*) over ()
        from {t} group by 1, 2, 3 order by 4 desc, 1, 2, 3 limit {n}""",
        t=plan.staging("error"), n=st.lit(GROUPS), few=st.lit(FIRST),
    )  # fmt: skip
    found = await st.rows(session, statement)
    listed = tuple(
        Group(heading(plan.headers, cell, column), rule, rows, cell, tuple(lines))
        for cell, column, rule, rows, lines, _ in found
    )
    return listed, (found[0][-1] if found else 0) - len(listed)


async def parts(session: AsyncSession, plan: Plan) -> tuple[int, ...]:
    """The lines behind which the second and further parts of the file of rejects begin; none where it is small."""
    names = {"staged": plan.staging(), "errors": plan.staging("error")}
    sizes = [
        st.of("coalesce(octet_length(s.{c}) + length(s.{c}) - length(replace(s.{c}, {q}, '')) + 4, 1)",
              c=cell(number), q=st.lit('"'))
        for number in range(1, len(plan.headers) + 1)
    ]  # fmt: skip
    found = await st.rows(session, st.of(PARTS, part=st.lit(PART), bytes=st.joined(" + ", sizes), **names))
    return tuple(line for (line,) in found[:-1])

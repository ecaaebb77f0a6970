"""The rejected rows as a file: their own columns, the line each stood on, and why it was rejected.

Made to be mended in a sheet and handed in again: cells that look like formulas bear the apostrophe that an import
takes away.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from psycopg.sql import Composable, Composed
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import NotFound
from admin.reads.csv_export import FORMULA_STARTS, PLAIN_NUMBER
from admin.writes.csv_import import originals, tokens
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.stage import cell
from admin.writes.csv_import.store import Stored

BOUND = 2**16

ROWS = """
copy (
  select {cells}, s.line, concat_ws('; ', e.reason, 'left over: ' || s.rest, {corrected})
  from {staged} s join (
    select line, string_agg(concat_ws(' ', column_name, reason), '; ' order by cell) as reason from {errors}
    where line > {after} and line <= {last} group by 1
  ) e using (line) {joined}
  order by s.line
) to stdout (format csv, delimiter {delimiter})
"""

CORRECTED = """
(select 'corrected: ' || string_agg(d.header || ' was ' || coalesce(nullif(left(d.was, 200), ''), 'empty'), ', ')
 from (values {cells}) d (header, was, now) where w.line is not null and d.was is distinct from d.now)
"""


@dataclass(frozen=True)
class Lines:
    """The lines whose rejects are wanted: those behind the first one, up to and with the last one."""

    after: int = 0
    last: int = 2**31 - 1


ALL = Lines()


def part(report: Report, number: int) -> Lines:
    """The lines of a part of a large file of rejects, from 1. Raises `NotFound`."""
    if not 1 <= number <= len(report.parts) + 1:
        raise NotFound(f"The file of rejected rows has no part {number}.")
    ends = (0, *report.parts, ALL.last)
    return Lines(ends[number - 1], ends[number])


async def stream(session: AsyncSession, stored: Stored, lines: Lines = ALL) -> AsyncGenerator[bytes, None]:
    """The file in chunks, in the delimiter of the one that was handed in; UTF-8. Empty when nothing is kept."""
    if stored.staged is None or not await kept(session, stored.id):
        return
    headers = stored.staged.headers
    delimiter = stored.format.delimiter
    yield _header(headers, delimiter).encode()
    connection = await st.driver(session)
    held = bytearray()
    statement = await _rows(session, stored.id, headers, delimiter, lines)
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        async for data in copy:
            held += data
            if len(held) >= BOUND:
                yield bytes(held)
                held.clear()
    yield bytes(held)


async def _rows(
    session: AsyncSession, import_id: int, headers: tuple[str, ...], delimiter: str, lines: Lines
) -> Composed:
    corrected: Composable = st.of("null")
    joined = st.of("")
    if await originals.kept(session, import_id):
        joined = st.of("left join {was} w using (line)", was=st.staging(import_id, "was"))
        cells = [st.of("({h}, w.{c}, s.{c})", h=st.lit(header), c=cell(n)) for n, header in enumerate(headers, 1)]
        corrected = st.of(CORRECTED, cells=st.joined(st.COMMA, cells))
    return st.of(
        ROWS,
        cells=st.joined(st.COMMA, [_escaped(st.of("s.{c}", c=cell(n))) for n in range(1, len(headers) + 1)]),
        staged=st.staging(import_id), errors=st.staging(import_id, "error"), delimiter=st.lit(delimiter),
        corrected=corrected, joined=joined, after=st.lit(lines.after), last=st.lit(lines.last),
    )  # fmt: skip


def own_columns(headers: tuple[str, ...]) -> tuple[str, str]:
    """What the file calls its columns with the line and the reason; other names where the headers have these."""
    taken = {header.casefold() for header in headers}
    return (
        "line" if "line" not in taken else "rejected line",
        "reason" if "reason" not in taken else "rejected reason",
    )


def _header(headers: tuple[str, ...], delimiter: str) -> str:
    return delimiter.join(tokens.quoted(name) for name in [*headers, *own_columns(headers)]) + "\n"


async def kept(session: AsyncSession, import_id: int) -> bool:
    """Whether the rejected rows are still there: they are dropped when the import is long over."""
    names = [st.lit(st.staging(import_id, part).as_string(None)) for part in ("", "error")]
    statement = st.of("select to_regclass({a}) is not null and to_regclass({b}) is not null", a=names[0], b=names[1])
    return bool(await st.value(session, statement))


def _escaped(text: Composable) -> Composable:
    return st.of(
        "case when {t} ~ {starts} and {t} !~ {number} then '''' || {t} else {t} end",
        t=text, starts=st.lit(f"^{FORMULA_STARTS}"), number=st.lit(f"^{PLAIN_NUMBER}$"),
    )  # fmt: skip

"""The rejected rows as a file: their own columns, the line each stood on, and why it was rejected.

Made to be mended in a sheet and handed in again: cells that look like formulas bear the apostrophe that an import
takes away.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.csv_export import FORMULA_STARTS, PLAIN_NUMBER
from admin.writes.csv_import import statements as st
from admin.writes.csv_import import tokens
from admin.writes.csv_import.stage import cell
from admin.writes.csv_import.store import Stored

BOUND = 2**16

ROWS = """
copy (
  select {cells}, s.line, e.reason || coalesce('; left over: ' || s.rest, '')
  from {staged} s join (
    select line, string_agg(concat_ws(' ', column_name, reason), '; ' order by cell) as reason from {errors} group by 1
  ) e using (line)
  order by s.line
) to stdout (format csv, delimiter {delimiter})
"""


async def stream(session: AsyncSession, stored: Stored) -> AsyncGenerator[bytes, None]:
    """The file in chunks, in the delimiter of the one that was handed in; UTF-8. Empty when nothing is kept."""
    if stored.staged is None or not await _kept(session, stored.id):
        return
    headers = stored.staged.headers
    delimiter = stored.format.delimiter
    yield _header(headers, delimiter).encode()
    statement = st.of(
        ROWS,
        cells=st.joined(st.COMMA, [_escaped(st.of("s.{c}", c=cell(n))) for n in range(1, len(headers) + 1)]),
        staged=st.staging(stored.id), errors=st.staging(stored.id, "error"), delimiter=st.lit(delimiter),
    )  # fmt: skip
    connection = await st.driver(session)
    held = bytearray()
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        async for data in copy:
            held += data
            if len(held) >= BOUND:
                yield bytes(held)
                held.clear()
    yield bytes(held)


def _header(headers: tuple[str, ...], delimiter: str) -> str:
    taken = {header.casefold() for header in headers}
    own = ["line" if "line" not in taken else "rejected line", "reason" if "reason" not in taken else "rejected reason"]
    return delimiter.join(tokens.quoted(name) for name in [*headers, *own]) + "\n"


async def _kept(session: AsyncSession, import_id: int) -> bool:
    names = [st.lit(st.staging(import_id, part).as_string(None)) for part in ("", "error")]
    statement = st.of("select to_regclass({a}) is not null and to_regclass({b}) is not null", a=names[0], b=names[1])
    return bool(await st.value(session, statement))


def _escaped(text: Composable) -> Composable:
    return st.of(
        "case when {t} ~ {starts} and {t} !~ {number} then '''' || {t} else {t} end",
        t=text, starts=st.lit(f"^{FORMULA_STARTS}"), number=st.lit(f"^{PLAIN_NUMBER}$"),
    )  # fmt: skip

"""The rows of a list as text, made by Postgres: COPY of the list's own statement, whose bytes pass through untouched.

So a file holds what the list shows, in its order, every row, from one snapshot, with Postgres's own text of every
value: microseconds, scales and NULL beside '' survive, and importing the file changes nothing.

A cell that a spreadsheet would take for a formula gets an apostrophe in front. So does a text that begins with one,
which makes it possible to take exactly those away again.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import ColumnElement, Select, Text, case, cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.compiler import SQLCompiler

from admin.reads import listing
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.traits import Kind

FIRST, CHUNK = 2**12, 2**18
"""Bytes that are held at a time: few at first, since somebody waits for them, then many, since each costs a turn of the
event loop."""

FORMULA_STARTS = r"[=+\-@\t\r＝＋－＠']"
PLAIN_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?"
"""What begins like a formula and is none: it stays as it is."""
ESCAPED_KINDS: frozenset[Kind] = frozenset({"text", "enum", "json", "other"})
"""Kinds whose text may begin like a formula."""
STARTS = "=+-@\t\r＝＋－＠'"
"""The characters of FORMULA_STARTS, since looking one up is much quicker than a regular expression."""

AS_CSV = "format csv"
AS_IT_IS = r"format csv, delimiter E'\x01', quote E'\x02'"
"""Lines of one column that hold neither of these, nor a line break: COPY writes them without a change."""

SETTINGS = select(
    func.set_config("timezone", "UTC", True),
    func.set_config("datestyle", "ISO, YMD", True),
    func.set_config("intervalstyle", "postgres", True),
    func.set_config("bytea_output", "hex", True),
)


AT_ONCE = text("select set_config('enable_sort', 'off', true)")
"""For all rows of a table Postgres would rather sort than follow an index: as quick in the end, but the first row waits
for the last one to be read. Where no index has the order it sorts all the same."""


class Lines(NamedTuple):
    """What to copy, and in which format; `narrowed` where that is only some of the rows."""

    statement: Select[Any]
    options: str
    narrowed: bool


class Chunk(NamedTuple):
    """Some whole lines of a file, and how many rows they are."""

    rows: int
    data: bytes


def as_csv(resource: Resource, query: ListQuery, *, raw: bool = False) -> Lines:
    """Every row of the list as a line of CSV; `raw` leaves out the apostrophes that keep spreadsheets safe."""
    cells = [
        _csv_cell(resource, name, raw=raw).label(f"c{place}") for place, name in enumerate(resource.export_columns)
    ]
    return Lines(_of_list(resource, query, cells), AS_CSV, query.narrowed)


def as_json(resource: Resource, query: ListQuery) -> Lines:
    """Every row of the list as one JSON object on a line of its own; numbers keep their digits."""
    members = [
        literal(f'{"" if place else "{"}"{name}": ') + func.coalesce(_json(resource, name), "null")
        for place, name in enumerate(resource.export_columns)
    ]
    line = members[0]
    for member in members[1:]:
        line = line + ", " + member
    return Lines(_of_list(resource, query, [(line + "}").label("line")]), AS_IT_IS, query.narrowed)


def header(resource: Resource) -> str:
    """The first line of a CSV file: the names of the columns."""
    return ",".join(resource.export_columns) + "\n"


async def stream(session: AsyncSession, lines: Lines) -> AsyncGenerator[Chunk, None]:
    """The file in chunks; memory stays flat however many there are. Closing it before the end cancels the query."""
    await session.execute(SETTINGS)
    if not lines.narrowed:
        # A few rows are found by other indexes, and sorted in no time.
        await session.execute(AT_ONCE)
    connection = await session.connection()
    driver: psycopg.AsyncConnection[Any] = (await connection.get_raw_connection()).driver_connection  # type: ignore[assignment]
    sql, values = _compiled(lines.statement.compile(dialect=connection.dialect))
    size = FIRST
    try:
        async with driver.cursor() as cursor, cursor.copy(f"copy ({sql}) to stdout ({lines.options})", values) as copy:
            while (chunk := await driver.wait(_gathered(copy, size))).rows:
                yield chunk
                size = CHUNK
    except psycopg.Error as error:
        raise DBAPIError("COPY", None, error) from error


def _gathered(copy: psycopg.AsyncCopy, size: int) -> PQGen[Chunk]:
    """Rows until there is enough: asking for each by itself would take longer than Postgres needs to make it."""
    parts: list[Any] = []
    held = 0
    while held < size and (row := (yield from copy._read_gen())):  # noqa: SLF001 what `read` does for a single row
        parts.append(row)
        held += len(row)
    return Chunk(len(parts), b"".join(parts))


def _compiled(compiled: Any) -> tuple[str, dict[str, Any]]:
    """SQL and values as psycopg takes them: COPY is sent without a cursor of SQLAlchemy's, which would prepare both."""
    made: SQLCompiler = compiled
    state = made.construct_expanded_state()
    values = {name: _bound(state.processors.get(name), value) for name, value in state.parameters.items()}
    return state.statement, values


def _bound(processor: Any, value: Any) -> Any:
    return processor(value) if processor else value


def _of_list(resource: Resource, query: ListQuery, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    return listing.matching(resource, query).with_only_columns(*columns, maintain_column_froms=True)


def _column(resource: Resource, name: str) -> Any:
    return resource.traits.attribute(name)


def _json(resource: Resource, name: str) -> ColumnElement[str]:
    column, made = resource.traits.columns[name], cast(func.to_json(_column(resource, name)), Text)
    # The text of a json may have line breaks, all of them between its values: in those they are escaped.
    return (
        func.translate(made, "\n\r", "  ") if column.kind == "json" and not isinstance(column.sa.type, JSONB) else made
    )


def _csv_cell(resource: Resource, name: str, *, raw: bool) -> ColumnElement[Any]:
    kind, column = resource.traits.columns[name].kind, _column(resource, name)
    if kind == "boolean":
        return cast(column, Text)
    return column if raw or kind not in ESCAPED_KINDS else _escaped(cast(column, Text))


def _escaped(value: ColumnElement[str]) -> ColumnElement[str]:
    number = value.regexp_match(f"^{PLAIN_NUMBER}$")
    marked = case((number, value), else_=literal("'") + value)
    first = func.nullif(func.left(value, 1), "")
    return case((func.strpos(STARTS, first) > 0, marked), else_=value)


async def set_timeout(session: AsyncSession, milliseconds: int) -> None:
    """How long the database may work on the file."""
    await session.execute(text("select set_config('statement_timeout', :value, true)"), {"value": str(milliseconds)})

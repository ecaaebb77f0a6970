"""The rows of a list as text, made in the database: one line a row, streamed by a cursor from one snapshot.

The statement is the list's own, so a file holds what the list shows, in its order, every row. Postgres writes each
line, with its own text of every value: microseconds, scales and NULL beside '' survive, and importing the file
changes nothing.

A cell that a spreadsheet would take for a formula gets an apostrophe in front. So does a text that begins with one,
which makes it possible to take exactly those away again.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, literal, not_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import listing
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.traits import Kind

BATCH = 1_000
"""Rows that are held at a time."""

FORMULA_STARTS = r"[=+\-@\t\r＝＋－＠']"
PLAIN_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?"
"""What begins like a formula and is none: it stays as it is."""
ESCAPED_KINDS: frozenset[Kind] = frozenset({"text", "enum", "json", "array", "other"})
"""Kinds whose text may begin like a formula."""
PLAIN_KINDS: frozenset[Kind] = frozenset(
    {"integer", "numeric", "float", "boolean", "date", "timestamp", "time", "uuid", "bytes"}
)
"""Kinds whose text holds nothing that CSV has to quote."""

SETTINGS = select(
    func.set_config("timezone", "UTC", True),
    func.set_config("datestyle", "ISO, YMD", True),
    func.set_config("intervalstyle", "postgres", True),
    func.set_config("bytea_output", "hex", True),
)


def as_csv(resource: Resource, query: ListQuery, *, raw: bool = False) -> Select[Any]:
    """Every row of the list as a line of CSV; `raw` leaves out the apostrophes that keep spreadsheets safe."""
    cells = [_csv_cell(resource, name, raw=raw) for name in resource.export_columns]
    return _lines(resource, query, _joined(cells, ","))


def as_json(resource: Resource, query: ListQuery) -> Select[Any]:
    """Every row of the list as one JSON object on a line of its own; numbers keep their digits."""
    members = [
        literal(f'{"" if place else "{"}"{name}": ')
        + func.coalesce(cast(func.to_json(_column(resource, name)), Text), "null")
        for place, name in enumerate(resource.export_columns)
    ]
    return _lines(resource, query, _joined(members, ", ") + "}")


def header(resource: Resource) -> str:
    """The first line of a CSV file: the names of the columns."""
    return ",".join(resource.export_columns) + "\n"


async def stream(session: AsyncSession, statement: Select[Any]) -> AsyncGenerator[list[str], None]:
    """The lines, a batch at a time; memory stays flat however many there are. Close it when you stop before the end."""
    await session.execute(SETTINGS)
    result = await session.stream_scalars(statement.execution_options(yield_per=BATCH))
    try:
        async for lines in result.partitions(BATCH):
            yield list(lines)
    finally:
        await result.close()


def _lines(resource: Resource, query: ListQuery, line: ColumnElement[str]) -> Select[Any]:
    return listing.matching(resource, query).with_only_columns(line + "\n", maintain_column_froms=True)


def _column(resource: Resource, name: str) -> Any:
    return resource.traits.attribute(name)


def _joined(parts: list[ColumnElement[str]], separator: str) -> ColumnElement[str]:
    line = parts[0]
    for part in parts[1:]:
        line = line + separator + part
    return line


def _csv_cell(resource: Resource, name: str, *, raw: bool) -> ColumnElement[str]:
    kind = resource.traits.columns[name].kind
    value: ColumnElement[str] = cast(_column(resource, name), Text)
    if kind in PLAIN_KINDS:
        return func.coalesce(value, "")
    if not raw and kind in ESCAPED_KINDS:
        value = _escaped(value)
    return _quoted(value)


def _escaped(value: ColumnElement[str]) -> ColumnElement[str]:
    starts = value.regexp_match(f"^{FORMULA_STARTS}")
    return case((and_(starts, not_(value.regexp_match(f"^{PLAIN_NUMBER}$"))), literal("'") + value), else_=value)


def _quoted(value: ColumnElement[str]) -> ColumnElement[str]:
    """NULL is a bare empty cell, '' a quoted one; the rest is quoted where it has to be."""
    special = or_(value == "", value.regexp_match('[",\r\n\x1a]'))
    quoted = literal('"') + func.replace(value, '"', '""') + '"'
    return case((value.is_(None), ""), (special, quoted), else_=value)


async def set_timeout(session: AsyncSession, milliseconds: int) -> None:
    """How long the database may work on one batch."""
    await session.execute(text("select set_config('statement_timeout', :value, true)"), {"value": str(milliseconds)})

"""An example file for a table: its columns as an import knows them, and two rows that it would take."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.resource import Resource
from admin.traits import Column
from admin.writes.csv_import import mapping, tokens

ROWS = 2
WORDS = {
    "email": ("ann.example@example.org", "ben.example@example.org"), "name": ("Ann Example", "Ben Example"),
    "reviewer": ("Ann Example", "Ben Example"), "city": ("Lisbon", "Ghent"), "country": ("Portugal", "Belgium"),
    "isbn": ("9780000000019", "9780000000026"), "title": ("A first title", "A second title"),
    "sku": ("EXAMPLE-1", "EXAMPLE-2"), "number": ("EXAMPLE-1", "EXAMPLE-2"),
    "body": ("A longer text.", "Another one,\nwith a comma and a second line."),
}  # fmt: skip
VALUES = {
    "integer": ("1", "2"), "numeric": ("12.50", "8.00"), "float": ("0.5", "1.5"), "boolean": ("true", "false"),
    "date": ("1990-04-03", "2001-12-31"), "timestamp": ("2026-01-31 09:30Z", "2026-02-01 14:05Z"),
    "time": ("09:30", "14:05"), "interval": ("1 day", "02:30:00"), "json": ('{"colour": "red"}', '{"colour": "blue"}'),
    "array": ("{red}", '{red,"dark blue"}'), "bytes": ("00ff", "0102"),
    "uuid": ("01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"),
}  # fmt: skip


async def example(session: AsyncSession, resource: Resource) -> str:
    """The whole file. A key that the database draws is left out, and parents are some that are there."""
    names, cells = [], []
    for column in mapping.writable(resource):
        if column.name in resource.traits.key and column.has_default:
            continue
        name, values = await _parents(session, column) if column.references else (column.name, _values(column))
        names.append(name)
        cells.append(values)
    rows = zip(*cells, strict=True)
    return "".join(f"{','.join(map(_cell, row))}\n" for row in (tuple(names), *rows))


def _values(column: Column) -> tuple[str, ...]:
    """Two values that are different, in case they have to be."""
    if column.choices:
        return column.choices[0], column.choices[-1]
    if column.kind in VALUES:
        return VALUES[column.kind]
    limit = column.limit or 200
    return tuple(word[:limit] for word in WORDS.get(column.name, (f"{column.label} 1", f"{column.label} 2")))


async def _parents(session: AsyncSession, column: Column) -> tuple[str, tuple[str, ...]]:
    """The header and two values by which a file may name a parent: by its name where that is unique."""
    traits = mapping.parent_of(column)
    by_name = traits.label in mapping.parent_keys(column)
    assert column.references is not None  # noqa: S101 parent_of has raised otherwise
    via = traits.columns[traits.label if by_name else column.references.column]
    statement: Any = select(cast(via.sa, Text)).order_by(*(traits.columns[name].sa for name in traits.key)).limit(ROWS)
    if traits.deleted_at is not None:
        statement = statement.where(traits.columns[traits.deleted_at].sa.is_(None))
    found = [value or "" for value in (await session.scalars(statement)).all()] or [""]
    header = column.name.removesuffix("_id") if by_name else column.name
    return header, tuple((found * ROWS)[:ROWS])


def _cell(value: str) -> str:
    """A cell as an export writes it: quoted where it has to be, harmless to spreadsheets."""
    safe = f"'{value}" if value[:1] in tuple("=+-@\t\r＝＋－＠'") else value
    return tokens.quoted(safe) if any(mark in safe for mark in ',"\r\n') else safe

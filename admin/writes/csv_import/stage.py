"""The file and its rows in the database: tables of the import's own, logged, gone when the import is over.

The file is kept as it came until then, so that another encoding or delimiter can be chosen without handing it in
again, and so that any process can go on with it. Rows travel by COPY, parsed in a worker thread one batch at a time:
the next batch is parsed when the database has taken the last one, so nothing piles up in memory.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from typing import BinaryIO

from anyio import to_thread
from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import mapping, running
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.errors import Unreadable
from admin.writes.csv_import.read import Reader
from admin.writes.csv_import.sheet import SheetReader
from admin.writes.csv_import.sniff import Format

CHUNK = 2**18
"""Bytes of a part in which the file itself is kept."""
SAMPLES = 3
"""Values of each column that are shown beside its header."""


@dataclass(frozen=True)
class Staged:
    """What was read. `warnings` are sentences; `samples` holds the first values of each column."""

    headers: tuple[str, ...]
    rows: int
    warnings: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


def digest(file: BinaryIO) -> tuple[bytes, int]:
    """sha256 and size in bytes."""
    file.seek(0)
    found = hashlib.sha256()
    while chunk := file.read(CHUNK):
        found.update(chunk)
    return found.digest(), file.tell()


async def keep_file(session: AsyncSession, import_id: int, file: BinaryIO) -> None:
    """Store the file as it came."""
    table = st.staging(import_id, "file")
    await st.run(session, st.of("create table {t} (part int primary key, bytes bytea not null)", t=table))
    # Uncompressed: a large file would cost more time to compress than to write.
    await st.run(session, st.of("alter table {t} alter bytes set storage external", t=table))
    file.seek(0)
    connection = await st.driver(session)
    async with (
        connection.cursor() as cursor,
        cursor.copy(st.of("copy {t} from stdin (format binary)", t=table)) as copy,
    ):
        copy.set_types(["int4", "bytea"])
        part = 0
        while chunk := await to_thread.run_sync(file.read, CHUNK):
            await copy.write_row((part, chunk))
            part += 1


async def kept_file(session: AsyncSession, import_id: int) -> BinaryIO:
    """The stored file in a temporary one on disk, for reading it again."""
    # The file outlives this function and closes itself when it is let go.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    statement = "copy (select bytes from {t} order by part) to stdout (format binary)"
    connection = await st.driver(session)
    async with (
        connection.cursor() as cursor,
        cursor.copy(st.of(statement, t=st.staging(import_id, "file"))) as copy,
    ):
        copy.set_types(["bytea"])
        async for (chunk,) in copy.rows():
            await to_thread.run_sync(file.write, chunk)
    return file


async def stage(session: AsyncSession, import_id: int, file: BinaryIO, form: Format) -> Staged:
    """Read the whole file into the staging table. Raises `Unreadable`; the caller's savepoint then takes it back."""
    reader = await to_thread.run_sync(reader_of, file, form)
    try:
        if form.header:
            mapping.check_headers(reader.headers)
        await fill(session, st.staging(import_id), reader, form.delimiter)
        await running.make_counter(session, import_id)
    finally:
        reader.release()
    await st.analyze(session, st.staging(import_id))
    nameless = [number for number, header in enumerate(reader.headers, 1) if not header]
    warnings = [*_warnings(reader), *await _nameless(session, import_id, nameless)]
    samples = await _samples(session, import_id, reader.width)
    return Staged(tuple(reader.headers), reader.rows, tuple(warnings), samples)


def reader_of(file: BinaryIO, form: Format) -> Reader | SheetReader:
    """What reads a file of this format."""
    return SheetReader(file, form) if form.sheet is not None else Reader(file, form)


async def fill(session: AsyncSession, table: Composable, reader: Reader | SheetReader, delimiter: str) -> None:
    """Make a table of staged rows anew, and copy into it what is read."""
    cells = st.joined(st.COMMA, [st.of("{c} text", c=cell(number)) for number in range(1, reader.width + 1)])
    await st.run(session, st.of("drop table if exists {t}", t=table))
    await st.run(
        session, st.of("create table {t} (line int not null, problem text, problem_cell int, rest text, {cells})",
                       t=table, cells=cells)
    )  # fmt: skip
    batches = reader.batches()
    connection = await st.driver(session)
    statement = st.of("copy {t} from stdin (format csv, delimiter {d}, encoding 'UTF8')", t=table, d=st.lit(delimiter))
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while batch := await to_thread.run_sync(next, batches, b""):
            await copy.write(batch)


def cell(number: int) -> Composable:
    """The staged column that holds the cells of a column of the file (from 1)."""
    return st.name(f"c{number}")


def _warnings(reader: Reader | SheetReader) -> list[str]:
    found = []
    if not reader.rows:
        found.append("The file has headers but no rows.")
    if reader.blank:
        found.append(f"{_count(reader.blank, 'empty line')} passed over.")
    if reader.misdecoded:
        found.append("The file contains “\ufffd”: it was probably saved in the wrong encoding before it came here.")
    if reader.ctrl_z:
        found.append("An end-of-file mark (Ctrl-Z) was left out.")
    return found


async def _nameless(session: AsyncSession, import_id: int, numbers: list[int]) -> list[str]:
    """Columns without a name are ignored when they hold nothing, and refuse the file when they do."""
    for number in numbers:
        statement = st.of("select min(line) from {t} where {c} <> ''", t=st.staging(import_id), c=cell(number))
        line = await st.value(session, statement)
        if line is not None:
            raise Unreadable(f"Column {number} has no name, but line {line:,} has a value in it. Name it.")
    return [f"{_count(len(numbers), 'empty column')} without a name ignored."] if numbers else []


async def _samples(session: AsyncSession, import_id: int, width: int) -> tuple[tuple[str, ...], ...]:
    cells = st.joined(st.COMMA, [st.of("left({c}, 60)", c=cell(number)) for number in range(1, width + 1)])
    statement = st.of(
        "select {cells} from (select * from {t} where problem is null limit 200) t",
        t=st.staging(import_id), cells=cells,
    )  # fmt: skip
    rows = await st.rows(session, statement)
    return tuple(tuple([row[n] for row in rows if row[n]][:SAMPLES]) for n in range(width))


def _count(number: int, noun: str) -> str:
    return f"1 {noun} was" if number == 1 else f"{number:,} {noun}s were"

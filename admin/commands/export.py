"""`export`: the rows of a list into a file, by the very code of the pages; `--query` is what a list has in its URL."""

from __future__ import annotations

import asyncio
import errno
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl

import click

from admin.commands import database, tables
from admin.errors import BadRequest, LarderError
from admin.reads import csv_export
from admin.reads.csv_export import Chunk
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.settings import Settings
from admin.web import params

JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing to a file that is open may fail by; these errors name no file."""


@click.command()
@click.argument("identity")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--query", default="", metavar="QUERY", help="As in a list's URL: 'status=draft&search=budget'.")
@click.option("--raw", is_flag=True, help="Without the apostrophes that keep spreadsheets from running formulas.")
def export(identity: str, file: Path | None, query: str, *, raw: bool) -> None:
    """Export the table IDENTITY to FILE (or standard output): CSV, or JSON lines when FILE ends in .json or .jsonl."""
    resource = tables.named(identity)
    try:
        wanted = params.parse(resource, parse_qsl(query.removeprefix("?"), keep_blank_values=True))
    except BadRequest as error:
        raise click.UsageError(f"--query: {error}") from error
    as_json = file is not None and file.suffix.lower() in JSON_ENDINGS
    with database.opened() as settings:
        database.migrate(settings)
        with _output(file) as out:
            rows = asyncio.run(_write(settings, resource, wanted, out, as_json=as_json, raw=raw))
    database.note(f"{rows:,} rows were written.")


@contextmanager
def _output(file: Path | None) -> Iterator[IO[str]]:
    """Standard output, or the file, which stands under its own name only once it is complete.

    Raises `LarderError` with the system's reason when it cannot be written.
    """
    if file is None:
        yield sys.stdout
        return
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            yield out
        part.replace(file)
    except OSError as error:
        if error.filename is None and error.errno not in DISK:
            raise
        raise LarderError(f"{file} cannot be written: {error.strerror}.") from error


async def _write(
    settings: Settings, resource: Resource, query: ListQuery, out: IO[str], *, as_json: bool, raw: bool
) -> int:
    rows = 0
    if not as_json:
        out.write(csv_export.header(resource))
    async for chunk in _chunks(settings, resource, query, as_json=as_json, raw=raw):
        rows += chunk.rows
        out.write(chunk.data.decode())
    out.flush()
    return rows


async def _chunks(
    settings: Settings, resource: Resource, query: ListQuery, *, as_json: bool, raw: bool
) -> AsyncIterator[Chunk]:
    lines = csv_export.as_json(resource, query) if as_json else csv_export.as_csv(resource, query, raw=raw)
    async with tables.sessions(settings) as sessions, sessions.begin() as session:
        await csv_export.set_timeout(session, settings.export_timeout_ms)
        async for chunk in csv_export.stream(session, lines):
            yield chunk

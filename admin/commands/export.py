"""`export`: the rows of a list into a file, by the very code of the pages; `--query` is what a list has in its URL."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl

import click

from admin.commands import database, tables
from admin.errors import BadRequest
from admin.reads import csv_export
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.settings import Settings
from admin.web import params

JSON_ENDINGS = (".json", ".jsonl", ".ndjson")


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
        if file is None:
            rows = asyncio.run(_write(settings, resource, wanted, sys.stdout, as_json=False, raw=raw))
        else:
            # A file that is there under its own name is complete.
            part = file.with_name(f"{file.name}.part")
            with part.open("w", encoding="utf-8", newline="") as out:
                rows = asyncio.run(_write(settings, resource, wanted, out, as_json=as_json, raw=raw))
            part.replace(file)
    database.note(f"{rows:,} rows were written.")


async def _write(
    settings: Settings, resource: Resource, query: ListQuery, out: IO[str], *, as_json: bool, raw: bool
) -> int:
    rows = 0
    if not as_json:
        out.write(csv_export.header(resource))
    async for lines in _lines(settings, resource, query, as_json=as_json, raw=raw):
        rows += len(lines)
        out.write("".join(lines))
    out.flush()
    return rows


async def _lines(
    settings: Settings, resource: Resource, query: ListQuery, *, as_json: bool, raw: bool
) -> AsyncIterator[list[str]]:
    statement = csv_export.as_json(resource, query) if as_json else csv_export.as_csv(resource, query, raw=raw)
    async with tables.sessions(settings) as sessions, sessions.begin() as session:
        await csv_export.set_timeout(session, settings.export_timeout_ms)
        async for lines in csv_export.stream(session, statement):
            yield lines

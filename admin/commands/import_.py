"""`import`: a CSV file into a table, by the very code of the pages: the same offers, the same report, the same undo."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import click
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.commands import database, import_options, progress, tables
from admin.commands.import_options import EMPTY, Wanted
from admin.errors import BadRequest, LarderError
from admin.reads import csv_import as imports
from admin.reads import wording
from admin.resource import Resource
from admin.settings import Settings
from admin.writes.csv_import import apply, pending, receive, rejects, running, store
from admin.writes.csv_import.options import Dates, Decimal, Mode, Trash
from admin.writes.csv_import.receive import Upload
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.sniff import DELIMITERS, ENCODINGS
from admin.writes.csv_import.store import Stored

SHOWN = 20
"""Reasons that are printed; `--rejects` writes all of them."""


@click.command(name="import")
@click.argument("identity")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mode", type=click.Choice(get_args(Mode)), help="Add rows, update rows, or both.")
@click.option("--key", multiple=True, metavar="COLUMN", help="Find rows by this unique column; repeat it for several.")
@click.option("--map", "maps", multiple=True, metavar="HEADER=COLUMN", help="Where a column of the file goes.")
@click.option("--skip-bad", is_flag=True, help="Leave rejected rows out instead of stopping.")
@click.option("--create-parents", is_flag=True, help="Create parents that the file names and that are not there.")
@click.option("--constant", "constants", multiple=True, metavar="COLUMN=VALUE", help="The same value for every row.")
@click.option("--empty", type=click.Choice(list(EMPTY)), default="keep", help="What an empty cell does to a row.")
@click.option(
    "--trash", type=click.Choice(get_args(Trash)), default="reject", help="What becomes of rows in the trash."
)
@click.option("--decimal", type=click.Choice(get_args(Decimal)), default="point", help="1234.50, 1.234,50 or 1,234.50.")
@click.option("--dates", type=click.Choice(get_args(Dates)), default="iso", help="Day first or month first.")
@click.option("--sheet", metavar="NAME", help="Of a workbook; else its first one.")
@click.option("--again", is_flag=True, help="Import a file that was imported before once more.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write rejected rows to this file.")
@click.option("--encoding", type=click.Choice(list(ENCODINGS)), help="Of the file; else its mark, else UTF-8.")
@click.option("--delimiter", type=click.Choice(list(DELIMITERS.values())), help="Of the file; else found in it.")
def import_(identity: str, delimiter: str | None, **options: Any) -> None:
    """Import FILE into the table IDENTITY. Exits 1 when rows are rejected and nothing is imported."""
    characters = {name: character for character, name in DELIMITERS.items()}
    wanted = Wanted(delimiter=characters[delimiter] if delimiter else None, **options)
    resource = tables.named(identity)
    with database.opened() as settings:
        database.migrate(settings)
        report = asyncio.run(_import(settings, resource, wanted))
    if report.rejected and not report.applied:
        raise click.ClickException("Nothing was imported.")


async def _import(settings: Settings, resource: Resource, wanted: Wanted) -> Report:
    async with tables.sessions(settings) as sessions, _handed_in(sessions, settings, resource, wanted) as stored:
        timeout = settings.import_timeout_ms
        try:
            async with sessions.begin() as session:
                options = import_options.options(resource, stored, wanted)
                report = await receive.choose(session, resource, stored.id, options, timeout_ms=timeout)
        except BadRequest as error:
            raise click.UsageError(str(error)) from error
        for sentence in (*report.blocking, *report.warnings, *import_options.asked(report, options)):
            database.note(sentence)
        if _may_run(report, wanted):
            await _ask(sessions, stored, wanted)
            async with progress.shown(sessions, stored.id, report.importable), sessions.begin() as session:
                await running.mark(session, stored.id)
                report = await apply.apply(
                    session, tables.actor(), resource, stored.id, timeout_ms=timeout, source="command line"
                )
            await pending.merge(sessions, resource.traits.table, timeout)
        _print(resource, report)
        await _say_undo(sessions, stored.id)
        await _write_rejects(sessions, stored, wanted, report)
        return report


@asynccontextmanager
async def _handed_in(
    sessions: async_sessionmaker[AsyncSession], settings: Settings, resource: Resource, wanted: Wanted
) -> AsyncIterator[Stored]:
    """The import, read and reviewed. What was not applied is cancelled in the end: a command leaves nothing behind."""
    with wanted.file.open("rb") as file:
        upload = Upload(wanted.file.name, file, wanted.encoding, wanted.delimiter, wanted.sheet)
        async with sessions.begin() as session:
            import_id = await receive.receive(
                session, tables.actor(), resource, upload, timeout_ms=settings.import_timeout_ms
            )
    try:
        async with sessions() as session:
            stored = await store.get(session, import_id)
        if stored.staged is None:
            raise LarderError(f"{stored.record.error} (--encoding, --delimiter and --sheet say how to read it.)")
        database.note(f"{stored.staged.rows:,} rows were read.")
        yield stored
    finally:
        async with sessions.begin() as session:
            if (await store.get(session, import_id)).record.state != "done":
                await store.cancel(session, import_id)


def _may_run(report: Report, wanted: Wanted) -> bool:
    stopped = report.blocking or (report.rejected and not wanted.skip_bad)
    return bool(not wanted.dry_run and not stopped and report.importable)


async def _ask(sessions: async_sessionmaker[AsyncSession], stored: Stored, wanted: Wanted) -> None:
    """Whether a file that was imported before is to be imported once more; where nobody can be asked, it is not."""
    async with sessions() as session:
        same = None if wanted.again else await imports.same_file(session, stored.record)
    if same is None:
        return
    said = f"{same.person} imported the very same file {wording.moment(same.at)}."
    if not sys.stdin.isatty():
        raise click.ClickException(f"{said} Nothing was imported. --again imports it once more.")
    if not click.confirm(f"{said} Import it once more?", err=True):
        raise click.ClickException("Nothing was imported.")


def _print(resource: Resource, report: Report) -> None:
    for rejection in report.rejections[:SHOWN]:
        value = f" “{rejection.value}”" if rejection.value else ""
        click.echo(f"line {rejection.line}, {rejection.column or 'the whole line'}:{value} {rejection.reason}")
    if len(report.rejections) > SHOWN:
        click.echo("… --rejects FILE writes all of them.")
    numbers = ", ".join(f"{count:,} {name}" for name, count in report.counts.items())
    click.echo(f"{resource.identity}: {numbers}. {'Imported.' if report.applied else 'Nothing was changed.'}")


async def _say_undo(sessions: async_sessionmaker[AsyncSession], import_id: int) -> None:
    async with sessions() as session:
        operation = (await store.get(session, import_id)).record.operation_id
    if operation is not None:
        database.note(f"`larder undo {operation}` takes it back.")


async def _write_rejects(
    sessions: async_sessionmaker[AsyncSession], stored: Stored, wanted: Wanted, report: Report
) -> None:
    if wanted.rejects is None or not report.rejected:
        return
    with wanted.rejects.open("wb") as file:
        async with sessions.begin() as session:
            async for chunk in rejects.stream(session, stored):
                file.write(chunk)
    database.note(f"{report.rejected:,} rejected rows were written to {wanted.rejects}.")

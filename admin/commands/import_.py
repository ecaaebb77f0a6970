"""`import`: a CSV file into a table, by the very code of the pages: the same offers, the same report, the same undo."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import click
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.actor import Actor
from admin.commands import database, tables
from admin.errors import BadRequest, LarderError
from admin.resource import Resource
from admin.settings import Settings
from admin.writes.csv_import import apply, mapping, receive, rejects, store
from admin.writes.csv_import.fold import fold
from admin.writes.csv_import.options import Match, Mode, Options
from admin.writes.csv_import.receive import Upload
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.sniff import DELIMITERS, ENCODINGS
from admin.writes.csv_import.store import Stored

SHOWN = 20
"""Reasons that are printed; `--rejects` writes all of them."""


@dataclass(frozen=True)
class Wanted:
    """What the command line says."""

    file: Path
    mode: Mode | None
    key: tuple[str, ...]
    maps: tuple[str, ...]
    skip_bad: bool
    create_parents: bool
    dry_run: bool
    rejects: Path | None
    encoding: str | None
    delimiter: str | None


@click.command(name="import")
@click.argument("identity")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mode", type=click.Choice(get_args(Mode)), help="Add rows, update rows, or both.")
@click.option("--key", multiple=True, metavar="COLUMN", help="Find rows by this unique column; repeat it for several.")
@click.option("--map", "maps", multiple=True, metavar="HEADER=COLUMN", help="Where a column of the file goes.")
@click.option("--skip-bad", is_flag=True, help="Leave rejected rows out instead of stopping.")
@click.option("--create-parents", is_flag=True, help="Create parents that the file names and that are not there.")
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
                options = _options(resource, stored, wanted)
                report = await receive.choose(session, resource, stored.id, options, timeout_ms=timeout)
        except BadRequest as error:
            raise click.UsageError(str(error)) from error
        for sentence in (*report.blocking, *report.warnings):
            database.note(sentence)
        if _may_run(report, wanted):
            async with sessions.begin() as session:
                report = await apply.apply(
                    session, _actor(), resource, stored.id, timeout_ms=timeout, source="command line"
                )
        _print(resource, report)
        await _write_rejects(sessions, stored, wanted, report)
        return report


@asynccontextmanager
async def _handed_in(
    sessions: async_sessionmaker[AsyncSession], settings: Settings, resource: Resource, wanted: Wanted
) -> AsyncIterator[Stored]:
    """The import, read and reviewed. What was not applied is cancelled in the end: a command leaves nothing behind."""
    with wanted.file.open("rb") as file:
        upload = Upload(wanted.file.name, file, wanted.encoding, wanted.delimiter)
        async with sessions.begin() as session:
            import_id = await receive.receive(
                session, _actor(), resource, upload, timeout_ms=settings.import_timeout_ms
            )
    try:
        async with sessions() as session:
            stored = await store.get(session, import_id)
        if stored.staged is None:
            raise LarderError(f"{stored.record.error} (--encoding and --delimiter say how to read it.)")
        database.note(f"{stored.staged.rows:,} rows were read.")
        yield stored
    finally:
        async with sessions.begin() as session:
            if (await store.get(session, import_id)).record.state != "done":
                await store.cancel(session, import_id)


def _options(resource: Resource, stored: Stored, wanted: Wanted) -> Options:
    """What is offered for the file, with what the command line says otherwise. Raises `BadRequest`."""
    assert stored.options is not None  # noqa: S101 set when the file was read
    assert stored.staged is not None  # noqa: S101 the same
    matches = _matches(resource, stored.staged.headers, stored.options.matches, wanted.maps)
    usable = mapping.usable_keys(resource, matches)
    mode = wanted.mode or ("upsert" if usable else "add")
    if wanted.key:
        usable = tuple(key for key in usable if set(key.columns) == set(wanted.key))
        if not usable:
            raise BadRequest(f"{' and '.join(wanted.key)} is no unique key of {resource.identity} that the file has.")
    if mode != "add" and not usable:
        raise BadRequest(f"To update rows, the file needs the columns of a unique key of {resource.identity}.")
    creatable = [m.column for m in matches if m.via and mapping.creatable(resource.column(m.column), m.via)]
    return replace(
        stored.options,
        matches=matches,
        mode=mode,
        key=usable[0].name if mode != "add" else None,
        skip_bad=wanted.skip_bad,
        create=tuple(creatable) if wanted.create_parents else (),
    )


def _matches(
    resource: Resource, headers: tuple[str, ...], offered: tuple[Match, ...], maps: tuple[str, ...]
) -> tuple[Match, ...]:
    cells = {match.cell: match for match in offered}
    numbers = {fold(header): number for number, header in enumerate(headers, 1)}
    for entry in maps:
        header, separator, target = entry.rpartition("=")
        if not separator:
            raise BadRequest(f"--map: write HEADER=COLUMN, not {entry}.")
        cell = numbers.get(fold(header))
        if cell is None:
            raise BadRequest(f"--map: the file has no column {header}. It has {', '.join(headers)}.")
        cells.pop(cell, None)
        if target:
            chosen = mapping.chosen(resource, header, cell, target)
            cells = {number: match for number, match in cells.items() if match.column != chosen.column}
            cells[cell] = chosen
    return tuple(cells[cell] for cell in sorted(cells))


def _may_run(report: Report, wanted: Wanted) -> bool:
    stopped = report.blocking or (report.rejected and not wanted.skip_bad)
    return bool(not wanted.dry_run and not stopped and report.importable)


def _print(resource: Resource, report: Report) -> None:
    for rejection in report.rejections[:SHOWN]:
        value = f" “{rejection.value}”" if rejection.value else ""
        click.echo(f"line {rejection.line}, {rejection.column or 'the whole line'}:{value} {rejection.reason}")
    if len(report.rejections) > SHOWN:
        click.echo("… --rejects FILE writes all of them.")
    numbers = ", ".join(f"{count:,} {name}" for name, count in report.counts.items())
    click.echo(f"{resource.identity}: {numbers}. {'Imported.' if report.applied else 'Nothing was changed.'}")


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


def _actor() -> Actor:
    return Actor(None, getpass.getuser(), "admin")

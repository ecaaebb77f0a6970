"""`undo`: take an operation back, an import as a rule, by the very code of the button."""

from __future__ import annotations

import asyncio

import click

from admin.commands import database, tables
from admin.settings import Settings
from admin.writes import undo as undoing
from admin.writes.undo.told import UndoReport


@click.command()
@click.argument("operation", type=click.IntRange(1, 2**63 - 1))
def undo(operation: int) -> None:
    """Undo OPERATION, by the number that `import` prints and the page Operations shows. Exits 1 when rows were left."""
    with database.opened() as settings:
        database.migrate(settings)
        report = asyncio.run(_undo(settings, operation))
    click.echo(report.sentence)
    for left in (*report.kept, *report.impossible):
        click.echo(f"{left.table} {left.key}: {left.reason}")
    if not report.whole:
        raise click.ClickException(f"{report.kept_rows + report.impossible_rows:,} rows were left as they are.")


async def _undo(settings: Settings, operation: int) -> UndoReport:
    async with tables.sessions(settings) as sessions, sessions.begin() as session:
        return await undoing.undo(session, tables.actor(), operation, source="command line")

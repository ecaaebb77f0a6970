"""`sweep`: drop what is older than LARDER_UNDO_DAYS, from the trash and from the record of changes, and cancel imports
that nobody finished within LARDER_IMPORT_DAYS: what workers do, for whoever runs none."""

from __future__ import annotations

import anyio
import click
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.app import create_app
from admin.commands import database
from admin.settings import Settings
from admin.writes import retention
from admin.writes.csv_import import store
from admin.writes.retention import Swept


@click.command()
def sweep() -> None:
    """Empty the trash and the record of changes of what is older than LARDER_UNDO_DAYS; safe to repeat.

    Imports that nobody finished within LARDER_IMPORT_DAYS are cancelled.
    """
    with database.opened() as settings:
        database.migrate(settings)
        swept, imports = anyio.run(_sweep, settings)
    tables = "".join(f", {identity}: {rows:,}" for identity, rows in swept.purged.items())
    click.echo(
        f"{sum(swept.purged.values()):,} rows were purged from the trash{tables}; {swept.months} months dropped."
    )
    if imports:
        click.echo(f"What was staged for {imports:,} imports was dropped.")


async def _sweep(settings: Settings) -> tuple[Swept, int]:
    console = create_app(settings).state.console
    try:
        swept = await retention.sweep(console.sessions, console.resources.values(), settings.undo_days)
        return swept, await _imports(console.sessions, settings.import_days)
    finally:
        await console.sessions.kw["bind"].dispose()


async def _imports(sessions: async_sessionmaker[AsyncSession], days: int) -> int:
    dropped = 0
    while True:
        async with sessions.begin() as session:
            found = await store.sweep(session, days)
        dropped += found
        if found < store.SWEPT_AT_ONCE:
            return dropped

"""`sweep`: drop what is older than LARDER_UNDO_DAYS, from the trash and from the record of changes."""

from __future__ import annotations

import anyio
import click

from admin.app import create_app
from admin.commands import database
from admin.settings import Settings
from admin.writes import retention
from admin.writes.retention import Swept


@click.command()
def sweep() -> None:
    """Empty the trash and the record of changes of what is older than LARDER_UNDO_DAYS; safe to repeat."""
    with database.opened() as settings:
        database.migrate(settings)
        swept = anyio.run(_sweep, settings)
    tables = "".join(f", {identity}: {rows:,}" for identity, rows in swept.purged.items())
    click.echo(
        f"{sum(swept.purged.values()):,} rows were purged from the trash{tables}; {swept.months} months dropped."
    )


async def _sweep(settings: Settings) -> Swept:
    console = create_app(settings).state.console
    try:
        return await retention.sweep(console.sessions, console.resources.values(), settings.undo_days)
    finally:
        await console.sessions.kw["bind"].dispose()

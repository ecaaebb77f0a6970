"""`migrate`: bring the database to the newest schema."""

from __future__ import annotations

import click

from admin.commands import database


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema; safe to repeat, and while others start."""
    with database.opened() as settings:
        click.echo(f"The database is at revision {database.migrate_now(settings)}.")

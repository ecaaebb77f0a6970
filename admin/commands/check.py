"""`check`: whether options, schema, indexes and rights are as they should be."""

from __future__ import annotations

import click
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from admin import diagnosis, schema
from admin.app import create_app
from admin.commands import database


@click.command()
def check() -> None:
    """Check options, migrations, indexes and rights; says what to do, and exits 1, when something is wrong."""
    with database.opened() as settings:
        # Reads every option of every table, and refuses what makes no sense.
        console = create_app(settings).state.console
        engine = sa.create_engine(str(settings.owner_url), poolclass=NullPool)
        with engine.connect() as connection:
            quote = connection.dialect.identifier_preparer.format_table
            shown = [quote(resource.traits.table) for resource in console.resources.values()]
            found = diagnosis.problems(connection, schema.role_of(str(settings.database_url)), shown)
    for problem in found:
        click.echo(problem)
    if found:
        raise click.ClickException(f"{len(found)} to look at.")
    tables = len(console.resources)
    click.echo(f"All is well: {tables} tables, revision {schema.head_revision()}.")

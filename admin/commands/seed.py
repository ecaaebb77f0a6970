"""`seed`: demo data for the cookbook's tables, made in the database. The only command that knows the cookbook."""

from __future__ import annotations

from collections.abc import Mapping

import click
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from admin.commands import database
from models import seed as seeds


@click.command()
@click.option("--scale", type=click.Choice(list(seeds.ROWS)), default="demo", show_default=True, help="How much of it.")
@click.option("--rows", multiple=True, metavar="TABLE=N", help="Fill one table up to N rows; may be repeated.")
def seed(scale: seeds.Scale, rows: tuple[str, ...]) -> None:
    """Add demo data, as much as is missing; safe to repeat."""
    wanted = dict(_parse(entry) for entry in rows)
    with database.opened() as settings:
        database.migrate(settings)
        added = plant(str(settings.owner_url), scale, wanted)
    click.echo(f"{sum(added.values()):,} rows were added.")


def plant(
    owner_url: str, scale: seeds.Scale = "demo", rows: Mapping[str, int] | None = None, *, quiet: bool = False
) -> dict[str, int]:
    """Seed the database of this URL in one transaction, with a line for each table; returns the rows added."""
    engine = sa.create_engine(owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        added = seeds.seed(connection, scale, rows, None if quiet else _say)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (name for name, count in added.items() if count):
            # Right after a load, so that the first count is not the one that marks ten million rows as visible.
            connection.execute(sa.text(f'vacuum "{table}"'))
    return added


def is_empty(owner_url: str) -> bool:
    """Whether no table of the cookbook has a row."""
    engine = sa.create_engine(owner_url, poolclass=NullPool)
    asked = [sa.select(sa.exists().select_from(sa.table(name))) for name in seeds.STATEMENTS]
    with engine.connect() as connection:
        return not any(connection.scalar(question) for question in asked)


def _parse(entry: str) -> tuple[str, int]:
    identity, _, number = entry.partition("=")
    table = identity.replace("-", "_")
    if table not in seeds.STATEMENTS:
        known = ", ".join(name.replace("_", "-") for name in seeds.STATEMENTS)
        raise click.UsageError(f"--rows: there is no table {identity!r}. There are {known}.")
    if not number.isdecimal():
        raise click.UsageError(f"--rows: write {identity}=1000, the table and the number of rows.")
    return table, int(number)


def _say(table: str, have: int, wanted: int) -> None:
    identity = table.replace("_", "-")
    if have == wanted:
        click.echo(f"{identity}: {have:,} rows")
    elif have % 1_000_000 == 0:
        click.echo(f"{identity}: {have:,} of {wanted:,} rows")

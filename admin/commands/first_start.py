"""What a start does before it serves: the schema; on the very first one, demo data and the first person too."""

from __future__ import annotations

import asyncio

import click
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from admin.commands import database, seed
from admin.database import make_engine, make_session_maker
from admin.settings import Settings
from admin.writes import people

ONE_AT_A_TIME = 5_273_373
"""Key of the lock under which one process sets up, while others that start at the same moment wait."""


def prepare(settings: Settings) -> None:
    """Leave a database that can be served and logged in to. Says how, on the first start only."""
    database.migrate(settings)
    engine = sa.create_engine(str(settings.database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        # The person comes last, so that a first start that was killed is a first start again.
        if connection.scalar(sa.text("select not exists (select from larder.person)")):
            if settings.demo:
                _plant(str(settings.owner_url))
            asyncio.run(_let_admin_in(settings))


def _plant(owner_url: str) -> None:
    """Demo data, only where all tables are empty: it must never get between rows of somebody's own."""
    if seed.is_empty(owner_url):
        added = seed.plant(owner_url, quiet=True)
        click.echo(f"Added {sum(added.values()):,} rows of demo data (LARDER_DEMO=0 starts without).")


async def _let_admin_in(settings: Settings) -> None:
    engine = make_engine(settings)
    try:
        async with make_session_maker(engine).begin() as session:
            password = await people.ensure_admin(session, settings.admin_password)
    finally:
        await engine.dispose()
    if password is None:
        return
    shown = "the password of LARDER_ADMIN_PASSWORD" if settings.admin_password else f"the password {password}"
    click.echo(f"Log in as {people.FIRST} with {shown}. Shown only once; `larder user password admin` changes it.")

"""The registered tables and sessions of the console's own kind, for commands that work on rows."""

from __future__ import annotations

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin import site
from admin.actor import Actor
from admin.database import make_engine, make_session_maker
from admin.resource import Resource
from admin.settings import Settings


def named(identity: str) -> Resource:
    """The table of this identity. Raises `click.UsageError` that lists the others."""
    known = {view.identity: view for view in site.VIEWS}
    if identity not in known:
        raise click.UsageError(f"There is no table {identity}. There are {', '.join(sorted(known))}.")
    return known[identity].build_resource()


def actor() -> Actor:
    """Who runs the command: the account of the system, with every right."""
    return Actor(None, getpass.getuser(), "admin")


@asynccontextmanager
async def sessions(settings: Settings) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions on the opened database, as long as the block lasts."""
    engine = make_engine(settings)
    try:
        yield make_session_maker(engine)
    finally:
        await engine.dispose()

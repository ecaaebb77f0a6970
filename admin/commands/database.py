"""The database a command works on: the one that is set, or the embedded one for as long as the command runs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from admin import schema
from admin.embedded import EmbeddedPostgres
from admin.settings import Settings, load


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Settings]:
    """Settings in which both URLs are filled in; default: those of the environment.

    Without `DATABASE_URL` the embedded server runs meanwhile, shared with whoever else uses it.
    """
    wanted = settings or load()
    with _ending_in_order():
        if wanted.database_url is not None:
            yield wanted.model_copy(update={"owner_url": wanted.owner_url or wanted.database_url})
            return
        with EmbeddedPostgres(wanted.state_dir, say=note) as server:
            yield wanted.model_copy(update={"database_url": server.app_url, "owner_url": server.owner_url})


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Turn the signals that end a process into an exit that leaves the embedded server behind nobody.

    By default they end it on the spot, also after uvicorn, which raises SIGTERM again once it has stopped.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if before[signal.SIGHUP] is not signal.SIG_IGN:
        # The terminal was closed, which means nothing to what was started with nohup.
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def migrate(settings: Settings) -> None:
    """Bring the opened database to the newest schema where it is not there yet, which costs a moment to find out."""
    # Asked as the application's role: a console that has only that one serves what somebody else has migrated.
    engine = sa.create_engine(str(settings.database_url), poolclass=NullPool, connect_args={"connect_timeout": 10})
    with engine.connect() as connection:
        schema.require_supported(connection)
        current = schema.is_current(connection)
        # Only the owner can say how long the record is kept; where there is no other role, `larder migrate` does.
        apart = settings.owner_url != settings.database_url
        kept = not current or not apart or schema.kept_days(connection) == settings.undo_days
    if not current or not kept:
        migrate_now(settings)


def migrate_now(settings: Settings) -> str:
    """Migrate the opened database and grant the application's role its rights; returns the revision."""
    role = schema.role_of(str(settings.database_url))
    return schema.migrate(str(settings.owner_url), role, settings.undo_days)


def note(sentence: str) -> None:
    """Say something beside the output proper."""
    click.echo(sentence, err=True)

"""Brings a database to the newest schema, and says whether it is there.

Sync on purpose: migrations are a set-up step. Everything happens in one transaction, so that a crash in the middle
leaves the old schema, and behind one lock, so that any number of processes may start at once. `migrations/env.py`
takes the lock and sets the timeouts, for `alembic` called by hand too.
"""

from __future__ import annotations

import sys
import time
from functools import cache
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from admin import grants

OLDEST_SERVER = 16
ATTEMPTS = 6
PAUSE = 2.0
"""Seconds between attempts, in which those whom our waiting lock held up get through."""
ROOT = Path(__file__).parent.parent


class SchemaError(Exception):
    """The database cannot be used as it is; the message says why and what to do, in a sentence."""


def migrate(owner_url: str, app_role: str, undo_days: int | None = None) -> str:
    """Upgrade to the newest revision, then grant the application's role what it needs; returns the revision.

    `undo_days` is how long the record of what was overwritten must be kept; None leaves that as it is.

    Safe to repeat and to run in several processes at once. A table that stays locked for five seconds makes an
    attempt give way, so that a migration never blocks everybody else behind it. Raises `SchemaError`.
    """
    engine = sa.create_engine(owner_url, poolclass=NullPool, connect_args={"connect_timeout": 10})
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with engine.begin() as connection:
                return _migrate(connection, app_role, undo_days)
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != "55P03":
                raise
            if attempt < ATTEMPTS:
                time.sleep(PAUSE)
    raise SchemaError("A table stayed locked by somebody else, so nothing was migrated. Try again when it is quiet.")


def head_revision() -> str:
    """The revision this version of Larder is made for."""
    return _scripts().get_current_head() or ""


def current_revision(connection: sa.Connection) -> str | None:
    """The revision the database is at; None when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(connection: sa.Connection) -> bool:
    """Whether database and program belong together. From async code: `await connection.run_sync(is_current)`."""
    return current_revision(connection) == head_revision()


def kept_days(connection: sa.Connection) -> int:
    """For how many days the database keeps what was overwritten, at the least."""
    return int(connection.scalar(sa.text("select larder.undo_days()")) or 0)


def server_major(connection: sa.Connection) -> int:
    """The major version of the server, such as 18."""
    return int(connection.scalar(sa.text("select current_setting('server_version_num')"))) // 10_000


def require_supported(connection: sa.Connection) -> None:
    """Raise `SchemaError` when the server is older than the oldest supported one."""
    major = server_major(connection)
    if major < OLDEST_SERVER:
        raise SchemaError(f"Larder needs PostgreSQL {OLDEST_SERVER} or newer; this server is PostgreSQL {major}.")


def config(connection: sa.Connection | None = None, stdout: TextIO = sys.stdout) -> Config:
    """Alembic's configuration, for commands that run on this connection and leave its transaction to the caller."""
    made = Config(stdout=stdout)
    # Not from pyproject.toml, which `alembic` itself reads in a checkout: an installed package has none.
    made.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def _migrate(connection: sa.Connection, app_role: str, undo_days: int | None) -> str:
    require_supported(connection)
    _require_known_revision(connection)
    command.upgrade(config(connection), "head")
    # Partitions of the log for the months ahead: each start sees to it, and a catch-all takes what nobody saw to.
    connection.execute(sa.text("select larder.make_months()"))
    if undo_days not in (None, kept_days(connection)):
        # A number in a function of the owner's: no setting, which the application's role could change for itself.
        function = "create or replace function larder.undo_days() returns integer language sql immutable"
        connection.execute(sa.text(f"{function} as 'select {undo_days}'"))
    grants.grant(connection, app_role)
    return current_revision(connection) or ""


def _require_known_revision(connection: sa.Connection) -> None:
    current = current_revision(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if current is not None and current not in known:
        raise SchemaError(
            f"The database was migrated by a newer Larder (revision {current}). Start that one, or restore a backup."
        )


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


def role_of(url: str) -> str:
    """The role a database URL connects as."""
    role = make_url(url).username
    if role is None:
        raise SchemaError("DATABASE_URL names no role: write postgresql://ROLE:PASSWORD@HOST/DATABASE.")
    return role


def libpq_url(url: str) -> str:
    """The same URL as programs of PostgreSQL want it, without SQLAlchemy's name of the driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

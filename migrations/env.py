"""What Alembic runs for every command: which tables count, and how to wait for locks.

`python -m admin migrate` hands its connection in through `config.attributes["connection"]`. Called by
itself (`alembic revision --autogenerate -m "add shelf"`) it connects as the owner the environment names.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext

from alembic import context
from sqlalchemy import Connection, Index, create_engine, make_url, text
from sqlalchemy.schema import SchemaItem

import models
from admin import tables

METADATA = [models.Base.metadata, tables.Base.metadata]
SCHEMAS = {None, *(table.schema for metadata in METADATA for table in metadata.tables.values())}

# Five processes may start at once: the first one migrates, the others wait here and find the work done.
ONE_AT_A_TIME = 5_273_371
SETTINGS = {
    # Better to give up than to queue every reader of a busy table behind a waiting ALTER TABLE.
    "lock_timeout": "5s",
    "statement_timeout": "15min",
    # A role called like a schema would otherwise put the tables into that schema.
    "search_path": "public",
}


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """Whether a schema or table that was found in the database is looked after by these migrations."""
    if kind == "schema":
        return name in SCHEMAS
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def is_possible(item: SchemaItem, _: str | None, __: str, reflected: bool, ___: object) -> bool:
    """Whether the server can have this at all: trigram indexes need an extension that a few servers lack."""
    ops = item.dialect_options["postgresql"]["ops"] if isinstance(item, Index) else {}
    if reflected or "gin_trgm_ops" not in ops.values():
        return True
    available = text("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')")
    return bool(context.get_bind().scalar(available))


def connect() -> AbstractContextManager[Connection]:
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is not None:
        return nullcontext(connection)
    url = os.environ.get("LARDER_OWNER_URL") or os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("Set LARDER_OWNER_URL to the database, or run: python -m admin migrate")
    return create_engine(make_url(url).set(drivername="postgresql+psycopg")).connect()


def migrate(connection: Connection) -> None:
    """Run the command's revisions in one transaction: all of them arrive, or none."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_schemas=True,
        include_name=is_ours,
        include_object=is_possible,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        for name, value in SETTINGS.items():
            connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations ask the server for its version, so they cannot be written out as SQL beforehand.")
with connect() as connection:
    migrate(connection)

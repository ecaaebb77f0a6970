"""What the application's role may do: work with rows, and nothing to the schema.

Granted anew after every migration, so that a table is never forgotten. The history of changes can be added to but not
rewritten: it is what Undo and the list of operations rest on.
"""

from __future__ import annotations

import sqlalchemy as sa

ROWS = "select, insert, update, delete"
NARROWER = {
    "public.alembic_version": "select",
    "larder.operation": "select, insert",
    # Written by triggers that run as their owner.
    "larder.before_image": "select",
    "larder.inserted_keys": "select",
}
STAGING = "larder_staging"
"""Schema of the tables that an import makes for itself; the only place where the application may create."""


def grant(connection: sa.Connection, app_role: str) -> None:
    """Give `app_role` its rights on what is there; run as the owner. Nothing to do where it is the owner itself."""
    connection.execute(sa.text(f"create schema if not exists {STAGING}"))
    if app_role == connection.scalar(sa.text("select current_user")):
        return
    role = connection.dialect.identifier_preparer.quote_identifier(app_role)
    present = connection.scalars(
        sa.text("select nspname from pg_namespace where nspname in ('public', 'larder') order by 1")
    )
    for schema in present.all():
        connection.execute(sa.text(f"grant usage on schema {schema} to {role}"))
        connection.execute(sa.text(f"grant {ROWS} on all tables in schema {schema} to {role}"))
        connection.execute(sa.text(f"revoke truncate on all tables in schema {schema} from {role}, public"))
        connection.execute(sa.text(f"grant usage, update on all sequences in schema {schema} to {role}"))
    connection.execute(sa.text(f"grant usage, create on schema {STAGING} to {role}"))
    # Undo works out in a temporary table what becomes of each row. Everybody may make one by default, not everywhere.
    database = connection.dialect.identifier_preparer.quote_identifier(str(connection.engine.url.database))
    connection.execute(sa.text(f"grant temporary on database {database} to {role}"))
    _narrow(connection, role)


def _narrow(connection: sa.Connection, role: str) -> None:
    for table, rights in NARROWER.items():
        if connection.scalar(sa.text("select to_regclass(:table)"), {"table": table}):
            connection.execute(sa.text(f"revoke all on table {table} from {role}"))
            connection.execute(sa.text(f"grant {rights} on table {table} to {role}"))

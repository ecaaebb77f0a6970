"""The database `larder` and its two roles inside the embedded server. Neither is a superuser."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

from admin.embedded.passwords import APP, OWNER

DATABASE = "larder"


def ensure(url: str, passwords: Mapping[str, str]) -> None:
    """Make what is missing of roles and database. `url` is a libpq one and names the superuser."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        for role in (OWNER, APP):
            if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                statement = sql.SQL("create role {} login nosuperuser nocreatedb nocreaterole password {}")
                connection.execute(statement.format(sql.Identifier(role), sql.Literal(passwords[role])))
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            _create_database(connection)


def _create_database(connection: psycopg.Connection) -> None:
    names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER), "app": sql.Identifier(APP)}
    connection.execute(sql.SQL("create database {database} owner {owner}").format(**names))
    connection.execute(sql.SQL("revoke all on database {database} from public").format(**names))
    connection.execute(sql.SQL("grant connect, temporary on database {database} to {app}").format(**names))

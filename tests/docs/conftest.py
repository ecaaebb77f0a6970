"""A database with a hundred thousand rows in every table, made once: on fewer, Postgres rightly ignores indexes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from psycopg import sql as compose
from sqlalchemy.pool import NullPool

from admin.embedded import EmbeddedPostgres
from models.seed import STATEMENTS, seed
from tests.conftest import TEMPLATE
from tests.postgres import Database

ROWS = 100_000


def require_trigrams(database: Database, needed: bool) -> None:
    """Skip where the server lacks pg_trgm, which few do; Larder runs without it, but not these queries."""
    if needed and not database.value("select exists (select from pg_extension where extname = 'pg_trgm')"):
        pytest.skip("this server has no pg_trgm")


@pytest.fixture(scope="session")
def large(server: EmbeddedPostgres) -> Iterator[Database]:
    """Shared by the tests of these pages, which read it and leave no more than a row behind."""
    maintenance = Database(server, "postgres")
    made = Database(server, "hundred_thousand")
    name = compose.Identifier(made.name)
    maintenance.sql(
        compose.SQL("create database {} owner larder_owner template {}").format(name, compose.Identifier(TEMPLATE))
    )
    engine = sa.create_engine(made.owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        seed(connection, rows=dict.fromkeys(STATEMENTS.keys() - {"setting"}, ROWS))
    yield made
    made.close()
    maintenance.sql(compose.SQL("drop database {} with (force)").format(name))
    maintenance.close()

"""A connection as the role that owns the cookbook's tables, and what the models would make of an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.pool import NullPool

from admin.schema import ROOT
from models import Base
from tests.postgres import Database


@pytest.fixture
def owner(database: Database) -> Iterator[sa.Connection]:
    """In a transaction of its own, rolled back at the end unless the test commits it."""
    engine = sa.create_engine(database.owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def revision() -> ModuleType:
    """The revision that makes the cookbook's tables."""
    found = ScriptDirectory(str(ROOT / "migrations")).get_revision("cookbook")
    return found.module


@pytest.fixture(scope="session")
def ddl() -> list[str]:
    """Every statement that `create_all` would send, its white space made single."""
    statements: list[str] = []

    def keep(statement: sa.Executable, *_: object) -> None:
        statements.append(" ".join(str(statement.compile(dialect=engine.dialect)).split()))

    engine = sa.create_mock_engine("postgresql+psycopg://", keep)
    Base.metadata.create_all(engine, checkfirst=False)
    return statements

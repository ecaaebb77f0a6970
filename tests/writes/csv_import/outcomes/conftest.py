"""One database for all cases: each begins with an empty table and nothing staged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Clone
from tests.postgres import Database
from tests.writes.csv_import import oddities

CLEAR = """
delete from oddity;
do $$ declare it text; begin
  for it in select tablename from pg_tables where schemaname = 'larder_staging' loop
    execute format('drop table larder_staging.%I', it);
  end loop;
end $$
"""


@pytest.fixture(scope="package")
def database(clone: Clone) -> Iterator[Database]:
    """Shared, with the table that has a column of every kind."""
    with clone() as made:
        made.sql(oddities.TABLE)
        yield made


@pytest.fixture(autouse=True)
def emptied(database: Database) -> None:
    database.sql(CLEAR)

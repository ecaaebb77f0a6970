"""UUIDs that sort by time, the server's own and ours for PostgreSQL 16 and 17; bigint keys that may be given."""

from __future__ import annotations

from types import ModuleType
from uuid import UUID

import pytest
import sqlalchemy as sa

from models.recipes import keys
from tests.postgres import Database

OURS = "pg_temp.uuidv7_of_ours"


def made_by(owner: sa.Connection, function: str, number: int) -> list[UUID]:
    query = sa.text(f"select {function}() from generate_series(1, :number) as n order by n")
    return list(owner.scalars(query, {"number": number}))


@pytest.fixture
def ours(owner: sa.Connection, revision: ModuleType) -> str:
    """The function that the migration makes on older servers, under a name of its own."""
    owner.execute(sa.text(revision.UUIDV7.replace("uuidv7()", f"{OURS}()")))
    return OURS


def test_the_migration_makes_the_same_function_as_the_recipe(revision: ModuleType) -> None:
    assert revision.UUIDV7.strip() == keys.UUIDV7.replace("CREATE OR REPLACE", "CREATE")


@pytest.mark.parametrize("function", ["uuidv7", "ours"])
def test_ids_are_uuids_of_version_7_and_sort_by_time(function: str, ours: str, owner: sa.Connection) -> None:
    name = ours if function == "ours" else "uuidv7"
    # Two at the same microsecond may come in either order, so a few are made, each in a statement of its own.
    ids = [made_by(owner, name, 1)[0] for _ in range(50)]
    assert ids == sorted(ids)
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}


def test_ours_holds_the_time_of_its_making(ours: str, owner: sa.Connection) -> None:
    before = owner.scalar(sa.text("select extract(epoch from clock_timestamp())"))
    (one,) = made_by(owner, ours, 1)
    after = owner.scalar(sa.text("select extract(epoch from clock_timestamp())"))
    milliseconds = one.int >> 80
    assert int(before * 1000) <= milliseconds <= int(after * 1000)


def test_ours_never_repeats(ours: str, owner: sa.Connection) -> None:
    assert len(set(made_by(owner, ours, 20_000))) == 20_000


def test_a_key_is_made_by_the_database_unless_it_is_given(database: Database) -> None:
    database.sql("insert into author (id, name) values (500, 'Given')")
    made = database.value("insert into author (name) values ('Made') returning id")
    assert made == 1
    database.sql("""insert into "user" (email, name) values ('ann@example.org', 'Ann')""")
    first, second = (
        database.value("insert into api_key (user_id, label) values (1, 'Laptop') returning id") for _ in range(2)
    )
    assert first < second

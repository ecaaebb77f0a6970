"""What leaves as CSV comes back as it was: any value of any kind, and every table of the cookbook."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from sqlalchemy import NullPool, create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from models import seed
from tests.postgres import Database
from tests.reads.test_csv_export import exported, read
from tests.writes.csv_import import oddities
from tests.writes.csv_import.conftest import RESOURCES, Imports

pytestmark = pytest.mark.anyio

ROWS: dict[str, some.SearchStrategy[Any]] = {
    "name": some.text(max_size=40),
    "note": some.none() | some.text(alphabet="a'\"=+-@\t\r\n,;|＝5. \\", max_size=8) | some.text(max_size=40),
    "amount": some.none() | some.decimals(0, 999, places=2),
    "small": some.none() | some.integers(-(2**30), 2**30 - 1),
    "ratio": some.none() | some.floats(),
    "flag": some.none() | some.booleans(),
    "day": some.none() | some.dates(),
    "clock": some.none() | some.times(),
    "at": some.none() | some.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=some.timezones()),
    "token": some.none() | some.uuids(),
    "mood": some.none() | some.sampled_from(["calm", "Angry"]),
    "tags": some.none() | some.lists(some.none() | some.text(max_size=5), max_size=3),
    "blob": some.none() | some.binary(max_size=5),
    "data": some.none()
    | some.recursive(some.booleans() | some.text(max_size=5) | some.integers(), some.lists).map(json.dumps),
}


def _storable(row: dict[str, Any]) -> bool:
    return "\\u0000" not in json.dumps(row, default=str) and "\\ud" not in json.dumps(row, default=str)


@settings(
    max_examples=8,
    deadline=None,
    # Each example costs a dozen statements: what fails is small enough to read without being made smaller.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rows=some.lists(some.fixed_dictionaries(ROWS).filter(_storable), min_size=1, max_size=40))
async def test_any_table_that_leaves_comes_back_the_same(
    rows: list[dict[str, Any]], session_maker: async_sessionmaker[AsyncSession], database: Database, oddity: None,
    imports: Imports,
):  # fmt: skip
    database.sql("delete from oddity")
    columns = ", ".join(ROWS)
    marks = ", ".join("%s::mood" if name == "mood" else "%s::jsonb" if name == "data" else "%s" for name in ROWS)
    for row in rows:
        database.sql(f"insert into oddity ({columns}) values ({marks})", *[row[name] for name in ROWS])
    text = await exported(session_maker, oddities.RESOURCE)
    report = await imports.check(text, "oddity")
    assert (report.unchanged, report.total) == (len(rows), len(rows)), report.rejections
    before = database.sql("select md5(string_agg(o::text, '|' order by id)) from oddity o")
    database.sql("delete from oddity")
    done = await imports.run(text, "oddity")
    assert (done.new, done.applied) == (len(rows), True)
    assert database.sql("select md5(string_agg(o::text, '|' order by id)) from oddity o") == before


async def test_every_table_of_the_cookbook_comes_back_unchanged(
    session_maker: async_sessionmaker[AsyncSession], database: Database, imports: Imports
):
    owner = create_engine(database.owner_url, poolclass=NullPool)
    with owner.begin() as connection:
        seed.seed(connection, rows=dict.fromkeys(seed.STATEMENTS, 60))
    for identity, resource in RESOURCES.items():
        text = await exported(session_maker, resource)
        report = await imports.check(text, identity)
        assert (report.unchanged, report.total) == (len(read(text)), len(read(text))), (identity, report.rejections)
        assert report.total > 20

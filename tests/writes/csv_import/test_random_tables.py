"""Whatever the table and the way its file is written: export and import is the identity, and every line is counted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.postgres import Database
from tests.reads.test_csv_export import exported
from tests.writes.csv_import import random_tables
from tests.writes.csv_import.conftest import ODD, Imports
from tests.writes.csv_import.random_tables import Dialect, Made

pytestmark = pytest.mark.anyio

CONTENT = "select md5(string_agg(r::text, '|' order by id)) from random r"
HARM = some.lists(some.tuples(some.integers(0, 200), some.sampled_from(["?!", "", "7", "x" * 9, None])), max_size=8)


def examples(number: int) -> Any:
    """Each example costs some fifty statements: what fails is small enough to read without being made smaller."""
    unhealthy = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=number, deadline=None, phases=[Phase.generate], suppress_health_check=unhealthy)


def harmed(content: str, harm: list[tuple[int, str | None]]) -> str:
    """An export in which some cells are something else now."""
    rows = random_tables.cells(content)
    for place, text in harm:
        row = rows[1 + place % (len(rows) - 1)]
        row[1 + place % (len(row) - 1)] = text
    lines = [",".join("" if one is None else '"' + one.replace('"', '""') + '"' for one in row) for row in rows]
    return "".join(f"{line}\n" for line in lines)


async def hold(
    table: tuple[list[Made], list[list[Any]]], dialect: Dialect, harm: list[tuple[int, str | None]],
    sessions: async_sessionmaker[AsyncSession], database: Database, imports: Imports,
) -> None:  # fmt: skip
    columns, rows = table
    ODD["random"], create = random_tables.resource(columns)
    database.sql(create)
    for row in rows:
        database.sql(random_tables.insert(columns), *row)
    export, before = await exported(sessions, ODD["random"]), database.value(CONTENT)
    stored = await imports.hand_in(dialect.write(export), "random", delimiter=dialect.delimiter)
    assert stored.report is not None, stored.record.error
    assert (stored.report.unchanged, stored.report.total) == (len(rows), len(rows)), stored.report.rejections
    database.sql("delete from random")
    await imports.choose()
    assert ((await imports.apply()).new, database.value(CONTENT)) == (len(rows), before)
    report = await imports.check(harmed(export, harm), "random", skip_bad=True, empty="clear")
    assert report.new + report.changed + report.unchanged + report.rejected == len(rows)
    if report.importable:
        done = await imports.apply()
        assert (done.applied, done.counts) == (True, report.counts), done.rejections


@examples(6)
@given(table=random_tables.tables(), dialect=random_tables.DIALECTS, harm=HARM)
async def test_any_table_comes_back_from_any_file(
    table: Any, dialect: Dialect, harm: Any, session_maker: async_sessionmaker[AsyncSession], database: Database,
    imports: Imports,
):  # fmt: skip
    await hold(table, dialect, harm, session_maker, database, imports)


@pytest.mark.large
@examples(150)
@given(table=random_tables.tables(), dialect=random_tables.DIALECTS, harm=HARM)
async def test_many_tables_come_back_from_many_files(
    table: Any, dialect: Dialect, harm: Any, session_maker: async_sessionmaker[AsyncSession], database: Database,
    imports: Imports,
):  # fmt: skip
    await hold(table, dialect, harm, session_maker, database, imports)

"""Exports: the rows of the list as they are, and back again without a change."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.reads import csv_export
from admin.reads.query import Filter, ListQuery
from admin.resource import Resource
from tests.postgres import Database
from tests.writes.csv_import import oddities
from tests.writes.csv_import.conftest import RESOURCES

pytestmark = pytest.mark.anyio


async def exported(
    sessions: async_sessionmaker[AsyncSession], resource: Resource, query: ListQuery | None = None, *, raw: bool = False
) -> str:
    async with sessions() as session:
        return csv_export.header(resource) + await copied(
            session, csv_export.as_csv(resource, query or ListQuery(), raw=raw)
        )


async def copied(session: AsyncSession, lines: csv_export.Lines) -> str:
    return b"".join([chunk.data async for chunk in csv_export.stream(session, lines)]).decode()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def oddity(database: Database) -> None:
    database.sql(oddities.TABLE)


async def test_an_export_holds_the_rows_of_the_list_in_its_order(
    session_maker: async_sessionmaker[AsyncSession], database: Database
):
    database.sql("insert into customer (id, email, name, balance, deleted_at) values"
                 " (1, 'a@x', 'Ann', 5, null), (2, 'b@x', 'Ben', 7, null), (3, 'c@x', 'Cy', 9, now())")  # fmt: skip
    customer = RESOURCES["customer"]
    rows = read(await exported(session_maker, customer, ListQuery(sort="balance", descending=True)))
    assert [row["name"] for row in rows] == ["Ben", "Ann"]
    rows = read(await exported(session_maker, customer, ListQuery(deleted="only")))
    assert [row["name"] for row in rows] == ["Cy"]
    above = ListQuery(filters=(Filter("balance", "gt", "6", 6),), size=10, page=3)
    assert [row["name"] for row in read(await exported(session_maker, customer, above))] == ["Ben"]


async def test_values_keep_every_digit(
    session_maker: async_sessionmaker[AsyncSession], database: Database, oddity: None
):
    database.sql(
        """insert into oddity (name, note, amount, ratio, at, data, doc, flag, day, blob, span) values
        ('ann', '', 1.50, 0.1, '2026-11-23 14:05:06.123456+02', '{"a": 1.10}', '{"b":1,  "a":2}', true, '0999-01-01',
         '\\xdead', '1 mon 2 days')"""
    )
    (row,) = read(await exported(session_maker, oddities.RESOURCE))
    assert row["at"] == "2026-11-23 12:05:06.123456+00"
    assert (row["amount"], row["ratio"], row["flag"], row["day"]) == ("1.50", "0.1", "true", "0999-01-01")
    assert (row["data"], row["doc"], row["blob"], row["span"]) == (
        '{"a": 1.10}', '{"b":1,  "a":2}', "\\xdead", "1 mon 2 days",
    )  # fmt: skip
    line = (await exported(session_maker, oddities.RESOURCE)).splitlines()[1]
    assert line.startswith('1,,ann,"",1.50,,,')


async def test_formulas_get_an_apostrophe_and_numbers_do_not(
    session_maker: async_sessionmaker[AsyncSession], database: Database
):
    for number, name in enumerate(
        ["=1+1", "+49 30", "-5", "+3.20", "@x", "\tx", "'quoted", "'", "plain", "＝x", "- x"]
    ):
        database.sql("insert into author (id, name) values (%s, %s)", number, name)
    by_id = ListQuery(sort="id")
    rows = read(await exported(session_maker, RESOURCES["author"], by_id))
    assert [row["name"] for row in rows] == [
        "'=1+1", "'+49 30", "-5", "+3.20", "'@x", "'\tx", "''quoted", "''", "plain", "'＝x", "'- x",
    ]  # fmt: skip
    rows = read(await exported(session_maker, RESOURCES["author"], by_id, raw=True))
    assert [row["name"] for row in rows][:2] == ["=1+1", "+49 30"]


async def test_json_lines_keep_types_and_digits(session_maker: async_sessionmaker[AsyncSession], database: Database):
    database.sql("""insert into setting values ('a"b', '{"x": [1, 2.50], "y": null}')""")
    database.sql("insert into customer (id, email, name, balance) values (1, 'a@x', 'Ann', 5)")
    async with session_maker() as session:
        lines = (await copied(session, csv_export.as_json(RESOURCES["setting"], ListQuery()))).splitlines()
        assert [json.loads(line) for line in lines] == [{"key": 'a"b', "value": {"x": [1, 2.5], "y": None}}]
        (line,) = (await copied(session, csv_export.as_json(RESOURCES["customer"], ListQuery()))).splitlines()
    assert '"balance": 5.00' in line
    assert json.loads(line)["city"] is None

"""Filters mean what they say: each operator on each suitable kind, as rows and as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import filter_words, filters, listing
from admin.reads.filters import OPERATORS_OF
from admin.reads.query import OPERATORS, Filter, ListQuery
from admin.values import BadValue
from models import Book, Document, Event, Invoice
from tests.postgres import Database
from tests.strangers import Odd, create, resource_of

pytestmark = pytest.mark.anyio

ODD, BOOK, DOCUMENT, INVOICE, EVENT = (resource_of(model) for model in (Odd, Book, Document, Invoice, Event))


@pytest.fixture
def odds(database: Database) -> None:
    create(database)
    database.sql(
        """insert into "odd ""table""; %s :x" (a, "so""rt", "select", amount, happened, size, tags, data) values
        (1, 'alpha', '100% sure', 1.50, '2026-11-01 00:00', 'SMALL', '{red,blue}', '{"k": {"x": 1}, "l": [1, 2]}'),
        (2, 'Beta', '100 sure', 2.50, '2026-11-01 23:59:59.999999', 'LARGE', '{red}', '{"k": 2}'),
        (3, 'a_b', 'back\\slash', 3.50, '2026-11-02 00:00', 'LARGE', '{}', null),
        (4, '', 'comma, too', null, '2026-10-31 12:00', null, null, '[]'),
        (5, null, null, 5, null, 'SMALL', '{"re%d"}', '{}')"""
    )
    database.sql("""update "odd ""table""; %s :x" set weight = 0.1 where a = 2""")


def read(resource, column: str, operator: str, text: str) -> Filter:
    return filters.read(resource.column(column), operator, text)


CASES = [
    ("a", "exact", "3", {3}),
    ("a", "ne", "3", {1, 2, 4, 5}),
    ("a", "gt", "3", {4, 5}),
    ("a", "gte", "3", {3, 4, 5}),
    ("a", "lt", "3", {1, 2}),
    ("a", "lte", "3", {1, 2, 3}),
    ("a", "in", "1,5,9", {1, 5}),
    ("a", "range", "2,4", {2, 3, 4}),
    ("a", "range", "4,", {4, 5}),
    ("a", "range", ",2", {1, 2}),
    ("a", "range", "4,2", set()),
    ("amount", "ne", "1.50", {2, 3, 4, 5}),  # 4 has no amount: it is not 1.50
    ("amount", "isnull", "yes", {4}),
    ("amount", "isnull", "false", {1, 2, 3, 5}),
    ("amount", "lt", "2.5", {1}),
    ("weight", "exact", "0.1", {2}),
    ("weight", "ne", "0.1", {1, 3, 4, 5}),
    ("weight", "in", "0.1,7", {2}),
    ("weight", "gt", "0.1", set()),
    ("sort", "exact", "", {4}),
    ("sort", "ne", "", {1, 2, 3, 5}),
    ("sort", "contains", "a", {1, 2, 3}),
    ("sort", "contains", "A", set()),
    ("sort", "icontains", "A", {1, 2, 3}),
    ("sort", "icontains", "b", {2, 3}),
    ("sort", "startswith", "a", {1, 3}),
    ("sort", "contains", "_", {3}),
    ("sort", "icontains", "a_b", {3}),
    ("sort", "startswith", "a_", {3}),
    ("select", "contains", "%", {1}),
    ("select", "icontains", "0% S", {1}),
    ("select", "contains", "\\", {3}),
    ("select", "in", "comma\\, too,back\\\\slash", {3, 4}),
    ("size", "exact", "LARGE", {2, 3}),
    ("size", "ne", "LARGE", {1, 4, 5}),
    ("size", "in", "SMALL,LARGE", {1, 2, 3, 5}),
    ("happened", "date", "2026-11-01", {1, 2}),
    ("happened", "exact", "2026-11-01", {1, 2}),
    ("happened", "ne", "2026-11-01", {3, 4, 5}),
    ("happened", "gt", "2026-11-01", {3}),
    ("happened", "gte", "2026-11-01", {1, 2, 3}),
    ("happened", "lt", "2026-11-01", {4}),
    ("happened", "lte", "2026-11-01", {1, 2, 4}),
    ("happened", "range", "2026-10-31,2026-11-01", {1, 2, 4}),
    ("happened", "in", "2026-10-31,2026-11-02", {3, 4}),
    ("happened", "exact", "2026-11-01 00:00", {1}),
    ("happened", "lte", "2026-11-01 00:00", {1, 4}),
    ("tags", "contains", "red", {1, 2}),
    ("tags", "contains", "re%d", {5}),
    ("tags", "isnull", "1", {4}),
    ("data", "contains", '{"k": {"x": 1}}', {1}),
    ("data", "contains", '{"k": 2}', {2}),
    ("data", "contains", "[]", {4}),
    ("data", "isnull", "on", {3}),
]


@pytest.mark.usefixtures("odds")
async def test_each_operator_finds_what_a_person_expects(session: AsyncSession):
    wrong = []
    for column, operator, text, expected in CASES:
        query = ListQuery(filters=(read(ODD, column, operator, text),))
        found = {row.a for row in await session.scalars(listing.matching(ODD, query))}
        if found != expected:
            wrong.append((column, operator, text, found))
    assert not wrong


@pytest.mark.usefixtures("odds")
async def test_filters_are_joined_by_and(session: AsyncSession):
    both = (read(ODD, "a", "gt", "1"), read(ODD, "a", "lt", "4"), read(ODD, "size", "exact", "LARGE"))
    found = {row.a for row in await session.scalars(listing.matching(ODD, ListQuery(filters=both)))}
    assert found == {2, 3}


async def test_a_day_of_a_zoned_timestamp_is_a_day_in_utc(session: AsyncSession, database: Database):
    database.sql("insert into event (id, created_at, kind) values (1, '2026-11-01 01:00+02', '')")
    database.sql("insert into event (id, created_at, kind) values (2, '2026-11-01 23:00Z', '')")
    query = ListQuery(filters=(read(EVENT, "created_at", "date", "2026-11-01"),))
    assert [row.id for row in await session.scalars(listing.matching(EVENT, query))] == [2]


async def test_a_day_is_two_bounds_that_an_index_serves(database: Database):
    database.sql("insert into event (kind) select '' from generate_series(1, 5000); analyze event")
    statement = listing.matching(EVENT, ListQuery(filters=(read(EVENT, "created_at", "date", "2020-01-01"),)))
    sql = str(statement.compile(compile_kwargs={"literal_binds": True}))
    assert any("event_created_at" in line for (line,) in database.sql(f"explain {sql}"))


def test_every_kind_has_operators_and_every_operator_is_known():
    for resource in (ODD, BOOK, DOCUMENT, INVOICE):
        for column in resource.traits.columns.values():
            assert set(filters.operators(column)) <= set(OPERATORS)
    assert {operator for found in OPERATORS_OF.values() for operator in found} == set(OPERATORS)


@pytest.mark.parametrize(
    ("column", "operator", "text", "words"),
    [
        ("status", "exact", "draft", "status is draft"),
        ("status", "ne", "draft", "status is not draft"),
        ("status", "in", "draft,sent,paid", "status is draft, sent or paid"),
        ("amount", "gte", "10", "amount at least 10"),
        ("amount", "lt", "10", "amount less than 10"),
        ("amount", "range", "1,5", "amount from 1 to 5"),
        ("amount", "range", ",5", "amount at most 5"),
        ("due", "ne", "2026-11-01", "due is not 2026-11-01 or empty"),
        ("due", "isnull", "yes", "due is empty"),
        ("due", "isnull", "no", "due is not empty"),
        ("due", "gt", "2026-11-01", "due after 2026-11-01"),
        ("due", "exact", "2026-11-01", "due on 2026-11-01"),
        ("created_at", "date", "2026-11-01", "created on 2026-11-01"),
        ("created_at", "gte", "2026-11-01", "created from 2026-11-01"),
        ("created_at", "exact", "2026-11-01 10:00", "created at is 2026-11-01 10:00:00Z"),
        ("deleted_at", "isnull", "no", "deleted at is not empty"),
        ("number", "icontains", "INV", "number contains “INV”"),
        ("number", "contains", "INV", "number contains (same case) “INV”"),
        ("number", "startswith", "INV", "number starts with “INV”"),
        ("number", "exact", "", "number is “”"),
        ("customer_id", "exact", "7", "customer is Ann"),
        ("customer_id", "in", "7,8", "customer is Ann or 8"),
    ],
)
def test_filters_speak(column: str, operator: str, text: str, words: str):
    assert filter_words.phrase(INVOICE, read(INVOICE, column, operator, text), {7: "Ann"}) == words


def test_filters_on_odd_kinds_speak_too():
    assert filter_words.phrase(ODD, read(ODD, "size", "exact", "LARGE")) == "size is LARGE"
    assert filter_words.phrase(ODD, read(ODD, "tags", "contains", "red")) == "tags contains red"
    assert filter_words.phrase(ODD, read(ODD, "data", "contains", '{"k":2}')) == 'data contains {"k": 2}'
    labelled = resource_of(Book, column_labels={"isbn": "ISBN"})
    assert filter_words.phrase(labelled, read(BOOK, "isbn", "isnull", "y")) == "ISBN is empty"


@given(st.lists(st.text(), min_size=1))
def test_lists_of_values_survive_being_written(parts: list[str]):
    assert filters.split(filters.join(parts)) == parts


def test_a_list_of_values_has_a_limit():
    with pytest.raises(BadValue, match="at most 1,000"):
        read(BOOK, "id", "in", ",".join(map(str, range(1001))))

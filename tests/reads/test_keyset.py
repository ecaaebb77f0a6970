"""Scrolling on cursors: no row twice, none left out, whatever the order and whatever changes meanwhile."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.errors import BadRequest
from admin.reads import keyset, listing, paging
from admin.reads.ordering import order_of
from admin.reads.query import ListQuery
from admin.resource import Resource
from models import Customer, Event
from tests.postgres import Database, Queries
from tests.strangers import Link, Node, Odd, Plain, Shelf, create, resource_of

pytestmark = pytest.mark.anyio

ORDERS = {
    "key": resource_of(Plain),
    "nullable, up": resource_of(Plain, column_default_sort=[("a", False)]),
    "nullable, down": resource_of(Plain, column_default_sort=[("a", True)]),
    "same direction": resource_of(Plain, column_default_sort=[("c", True), ("a", True), ("b", True)]),
    "mixed": resource_of(Plain, column_default_sort=[("a", False), ("b", True), ("c", False)]),
    "nullable last": resource_of(Plain, column_default_sort=[("c", False), ("b", False)]),
}

rows = st.tuples(
    st.none() | st.integers(0, 2), st.none() | st.sampled_from(["", "a", "B", "é", "a,\\"]), st.integers(0, 1)
)
tables = st.lists(rows, max_size=14)
shared = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
changes = st.lists(st.tuples(st.integers(1, 14), rows), max_size=3)


def keys_of(resource: Resource, rows: Sequence[Any]) -> list[str]:
    return [values.key_text(resource.traits, row) for row in rows]


async def scroll(
    session: AsyncSession, resource: Resource, query: ListQuery, between: Any = None, *, up: bool = False
) -> list[Any]:
    """Every row of a list, page after page (or from the end: page before page), with something done between pages."""
    page = await listing.fetch(session, resource, query)
    found = list(page.rows)
    while page.before if up else page.after:
        if between:
            between()
        place = {"before": page.before} if up else {"after": page.after}
        page = await listing.fetch(session, resource, ListQuery(**{**vars(query), "after": None, **place}))
        found = [*page.rows, *found] if up else [*found, *page.rows]
    return found


@shared
@given(st.sampled_from(sorted(ORDERS)), tables, st.lists(changes, max_size=4), st.integers(1, 5))
async def test_what_stays_is_seen_once_and_in_order(session, database, order, table, changing, size):
    fill(database, table)
    resource, query = ORDERS[order], ListQuery(size=size)
    expected = [row.id for row in (await session.scalars(listing.matching(resource, query))).all()]
    deleted: set[int] = set()
    added = iter(range(100, 200))

    def change() -> None:
        for victim, row in changing.pop() if changing else []:
            database.sql("delete from plain where id = %s", victim)
            database.sql("insert into plain (id, a, b, c) values (%s, %s, %s, %s)", next(added), *row)
            deleted.add(victim)

    seen = [row.id for row in await scroll(session, resource, query, change)]
    assert len(seen) == len(set(seen))
    stayed = [number for number in expected if number not in deleted]
    assert [number for number in seen if number in stayed] == stayed


@shared
@given(st.sampled_from(sorted(ORDERS)), tables, st.integers(1, 5))
async def test_up_is_down_reversed(session, database, order, table, size):
    fill(database, table)
    resource = ORDERS[order]
    expected = [row.id for row in (await session.scalars(listing.matching(resource, ListQuery()))).all()]
    last = ListQuery(size=size, page=10**6)
    assert [row.id for row in await scroll(session, resource, last, up=True)] == expected[: len(expected)]


@shared
@given(st.sampled_from(sorted(ORDERS)), tables.filter(len), st.integers(0, 99))
async def test_every_place_cuts_the_list_in_two(session, database, order, table, place):
    fill(database, table)
    resource = ORDERS[order]
    keys = order_of(resource, ListQuery())
    whole = (await session.execute(paging.keys_of(resource, keys, listing.narrowed(resource, ListQuery())))).all()
    place %= len(whole)
    rows = listing.narrowed(resource, ListQuery()).with_only_columns(Plain.id)
    before = set(await session.scalars(rows.where(keyset.up_to(keys, whole[place][1:]))))
    after = [set(await session.scalars(rows.where(one))) for one in keyset.segments(keys, whole[place][1:])]
    assert before == {row[0] for row in whole[: place + 1]}
    assert sum(map(len, after)) == len(set().union(*after)) == len(whole) - place - 1
    assert not before & set().union(*after)


def fill(database: Database, table: list[tuple[Any, ...]]) -> None:
    """The table of one example; Hypothesis runs all of them in one database."""
    if database.value("select to_regclass('plain')") is None:
        create(database)
    database.sql("delete from plain")
    for number, row in enumerate(table, start=1):
        database.sql("insert into plain (id, a, b, c) values (%s, %s, %s, %s)", number, *row)


async def test_every_sortable_column_of_every_stranger_scrolls_both_ways(session: AsyncSession, database: Database):
    create(database)
    fill_strangers(database)
    for model in (Odd, Shelf, Node, Link):
        resource = resource_of(model)
        for sort in [None, *sorted(resource.visible)]:
            if sort is not None and resource.column(sort).kind in ("json", "array", "tsvector"):
                continue
            for descending in (False, True):
                query = ListQuery(sort=sort, descending=descending, size=2)
                expected = (await session.scalars(listing.matching(resource, query))).all()
                seen = await scroll(session, resource, query)
                assert keys_of(resource, seen) == keys_of(resource, expected), (model, sort, descending)


def fill_strangers(database: Database) -> None:
    database.sql(
        """insert into "odd ""table""; %s :x"
               ("page number %", "so""rt", "select", a, amount, ratio, weight, happened, size)
        values (1, 'x', 'one', 1, 'NaN', 'NaN', 0.1, '2020-01-01 10:00:00.123456', 'SMALL'),
               (1, null, 'two', null, 'Infinity', 'Infinity', 0.1, '2020-01-01 10:00:00.123457', 'LARGE'),
               (null, '', 'three', 2, '-Infinity', '-Infinity', 0.1, null, null),
               (2, 'x', 'four', 2, 0.1000, 0.1, 0.3, '2020-01-01', 'SMALL'),
               (3, 'y', 'five', 3, null, null, null, '0001-01-01', 'LARGE'),
               (3, 'y', 'six', 3, 12345678901234567890.123456789, 1e-300, 1e-30, '9999-12-31 23:59:59.999999', null)"""
    )
    database.sql("insert into shelf select i % 3, 'c,' || i, nullif(i % 2, 0)::text from generate_series(1, 7) i")
    database.sql("insert into node values ('a', 'Root', null), ('b', 'Leaf', 'a'), ('c', 'Leaf', 'a'), ('d', 'Z', 'b')")
    database.sql("insert into link values ('a', 'b', 1), ('a', 'c', null), ('b', 'c', 1), ('d', 'a', null)")


async def test_a_cursor_survives_the_deletion_of_its_row(session: AsyncSession, database: Database):
    database.sql("insert into event (kind) select i::text from generate_series(1, 9) i")
    resource = resource_of(Event)
    page = await listing.fetch(session, resource, ListQuery(size=3))
    database.sql("delete from event where id = %s", page.rows[-1].id)
    following = await listing.fetch(session, resource, ListQuery(size=3, after=page.after))
    assert [row.id for row in following.rows] == [6, 5, 4]


async def test_ends_are_known_in_both_directions(session: AsyncSession, database: Database):
    database.sql("insert into event (kind) select i::text from generate_series(1, 5) i")
    resource = resource_of(Event)
    first = await listing.fetch(session, resource, ListQuery(size=3))
    assert (first.has_previous, first.has_next, first.before) == (False, True, None)
    second = await listing.fetch(session, resource, ListQuery(size=3, after=first.after))
    assert (second.has_previous, second.has_next, second.after) == (True, False, None)
    back = await listing.fetch(session, resource, ListQuery(size=3, before=second.before))
    assert [row.id for row in back.rows] == [row.id for row in first.rows]
    assert (back.has_previous, back.has_next) == (False, True)


def cursor_of(payload: bytes, resource: Resource = ORDERS["key"]) -> str:
    """A cursor with a right checksum and whatever in it."""
    check = keyset._checksum(resource, order_of(resource, ListQuery()), payload)
    return base64.urlsafe_b64encode(check + payload).rstrip(b"=").decode()


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_noise_is_refused(text: str):
    with pytest.raises(BadRequest):
        keyset.read(ORDERS["key"], order_of(ORDERS["key"], ListQuery()), text)


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"[1]", b'["x"]', b'["1","2"]', b"[null]", b'{"0":1}', b"[true]", b'["1\\u0000"]', b"[" * 99999],
)
def test_a_forged_cursor_with_a_right_checksum_is_refused_before_it_reaches_the_database(payload: bytes):
    with pytest.raises(BadRequest, match="does not belong to this list"):
        keyset.read(ORDERS["key"], order_of(ORDERS["key"], ListQuery()), cursor_of(payload))


def test_any_altered_character_is_noticed():
    order = order_of(ORDERS["key"], ListQuery())
    text = keyset.cursor(ORDERS["key"], order, [123456])
    for place in range(len(text) - 1):  # the last one may hold bits that mean nothing
        altered = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(BadRequest):
            keyset.read(ORDERS["key"], order, altered)
    assert keyset.read(ORDERS["key"], order, text) == [123456]
    assert json.loads(base64.urlsafe_b64decode(text + "==")[keyset.CHECK_BYTES :]) == ["123456"]


async def test_one_row_comparison_where_directions_agree(session: AsyncSession, database: Database, queries: Queries):
    database.sql("insert into customer (email, name) select i::text, 'n' || i % 3 from generate_series(1, 20) i")
    resource = resource_of(Customer)
    page = await listing.fetch(session, resource, ListQuery(sort="name", size=5))
    queries.clear()
    await listing.fetch(session, resource, ListQuery(sort="name", size=5, after=page.after))
    (statement,) = queries.statements
    assert "(customer.name, customer.id) > (" in statement
    assert " OR " not in statement

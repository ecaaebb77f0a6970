"""Saving: what was changed is written, what others wrote stays, and a form sent twice is one row."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.actor import Actor
from admin.errors import Conflict, FieldError, Invalid, NotFound
from admin.reads.selection import Selection
from admin.writes import deletion, records
from admin.writes.clashes import StaleEdit
from models import Customer, Invoice, Review, Setting
from tests.postgres import Database
from tests.strangers import Odd, Shelf, create, resource_of
from tests.writes.conftest import Act

pytestmark = pytest.mark.anyio

CUSTOMER, INVOICE, REVIEW, SETTING = map(resource_of, (Customer, Invoice, Review, Setting))
ANN_LEE = {"email": "ann@example.org", "name": "Ann Lee"}


def operations(database: Database) -> list[tuple[Any, ...]]:
    return database.sql("select kind, sentence, detail ->> 'key' from larder.operation order by id")


async def errors_of(awaitable: Any) -> list[FieldError]:
    with pytest.raises(Invalid) as refused:
        await awaitable
    return refused.value.errors


async def test_a_row_is_made_with_the_defaults_of_the_database(database: Database, act: Act, ann: Actor):
    saved = await act(records.create, ann, CUSTOMER, ANN_LEE)
    assert (saved.row.name, saved.row.balance, saved.row.active) == ("Ann Lee", Decimal("0.00"), True)
    assert saved.sentence == f"Customer {saved.row.id} created."
    assert operations(database) == [("create", saved.sentence, str(saved.row.id))]


async def test_an_edit_writes_the_columns_that_were_changed(database: Database, act: Act, ann: Actor):
    key = ((await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id,)
    database.sql("update customer set city = 'Rome'")
    saved = await act(records.update, ann, CUSTOMER, key, {"name": "Ann B"}, {"name": "Ann Lee"})
    assert (saved.row.name, saved.row.city) == ("Ann B", "Rome")
    assert saved.sentence == f"Customer {key[0]}: name changed."


async def test_a_save_without_a_change_writes_nothing(database: Database, act: Act, ann: Actor):
    key = ((await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id,)
    before = database.sql("select xmin::text, customer::text from customer")
    saved = await act(records.update, ann, CUSTOMER, key, {"name": "Ann Lee", "city": None, "balance": Decimal(0)})
    assert saved.operation_id is None
    assert database.sql("select xmin::text, customer::text from customer") == before
    assert len(operations(database)) == 1


async def test_changes_of_two_people_in_different_columns_merge(act: Act, ann: Actor, ben: Actor):
    key = ((await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id,)
    await act(records.update, ben, CUSTOMER, key, {"city": "Bonn"}, {"city": None})
    saved = await act(records.update, ann, CUSTOMER, key, {"name": "Ann B"}, {"name": "Ann Lee"})
    assert (saved.row.name, saved.row.city) == ("Ann B", "Bonn")


async def test_the_same_column_changed_twice_is_a_conflict_that_tells_all(
    database: Database, act: Act, ann: Actor, ben: Actor
):
    key = ((await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id,)
    await act(records.update, ben, CUSTOMER, key, {"name": "Ann Ben"})
    await act(records.update, ann, CUSTOMER, key, {"city": "Rome"})
    shown = {"name": "Ann Lee", "city": "Rome"}
    with pytest.raises(StaleEdit) as stale:
        await act(records.update, ann, CUSTOMER, key, {"name": "Ann Ann", "city": "Bonn"}, shown)
    clash = stale.value.clashes[0]
    assert (clash.column, clash.shown, clash.wanted, clash.stored, clash.who) == (
        "name", "Ann Lee", "Ann Ann", "Ann Ben", "Ben",
    )  # fmt: skip
    assert len(stale.value.clashes) == 1
    assert stale.value.record.row.city == "Rome"
    assert database.sql("select name, city from customer") == [("Ann Ben", "Rome")]


async def test_both_wanting_the_same_is_no_conflict(act: Act, ann: Actor, ben: Actor):
    key = ((await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id,)
    await act(records.update, ben, CUSTOMER, key, {"city": "Rome"}, {"city": None})
    saved = await act(records.update, ann, CUSTOMER, key, {"city": "Rome"}, {"city": None})
    assert saved.operation_id is None


async def test_of_two_edits_at_once_one_is_told_of_the_other(act: Act, ann: Actor, ben: Actor):
    key = ((await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id,)
    edits = [
        act(records.update, who, CUSTOMER, key, {"name": who.name}, {"name": "Ann Lee"})
        for who in (ann, ben)
        for _ in "12"
    ]
    results = await asyncio.gather(*edits, return_exceptions=True)
    assert len({type(result) for result in results}) == 2
    assert {type(result) for result in results} == {records.Saved, StaleEdit}


async def test_editing_a_deleted_row_says_who_deleted_it(act: Act, ann: Actor, ben: Actor):
    key = ((await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id,)
    await act(deletion.delete, ben, CUSTOMER, Selection(keys=[key]))
    with pytest.raises(Conflict, match=rf"Customer {key[0]} was deleted by Ben on .* UTC\. Restore it first\."):
        await act(records.update, ann, CUSTOMER, key, {"city": "Rome"})
    await act(deletion.purge, ben, CUSTOMER, Selection(keys=[key]))
    with pytest.raises(Conflict, match=r"was deleted by Ben on .* Undo that to get it back"):
        await act(records.update, ann, CUSTOMER, key, {"city": "Rome"})


async def test_a_row_that_never_was_is_not_found(act: Act, ann: Actor):
    with pytest.raises(NotFound, match="There is no customer 99"):
        await act(records.update, ann, CUSTOMER, (99,), {"city": "Rome"})


async def test_a_form_sent_twice_makes_one_row(database: Database, act: Act, ann: Actor):
    answers = await asyncio.gather(*(act(records.create, ann, CUSTOMER, ANN_LEE, nonce="n1") for _ in range(8)))
    assert len({answer.row.id for answer in answers}) == 1
    assert [answer.repeated for answer in answers].count(False) == 1
    assert database.value("select count(*) from customer") == 1
    assert len(operations(database)) == 1


async def test_a_refused_form_can_be_sent_again(act: Act, ann: Actor):
    await act(records.create, ann, CUSTOMER, ANN_LEE)
    await errors_of(act(records.create, ann, CUSTOMER, ANN_LEE, nonce="n1"))
    saved = await act(records.create, ann, CUSTOMER, {**ANN_LEE, "email": "b@example.org"}, nonce="n1")
    assert not saved.repeated


async def test_the_nonce_of_another_person_is_refused(act: Act, ann: Actor, ben: Actor):
    await act(records.create, ann, CUSTOMER, ANN_LEE, nonce="n1")
    with pytest.raises(Conflict, match="sent already"):
        await act(records.create, ben, CUSTOMER, ANN_LEE, nonce="n1")


async def test_a_unique_value_names_the_row_that_holds_it(act: Act, ann: Actor):
    first = (await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id
    taken = FieldError("email", f"Email is already used by Ann Lee (#{first}).", ("customer", str(first)))
    assert await errors_of(act(records.create, ann, CUSTOMER, {**ANN_LEE, "name": "Bea"})) == [taken]
    other = (await act(records.create, ann, CUSTOMER, {"email": "b@example.org", "name": "Bea"})).row.id
    assert await errors_of(act(records.update, ann, CUSTOMER, (other,), {"email": "ann@example.org"})) == [taken]


async def test_a_value_held_only_in_the_trash_is_free(act: Act, ann: Actor):
    first = (await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id
    await act(deletion.delete, ann, CUSTOMER, Selection(keys=[(first,)]))
    assert (await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id != first


async def test_a_taken_key_is_told_like_any_unique_value(act: Act, ann: Actor):
    await act(records.create, ann, SETTING, {"key": "theme", "value": 1})
    [error] = await errors_of(act(records.create, ann, SETTING, {"key": "theme", "value": 2}))
    assert error == FieldError("key", "Key is already used by #theme.", ("setting", "theme"))


async def test_rules_are_told_in_their_own_words(database: Database, act: Act, ann: Actor):
    database.sql("insert into author (id, name) values (1, 'A')")
    database.sql("insert into book (id, author_id, title) values (1, 1, 'T')")
    review = {"book_id": 1, "reviewer": "x", "rating": 9, "body": ""}
    [error] = await errors_of(act(records.create, ann, REVIEW, review))
    assert error == FieldError("rating", "Rating is a whole number from 1 to 5.")
    [error] = await errors_of(act(records.create, ann, REVIEW, {**review, "rating": 5, "reviewer": None}))
    assert error == FieldError("reviewer", "Reviewer is required.")
    database.sql("alter table review add check (length(body) < 5)")
    [error] = await errors_of(act(records.create, ann, REVIEW, {**review, "rating": 5, "body": "long enough"}))
    assert error == FieldError("body", "Body: a rule of this table does not allow this.")


async def test_a_parent_must_exist_and_be_live_when_it_is_chosen(database: Database, act: Act, ann: Actor):
    database.sql("insert into customer (id, email, name) values (1, 'a', 'Ann'), (2, 'b', 'Ben')")
    invoice = {"number": "1", "customer_id": 1, "amount": Decimal(1)}
    key = ((await act(records.create, ann, INVOICE, invoice)).row.id,)
    [error] = await errors_of(act(records.update, ann, INVOICE, key, {"customer_id": 9}))
    assert error == FieldError("customer_id", "Customer 9 does not exist.")
    database.sql("update customer set deleted_at = now()")
    [error] = await errors_of(act(records.update, ann, INVOICE, key, {"customer_id": 2}))
    assert error == FieldError("customer_id", "Customer Ben is in the trash: choose another, or restore it first.")
    saved = await act(records.update, ann, INVOICE, key, {"customer_id": 1, "amount": Decimal(2)})
    assert saved.row.amount == 2


async def test_json_keeps_what_python_would_confuse(database: Database, act: Act, ann: Actor):
    await act(records.create, ann, SETTING, {"key": "k", "value": {"on": True}})
    saved = await act(records.update, ann, SETTING, ("k",), {"value": {"on": 1}}, {"value": {"on": True}})
    assert saved.operation_id
    assert database.value("select value::text from setting") == '{"on": 1}'
    await act(records.update, ann, SETTING, ("k",), {"value": None})
    assert database.value("select value::text from setting") == "null"


async def test_a_key_can_be_changed(database: Database, act: Act, ann: Actor):
    await act(records.create, ann, SETTING, {"key": "old", "value": 1})
    saved = await act(records.update, ann, SETTING, ("old",), {"key": "new"})
    assert (saved.row.key, saved.row.value) == ("new", 1)
    assert operations(database)[-1] == ("edit", "Setting new: key changed.", "new")


async def test_tables_of_strangers(database: Database, act: Act, ann: Actor):
    create(database)
    shelf, odd = resource_of(Shelf), resource_of(Odd)
    saved = await act(records.create, ann, shelf, {"room": 1, "code": "a,b\\c"})
    assert saved.sentence == "Shelf 1,a\\,b\\\\c created."
    saved = await act(records.update, ann, shelf, (1, "a,b\\c"), {"note": "x"}, {"note": None})
    assert saved.row.note == "x"
    made = (await act(records.create, ann, odd, {"page": 1, "select": "%s :x", "data": None})).row
    assert (made.page, made.select) == (1, "%s :x")
    assert (await act(records.update, ann, odd, (made.id,), {"sort": "y"}, {"sort": None})).row.sort == "y"
    assert database.value('select data is null from "odd ""table""; %s :x"')


async def test_an_edit_is_a_handful_of_statements(
    session_maker: async_sessionmaker[AsyncSession], act: Act, ann: Actor, queries: Any
):
    key = ((await act(records.create, ann, CUSTOMER, ANN_LEE)).row.id,)
    queries.clear()
    await act(records.update, ann, CUSTOMER, key, {"city": "Rome"}, {"city": None})
    assert len(queries) <= 7, queries.statements

"""What Postgres refuses reads as a sentence, whatever it was, and never as SQL, a detail or a constraint's name."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.actor import Actor
from admin.database import make_engine
from admin.errors import Busy, Conflict, FieldError, Invalid, LarderError, NotAllowed
from admin.settings import Settings
from admin.writes import constraints, records
from models import Author, Customer
from tests.postgres import Database
from tests.strangers import resource_of
from tests.writes.conftest import Act

pytestmark = pytest.mark.anyio

AUTHOR, CUSTOMER = resource_of(Author), resource_of(Customer)

NOBODY = Actor(None, "a command", "admin")
RAISE = "do $$ begin raise exception '%' using errcode = '{}', detail = 'the secret detail'; end $$"

STATES = {
    "57014": (Busy, "took longer than allowed and was stopped. Nothing was changed"),
    "55P03": (Busy, "changing the same rows right now"),
    "40001": (Busy, "Try again"),
    "40P01": (Busy, "Try again"),
    "53100": (Busy, "no space left"),
    "53300": (Busy, "cannot take more work"),
    "57P01": (Busy, "nothing is known to be saved"),
    "08006": (Busy, "nothing is known to be saved"),
    "58030": (Busy, "nothing is known to be saved"),
    "25006": (Busy, "takes no changes"),
    "42501": (NotAllowed, "own database role"),
    "42P01": (Conflict, "not there any more"),
    "42703": (Conflict, "not there any more"),
    "22001": (Invalid, "too long"),
    "22003": (Invalid, "out of the range"),
    "22P02": (Invalid, "not of its column's type"),
    "23505": (Invalid, "already has this value"),
    "23P01": (Invalid, "overlaps"),
    "22999": (Invalid, "does not accept these values"),
    "P0001": (Invalid, "the words of a trigger"),
    "XX000": (LarderError, "could not do this"),
}


async def error_of(session: AsyncSession, statement: str) -> SQLAlchemyError:
    with pytest.raises(SQLAlchemyError) as raised:
        await session.execute(text(statement))
    return raised.value


@pytest.mark.parametrize("state", STATES)
async def test_every_state_is_a_sentence_without_a_detail(session: AsyncSession, state: str):
    statement = RAISE.replace("'%'", "'the words of a trigger'").format(state)
    found = constraints.explain(await error_of(session, statement))
    kind, words = STATES[state]
    assert type(found) is kind
    assert words in str(found)
    assert "secret" not in str(found)
    assert "words of a trigger" not in str(found) or state == "P0001"


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("select pg_terminate_backend(pg_backend_pid())", Busy),
        ("set local statement_timeout = 20; select pg_sleep(5)", Busy),
        ("select * from nowhere", Conflict),
        ("select nothing from customer", Conflict),
        ("drop table customer", NotAllowed),
        ("select 1 / 0", Invalid),
        ("selec", LarderError),
    ],
)
async def test_real_errors_of_the_server(session: AsyncSession, statement: str, kind: type[LarderError]):
    error = await error_of(session, statement)
    found = constraints.explain(error)
    assert type(found) is kind
    assert not any(word in str(found).lower() for word in ("select", "customer", "nowhere", "psycopg", "sqlalche"))
    await session.invalidate()


async def test_a_pool_without_a_free_connection_is_busy(settings: Settings):
    engine = make_engine(settings.model_copy(update={"pool_size": 1, "pool_overflow": 0, "pool_timeout": 0.05}))
    try:
        async with engine.connect():
            with pytest.raises(PoolTimeout) as waited:
                await engine.connect().start()
    finally:
        await engine.dispose()
    assert type(constraints.explain(waited.value)) is Busy


async def test_a_server_that_is_not_there_is_busy(settings: Settings):
    engine = make_engine(settings, "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(DBAPIError) as refused:
        await engine.connect().start()
    assert type(constraints.explain(refused.value)) is Busy


RULE = "a rule of this table does not allow this."
OWED = "comment on constraint owed on customer is 'at most 5 may be owed'"
UNIQUE = "add column extra int; create unique index on customer (lower(name))"
TRIGGER = """add column extra int;
    create function no() returns trigger language plpgsql as $$
      begin raise exception 'Nobody is called %', new.name; end $$;
    create trigger no before insert on customer for each row execute function no()
"""
CASES: list[tuple[str, dict[str, Any], str | None, str]] = [
    ("alter name type varchar(5)", {"name": "longer"}, None, "A text is too long for its column."),
    ("add check (balance < 5)", {"balance": 7}, "balance", f"Balance: {RULE}"),
    (f"add constraint owed check (balance < 5); {OWED}", {"balance": 7}, "balance", "At most 5 may be owed."),
    ("add check (balance < length(name))", {"balance": 7}, None, f"Name and Balance: {RULE}"),
    ("add unique (name)", {"name": "Ann"}, "name", "Name: another row already has this value."),
    ("add exclude using gist (city with =)", {"city": "Rome"}, "city", "City: this overlaps with another row."),
    (UNIQUE, {"name": "ANN"}, None, "Another row already has this value."),
    (TRIGGER, {}, None, "Nobody is called Bea"),
]


@pytest.mark.parametrize(("rule", "values", "column", "sentence"), CASES)
async def test_rules_of_all_kinds(
    database: Database, act: Act, rule: str, values: dict[str, Any], column: str | None, sentence: str
):
    database.sql("create extension btree_gist")
    database.sql("insert into customer (email, name, city) values ('a', 'Ann', 'Rome')")
    database.sql(f"alter table customer {rule}")
    with pytest.raises(Invalid) as refused:
        await act(records.create, NOBODY, CUSTOMER, {"email": "b", "name": "Bea", **values})
    assert refused.value.errors == [FieldError(column, sentence)]
    assert database.value("select count(*) from customer") == 1


async def test_a_row_that_is_referred_to_says_how_often(database: Database, session: AsyncSession):
    database.sql("insert into author (id, name) values (1, 'A')")
    database.sql("insert into book (author_id, title) select 1, 'T' from generate_series(1, 3)")
    with pytest.raises(Invalid) as refused:
        async with constraints.explained(session, AUTHOR, {"id": 1}):
            await session.execute(text("update author set id = 2"))
    assert refused.value.errors == [FieldError(None, "3 rows of book still refer to this row.")]


async def test_the_transaction_goes_on_after_a_refusal(
    session_maker: async_sessionmaker[AsyncSession], database: Database
):
    async with session_maker.begin() as session:
        await session.execute(text("insert into setting values ('a', '1')"))
        with pytest.raises(Invalid):
            async with constraints.explained(session, CUSTOMER):
                await session.execute(text("insert into setting values ('a', '1')"))
    assert database.value("select count(*) from setting") == 1

"""A row put back to what it was: exact, column by column, and never over what somebody changed meanwhile."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin.actor import Actor
from admin.errors import Conflict, Invalid, LarderError, NotFound
from admin.reads import history, moments
from admin.reads.selection import Selection
from admin.writes import deletion, records
from admin.writes.reverting import Wish, revert
from admin.writes.undo import undo
from models import Author, Book, Customer, Document
from tests.postgres import Database
from tests.strangers import resource_of
from tests.writes.conftest import Act

pytestmark = pytest.mark.anyio

CUSTOMER, BOOK, AUTHOR, DOCUMENT = map(resource_of, (Customer, Book, Author, Document))
CID = {"email": "cid@example.org", "name": "Cid"}
FAR = 2**62


class Base(DeclarativeBase):
    pass


class Jar(Base):
    """Values that pass through no other language unharmed, a secret, and a column that no form may change."""

    __tablename__ = "jar"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    span: Mapped[dt.timedelta | None] = mapped_column(INTERVAL)
    day: Mapped[dt.datetime | None]
    words: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    data: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    password: Mapped[str | None] = mapped_column(Text)


async def states(database: Database, act: Act, ann: Actor) -> tuple[tuple[int], list[dt.datetime]]:
    """A customer that was made and changed twice: its key and the moment after each."""
    key = ((await act(records.create, ann, CUSTOMER, CID)).row.id,)
    await act(records.update, ann, CUSTOMER, key, {"name": "Cid 2", "city": "Rome"})
    await act(records.update, ann, CUSTOMER, key, {"name": "Cid 3", "active": False})
    return key, [at for (at,) in database.sql("select at from larder.operation order by id")]


async def test_the_row_as_it_was_at_any_moment(database: Database, session: AsyncSession, act: Act, ann: Actor):
    key, at = await states(database, act, ann)
    second = dt.timedelta(microseconds=1)
    seen = [await moments.at(session, CUSTOMER, key, moment) for moment in (at[0] - second, *at, at[1] - second)]
    assert [image and (image["name"], image["city"], image["active"]) for image in seen] == [
        None, ("Cid", None, "true"), ("Cid 2", "Rome", "true"), ("Cid 3", "Rome", "false"), ("Cid", None, "true"),
    ]  # fmt: skip


async def test_a_revert_is_an_operation_that_can_be_undone(database: Database, act: Act, ann: Actor, ben: Actor):
    key, at = await states(database, act, ann)
    done = await act(revert, ben, CUSTOMER, Wish(key, at[0], FAR))
    query = "select name, city, active from customer"
    assert database.sql(query) == [("Cid", None, True)]
    assert done.sentence.startswith(f"Customer {key[0]}: name, city and active put back as on ")
    assert database.value("select person_name from larder.operation where id = %s", done.operation_id) == "Ben"
    assert (await act(undo, ben, done.operation_id)).whole
    assert database.sql(query) == [("Cid 3", "Rome", False)]
    again = await act(revert, ben, CUSTOMER, Wish(key, at[2], FAR))
    assert (again.operation_id, "is as it was" in again.sentence) == (None, True)


async def test_what_was_changed_after_the_look_is_not_overwritten(
    database: Database, session: AsyncSession, act: Act, ann: Actor, ben: Actor
):
    key, at = await states(database, act, ann)
    seen = (await history.of_row(session, CUSTOMER, key))[0].id
    await session.rollback()
    await act(records.update, ben, CUSTOMER, key, {"balance": 5})
    with pytest.raises(Conflict, match=r"^Balance changed by Ben on .* after you looked\. Nothing was put back\.$"):
        await act(revert, ann, CUSTOMER, Wish(key, at[1], seen))
    assert database.sql("select name, balance from customer") == [("Cid 3", 5)]


async def test_what_cannot_be_is_refused_in_words(database: Database, act: Act, ann: Actor):
    key, at = await states(database, act, ann)
    await act(records.update, ann, CUSTOMER, key, {"email": "new@example.org"})
    await act(records.create, ann, CUSTOMER, CID)

    async def refused(resource, wish: Wish, kind: type[LarderError]) -> str:
        with pytest.raises(kind) as raised:
            await act(revert, ann, resource, wish)
        return str(raised.value)

    assert "Email is already used by Cid (#2)." in await refused(CUSTOMER, Wish(key, at[2], FAR), Invalid)
    assert "was not there on" in await refused(CUSTOMER, Wish(key, at[0] - dt.timedelta(days=1), FAR), Conflict)
    assert "There is no customer 99." in await refused(CUSTOMER, Wish((99,), at[0], FAR), NotFound)
    await act(deletion.delete, ann, CUSTOMER, Selection(keys=[key]))
    assert "is in the trash. Restore it first." in await refused(CUSTOMER, Wish(key, at[0], FAR), Conflict)
    for name in ("A", "B"):
        await act(records.create, ann, AUTHOR, {"name": name})
    book = (await act(records.create, ann, BOOK, {"author_id": 1, "title": "T"})).row.id
    then = database.value("select max(at) from larder.operation")
    await act(records.update, ann, BOOK, (book,), {"author_id": 2})
    await act(deletion.delete, ann, AUTHOR, Selection(keys=[(1,)]))
    assert "Author 1 does not exist." in await refused(BOOK, Wish((book,), then, FAR), Invalid)


async def test_every_value_comes_back_to_the_byte_and_a_secret_stays(database: Database, act: Act, ann: Actor):
    database.sql("""
        create table jar (id int primary key, span interval, day timestamptz, words text[], data jsonb, password text);
        select larder.track('jar');
        grant all on jar to larder_app;
        insert into jar values
          (1, '1 mon 30:00:00', '-infinity', '[2:3]={"a,b",NULL}', '{"n": 12345678901234567890.10}', 'old');
    """)
    truth, then = database.sql("select span::text, day::text, words::text, data::text, now() from jar")[0][:4], None
    then = database.value("select clock_timestamp()")
    database.sql("update jar set span = null, day = now(), words = '{}', data = 'null', password = 'new'")
    await act(revert, ann, resource_of(Jar), Wish((1,), then, FAR))
    assert database.sql("select span::text, day::text, words::text, data::text from jar") == [truth]
    assert database.value("select password from jar") == "new"

"""What a deletion would do elsewhere: told before it happens, bounded, whatever the keys look like."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import references
from admin.reads.references import Impact
from admin.reads.selection import Selection, keys_of
from models import Author, Book, Customer, Document, User
from tests.postgres import Database, Queries
from tests.strangers import Link, Node, create, resource_of

pytestmark = pytest.mark.anyio


async def test_what_goes_along_is_emptied_or_blocks(database: Database, session: AsyncSession):
    database.sql("insert into \"user\" (id, email, name) values (1, 'a', 'A'), (2, 'b', 'B')")
    database.sql("insert into document (owner_id, title, body) values (1, 'T', ''), (1, 'U', ''), (2, 'V', '')")
    database.sql("insert into api_key (user_id, label) values (1, 'laptop')")
    assert await references.impact(session, resource_of(User), [(1,)]) == [
        Impact("public.api_key", "deleted", 1),
        Impact("public.document", "emptied", 2),
    ]
    assert await references.impact(session, resource_of(Document), [(1,)]) == []
    database.sql("insert into author (id, name) values (1, 'A'), (2, 'B')")
    database.sql("insert into book (author_id, title) values (1, 'T')")
    [found] = await references.impact(session, resource_of(Author), [(1,), (2,)])
    assert (found, found.said) == (Impact("public.book", "blocked", 1), "1 book")
    assert await references.impact(session, resource_of(Author), [(2,)]) == []


async def test_counting_ends_somewhere(database: Database, session: AsyncSession, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(references, "COUNTED_TO", 10)
    database.sql("insert into author (id, name) values (1, 'A')")
    database.sql("insert into book (author_id, title) select 1, 'T' from generate_series(1, 500)")
    [found] = await references.impact(session, resource_of(Author), [(1,)])
    assert (found.rows, found.said) == (11, "more than 10 books")


async def test_one_question_for_each_foreign_key(database: Database, session: AsyncSession, queries: Queries):
    database.sql("insert into customer (id, email, name) select i, i || '@x', 'C' from generate_series(1, 300) as i")
    database.sql('insert into "order" (customer_id) select i from generate_series(1, 300) as i')
    customer = resource_of(Customer)
    keys = await keys_of(session, customer, Selection(keys=[(i,) for i in range(1, 301)]))
    queries.clear()
    assert await references.impact(session, customer, keys) == [Impact("public.order", "blocked", 300)]
    assert len(queries) == 1 + 2, "its foreign keys, and one count for invoices and one for orders"


async def test_composite_and_self_references(database: Database, session: AsyncSession):
    create(database)
    database.sql("insert into node values ('root', 'r', null), ('a,b', 'x', 'root')")
    database.sql("insert into link values ('root', 'a,b')")
    found = await references.impact(session, resource_of(Node), [("root",)])
    assert [(one.table, one.rows) for one in found] == [("public.link", 1), ("public.node", 1)]
    assert await references.impact(session, resource_of(Link), [("root", "a,b")]) == []
    database.sql("create table ends (source text, target text, foreign key (source, target) references link)")
    database.sql("grant all on ends to larder_app; insert into ends values ('root', 'a,b'), (null, 'a,b')")
    [one] = await references.impact(session, resource_of(Link), [("root", "a,b")])
    assert one == Impact("public.ends", "blocked", 1)


BELOW = """
    create table reply (id int primary key, review_id bigint references review on delete cascade,
                        answers int references reply on delete cascade, book_id bigint references book);
    create table flag (reply_id int references reply);
    create table mark (reply_id int references reply on delete set null, other int references reply on delete set null);
    alter table book add because_of bigint references review on delete cascade;
    grant all on reply, flag, mark to larder_app;
    insert into author (id, name) values (1, 'A');
    insert into book (id, author_id, title) values (1, 1, 'One'), (2, 1, 'Two'), (3, 1, 'Three');
    insert into review (id, book_id, reviewer, rating, body) values (1, 1, 'R', 5, ''), (2, 2, 'R', 5, '')
"""
"""Replies go with their review and with what they answer, though they point to the book, too. Flags hold them."""


async def test_what_goes_along_takes_others_along_or_is_held(
    database: Database, session: AsyncSession, queries: Queries
):
    database.sql(BELOW)
    database.sql("insert into reply values (1, 1, null, 1), (2, null, 1, 1), (3, null, 2, null), (4, 2, null, null)")
    database.sql("insert into mark values (3, null), (null, 2), (4, null)")
    book = resource_of(Book)
    review = Impact("public.review", "deleted", 1)
    replies = [
        Impact("public.reply", "deleted", 1, "public.review"),
        Impact("public.reply", "deleted", 2, "public.reply"),
    ]
    marks = [Impact("public.mark", "emptied", 1, "public.reply")] * 2
    queries.clear()
    assert await references.impact(session, book, [(1,)]) == [review, *replies, *marks]
    assert [one.those for one in replies] == ["those reviews", "those replies"]
    database.sql("insert into flag values (2), (4)")
    found = await references.impact(session, book, [(1,)])
    assert Impact("public.flag", "blocked", 1, "public.reply") in found
    # A reply to a book that goes blocks nothing where it goes itself, and everything where it stays.
    database.sql("update reply set review_id = null, answers = null")
    assert await references.impact(session, book, [(1,)]) == [review, Impact("public.reply", "blocked", 2)]


async def test_a_circle_of_tables_ends_and_tells_each_row_once(database: Database, session: AsyncSession):
    database.sql(BELOW)
    database.sql("update book set because_of = 1 where id = 2; update book set because_of = 2 where id in (1, 3)")
    found = await references.impact(session, resource_of(Book), [(1,)])
    assert [(one.table, one.rows, one.below) for one in found] == [
        ("public.review", 1, ""), ("public.book", 1, "public.review"), ("public.review", 1, "public.book"),
        ("public.book", 1, "public.review"),
    ]  # fmt: skip
    database.sql("update reply set answers = id; insert into reply values (1, 1, 1)")
    assert len(await references.impact(session, resource_of(Book), [(1,), (2,), (3,)])) == 2


async def test_books_by_their_list(session: AsyncSession):
    assert await references.impact(session, resource_of(Book), []) == []

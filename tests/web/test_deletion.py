from __future__ import annotations

import re

import pytest
from httpx2 import Response

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import follow, quote, toasts

pytestmark = pytest.mark.anyio

LIST = "/admin/document/list?search=sea&sortBy=title&sort=asc"
QUERY = LIST.partition("?")[2]


def documents(database: Database, *titles: str) -> None:
    for title in titles:
        database.sql("insert into document (title, body) values (%s, 'x')", title)


def live(database: Database, table: str = "document") -> list[int]:
    return [key for (key,) in database.sql(f'select id from "{table}" where deleted_at is null order by id')]


def undo_url(page: Response) -> str:
    return re.findall(r'action="(/admin/operations/\d+/undo[^"]*)"', page.text)[-1].replace("&amp;", "&")


async def test_a_row_goes_to_the_trash_without_a_question_and_comes_back(browse: Browse, database: Database):
    client = await browse("editor")
    documents(database, "The sea", "Sea salt")
    answer = await client.post(f"/admin/document/delete?{QUERY}", data={"pks": "2"})
    assert answer.headers["location"] == LIST
    page = await client.get(LIST)
    assert toasts(page) == ["Document 2 deleted."]
    assert live(database) == [1]
    answer = await client.post(undo_url(page))
    assert answer.headers["location"] == LIST
    assert live(database) == [1, 2]


async def test_ticked_rows_go_together(browse: Browse, database: Database):
    client = await browse("editor")
    documents(database, *"abcde")
    page = await follow(client, await client.post("/admin/document/delete", data={"pks": ["1", "3", "5", "5"]}))
    assert toasts(page) == ["3 documents deleted."]
    assert live(database) == [2, 4]
    assert database.sql("select kind, rows from larder.operation") == [("delete", 3)]


async def test_all_means_what_the_lists_query_finds(browse: Browse, database: Database):
    client = await browse("editor")
    documents(database, *["The sea"] * 12, "Salt")
    page = await follow(
        client,
        await client.post("/admin/document/delete?search=sea&pageSize=10&page=2", data={"all": "1", "pks": "13"}),
    )
    assert toasts(page)[0] == "12 documents deleted."
    assert live(database) == [13]


async def test_nothing_ticked_is_said_and_changes_nothing(browse: Browse, database: Database):
    client = await browse("editor")
    documents(database, "a")
    for act in ("delete", "restore"):
        page = await follow(client, await client.post(f"/admin/document/{act}", data={}))
        assert toasts(page) == ["No rows were selected."]
    assert live(database) == [1]


async def test_what_is_gone_already_is_said(browse: Browse, database: Database):
    client = await browse("editor")
    page = await follow(client, await client.post("/admin/document/delete", data={"pks": "7"}))
    assert toasts(page) == ["Nothing was deleted: what was chosen is gone already."]


async def test_a_key_that_cannot_be_one_is_not_found(browse: Browse, database: Database):
    client = await browse("admin")
    documents(database, "a")
    for act in ("delete", "restore", "purge"):
        for key in ("abc", "1,1", "99999999999999999999", ""):
            assert (await client.post(f"/admin/document/{act}", data={"pks": key})).status_code == 404
        nonsense = await client.post(f"/admin/document/{act}?nonsense=1", data={"all": "1"})
        assert nonsense.status_code == 400
    assert live(database) == [1]


KEYS = ["a,b", "a", "b", "a/b", "a b", "ü/ß\u2028", "..", "%2F", "a\\b", "a?b#c", "' or 1=1 --", "a\nb", "\n"]


async def test_keys_of_any_letters_mean_their_own_row(browse: Browse, database: Database):
    client = await browse("editor")
    for key in KEYS:
        database.sql("insert into setting values (%s, '1')", key)
    for number, key in enumerate(KEYS):
        data = {"pks": key}
        page = await client.post("/admin/setting/delete", data=data)
        assert page.status_code == 200
        page = await follow(client, await client.post("/admin/setting/delete", data={**data, "confirmed": "1"}))
        assert database.value("select count(*) from setting") == len(KEYS) - number - 1
        assert database.value("select count(*) from setting where key = %s", key) == 0
        assert (await client.get(f"/admin/setting/details/{quote(key)}")).status_code == 404
    assert database.value("select count(*) from larder.operation") == len(KEYS)


async def test_where_there_is_no_trash_it_asks_first(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into author (name) values ('Ann'); insert into book (author_id, title) values (1, 'Sea')")
    database.sql("insert into review (book_id, reviewer, rating, body) values (1, 'R', 5, ''), (1, 'S', 4, '')")
    asked = await client.post("/admin/book/delete?page=1", data={"pks": "1"})
    assert asked.status_code == 200
    assert "Delete book 1?" in asked.text
    assert re.search(r'<a href="/admin/review/list\?book_id=1">2 reviews</a>\s+will be deleted', asked.text)
    assert database.value("select count(*) from book") == 1
    page = await follow(client, await client.post("/admin/book/delete?page=1", data={"pks": "1", "confirmed": "1"}))
    assert toasts(page) == ["Book 1 and 2 reviews deleted."]
    assert database.value("select count(*) from review") == 0
    await client.post(undo_url(page))
    assert database.value("select count(*) from review") == 2


async def test_what_other_rows_depend_on_cannot_go_and_says_which(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into author (name) values ('Ann'); insert into book (author_id, title) values (1, 'Sea')")
    asked = await client.post("/admin/author/delete", data={"pks": "1"})
    assert re.search(r'<a href="/admin/book/list\?author_id=1">1 book</a>\s+still refers to it: delete it', asked.text)
    assert 'name="confirmed"' not in asked.text or "Delete</button>" not in asked.text
    page = await follow(client, await client.post("/admin/author/delete", data={"pks": "1", "confirmed": "1"}))
    assert toasts(page) == ["Nothing was deleted: 1 book still refers to it."]
    assert 'role="alert"' in page.text
    assert database.value("select count(*) from author") == 1


async def test_what_goes_along_may_be_held_by_others_in_turn(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql(
        "insert into author (name) values ('Ann'); insert into book (author_id, title) values (1, 'Sea'), (1, 'B')"
    )
    database.sql("insert into review (book_id, reviewer, rating, body) values (1, 'R', 5, ''), (2, 'S', 4, '')")
    database.sql("create table stamp (review_id bigint references review); grant all on stamp to larder_app")
    database.sql(
        "create table note (review_id bigint references review on delete set null); insert into note values (1)"
    )
    database.sql("grant all on note to larder_app; insert into stamp values (2)")
    asked = await client.post("/admin/book/delete", data={"pks": ["1", "2"]})
    plain = " ".join(re.sub("<[^>]*>", " ", asked.text).split())
    assert "1 stamp still refers to those reviews: delete it first" in plain
    assert "2 reviews will be deleted along with them." in plain
    assert "1 note that refers to those reviews will stay, with its reference taken away." in plain
    assert "Delete</button>" not in asked.text
    data = {"pks": ["1", "2"], "confirmed": "1"}
    page = await follow(client, await client.post("/admin/book/delete", data=data))
    assert toasts(page) == ["Nothing was deleted: 1 stamp still refers to those reviews, which would go along."]
    asked = await client.post("/admin/book/delete", data={"pks": "1"})
    assert "other rows depend on it" not in asked.text
    page = await follow(client, await client.post("/admin/book/delete", data={**data, "pks": "1"}))
    assert toasts(page) == ["Book 1 and 1 review deleted."]


async def test_many_rows_ask_for_their_number(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into setting select n::text, '1' from generate_series(1, 1001) n")
    data = {"all": "1", "confirmed": "1"}
    for typed in ({}, {"number": "1000"}, {"number": "nonsense"}, {"number": "١٠٠١"}):
        asked = await client.post("/admin/setting/delete", data={**data, **typed})
        assert asked.status_code == 200
        assert "Type the number of rows, 1,001, to confirm" in asked.text
    assert database.value("select count(*) from setting") == 1001
    page = await follow(client, await client.post("/admin/setting/delete", data={**data, "number": "1,001"}))
    assert toasts(page) == ["1,001 settings deleted."]


async def test_rows_come_back_from_the_trash(browse: Browse, database: Database):
    client = await browse("editor")
    documents(database, *"abc")
    database.sql("update document set deleted_at = now()")
    page = await follow(client, await client.post("/admin/document/restore?deleted=only", data={"pks": ["1", "2"]}))
    assert toasts(page) == ["2 documents restored."]
    assert live(database) == [1, 2]


async def test_a_restore_that_cannot_be_says_which_row_is_in_the_way(browse: Browse, database: Database):
    client = await browse("editor")
    insert = "insert into customer (email, name, deleted_at) values (%s, %s, %s)"
    database.sql(insert, "a@x", "Old", "2026-01-01")
    database.sql(insert, "a@x", "Ann Lee", None)
    database.sql(insert, "b@x", "Ben", "2026-01-01")
    page = await follow(client, await client.post("/admin/customer/restore?deleted=only", data={"pks": "1"}))
    (said,) = toasts(page)
    assert "email a@x is already used by Ann Lee (#2)" in said
    assert 'href="/admin/customer/restore/1?deleted=only">Resolve #1' in page.text
    assert live(database, "customer") == [2]
    data = {"all": "1", "way": "skip"}
    page = await follow(client, await client.post("/admin/customer/restore?deleted=only", data=data))
    assert toasts(page)[0].startswith("1 customer restored. 1 kept in the trash: email a@x is already used")
    assert live(database, "customer") == [2, 3]


async def test_of_several_rows_what_cannot_come_back_is_decided_at_once(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("""
        insert into customer (email, name, deleted_at) select n || '@x', 'Old', now() from generate_series(1, 30) n;
        insert into customer (email, name) select n || '@x', 'New' from generate_series(1, 24) n;
        insert into customer (email, name, deleted_at) values ('1@x', 'Older', '2026-01-01')
    """)
    url = "/admin/customer/restore?deleted=only&sortBy=id"
    asked = await client.post(url, data={"all": "1"})
    plain = " ".join(re.sub("<[^>]*>", " ", asked.text).split())
    assert "Restore 31 customers" in plain
    assert "25 cannot come back as they are. Nothing was restored yet." in plain
    assert "and 15 more" in plain
    assert "24 customers with the same values go into the trash instead." in plain
    assert 'href="/admin/customer/restore/1?deleted=only&amp;sortBy=id">Customer 1</a>: email 1@x is' in asked.text
    assert live(database, "customer") == [*range(31, 55)]
    page = await follow(client, await client.post(url, data={"all": "1", "way": "replace"}))
    said = "30 customers restored, in place of 24 customers, now in the trash. 1 kept in the trash: email 1@x is"
    assert toasts(page)[0].startswith(said)
    assert live(database, "customer") == [*range(1, 31)]
    assert database.sql("select kind, rows from larder.operation") == [("restore", 54)]
    await client.post(undo_url(page))
    assert live(database, "customer") == [*range(31, 55)]
    ticked = await client.post(url, data={"pks": ["25", "1"]})
    assert re.findall(r'name="pks" value="(\d+)"', ticked.text) == ["25", "1", "25", "1"]
    answer = await client.post(url, data={"pks": ["25", "26"]})
    assert toasts(await follow(client, answer))[-1] == "2 customers restored."
    shown = await client.get(url)
    assert "Leave them in the trash" in shown.text
    database.sql("update customer set deleted_at = now() where name = 'New'; delete from customer where name = 'Older'")
    database.sql("update customer set email = id || '@y' where name = 'New'")
    assert (await client.get(url)).headers["location"] == "/admin/customer/list?deleted=only&sortBy=id"
    assert (await client.get("/admin/book/restore")).status_code == 400


async def test_lines_come_back_with_their_orders_at_once(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("""
        insert into customer (email, name) values ('a', 'A');
        insert into inventory_item (sku, name, quantity) values ('S', 'S', 9);
        insert into "order" (customer_id) values (1), (1);
        insert into line_item (order_id, sku, qty, unit_price) values (1, 'S', 1, 1), (2, 'S', 1, 1), (2, 'S', 1, 1)
    """)
    await client.post("/admin/line-item/delete", data={"pks": ["1", "2"]})
    await client.post("/admin/order/delete", data={"pks": ["1", "2"]})
    asked = await client.post("/admin/line-item/restore", data={"pks": ["1", "2"]})
    assert "Restore what they belong to with them" in asked.text
    assert "Leave them in the trash" not in asked.text
    data = {"pks": ["1", "2"], "way": "replace"}
    page = await follow(client, await client.post("/admin/line-item/restore", data=data))
    assert toasts(page)[-1] == "2 line items restored, with 2 rows that they belong to."
    assert live(database, "line_item") == [1, 2, 3]


async def test_deleting_for_good_always_asks_and_is_for_admins(browse: Browse, database: Database):
    editor, admin = await browse("editor"), await browse("admin")
    documents(database, "a", "b")
    database.sql("update document set deleted_at = now() where id = 1")
    assert (await editor.post("/admin/document/purge", data={"pks": "1", "confirmed": "1"})).status_code == 403
    asked = await admin.post("/admin/document/purge?deleted=only", data={"pks": "1"})
    assert "Delete document 1 forever?" in asked.text
    assert database.value("select count(*) from document") == 2
    page = await follow(
        admin, await admin.post("/admin/document/purge?deleted=only", data={"pks": ["1", "2"], "confirmed": "1"})
    )
    assert toasts(page) == ["1 document deleted forever."]
    assert live(database) == [2]


async def test_only_those_who_may_delete_and_only_by_post(browse: Browse, database: Database):
    viewer, editor = await browse("viewer"), await browse("editor")
    documents(database, "a")
    database.sql("insert into event (kind) values ('x')")
    for act in ("delete", "restore", "purge"):
        assert (await viewer.post(f"/admin/document/{act}", data={"pks": "1"})).status_code == 403
        # A page asks what is to become of several rows; where there is nothing to ask it leads to the list.
        assert (await editor.get(f"/admin/document/{act}")).status_code == (303 if act == "restore" else 405)
    assert (await editor.post("/admin/event/delete", data={"pks": "1", "confirmed": "1"})).status_code == 403
    assert live(database) == [1]


async def test_the_page_of_what_is_in_the_way_helps(browse: Browse, database: Database):
    client = await browse("editor")
    insert = "insert into customer (email, name, deleted_at) values (%s, %s, %s)"
    database.sql(insert, "a@x", "Old", "2026-01-01")
    database.sql(insert, "a@x", "Ann Lee", None)
    url = "/admin/customer/restore/1?deleted=only"
    page = await client.get(url)
    assert "email a@x is already used by Ann Lee (#2)." in page.text
    assert re.findall(r'name="way" value="(\w+)"', page.text) == ["values", "replace"]
    refused = await client.post(url, data={"way": "values", "value-email": "a@x"})
    assert (refused.status_code, "is already used by Ann Lee" in refused.text) == (409, True)
    done = await client.post(url, data={"way": "values", "value-email": "old@x"})
    assert done.headers["location"] == "/admin/customer/list?deleted=only"
    assert live(database, "customer") == [1, 2]
    assert (await client.get(url)).headers["location"] == "/admin/customer/details/1?deleted=only"
    page = await follow(client, done)
    assert toasts(page) == ["Customer 1 restored with another email."]
    await client.post(undo_url(page))
    await client.post(url, data={"way": "replace"})
    assert live(database, "customer") == [1]
    assert (await client.get("/admin/customer/restore/77")).status_code == 404
    assert (await client.post("/admin/book/restore/1", data={"way": "replace"})).status_code == 404

"""The trash: one entry for each deletion, and back exactly what went with it."""

from __future__ import annotations

import re

import pytest
from httpx2 import Response
from sqlalchemy import NullPool, create_engine

from models.seed import STATEMENTS, seed
from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import documents, links
from tests.web.pages import follow, toasts

pytestmark = pytest.mark.anyio


def lines(page: Response) -> list[str]:
    """“Ann deleted 3 documents | 3 rows | Restore”, line by line."""
    body = page.text.split("<tbody>", 1)[1].split("</tbody>", 1)[0] if "<tbody>" in page.text else ""
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>")[:-1]]
    plain = [[" ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", " ", cell).split()) for cell in row] for row in cells]
    return [" | ".join((row[0], row[2], row[3])) for row in plain]


def orders(database: Database) -> None:
    database.sql("""
        insert into customer (email, name) values ('a', 'Ann');
        insert into inventory_item (sku, name, quantity) values ('S', 'S', 9);
        insert into "order" (customer_id) select 1 from generate_series(1, 3);
        insert into line_item (order_id, sku, qty, unit_price)
          select o, 'S', 1, 1 from generate_series(1, 3) o, generate_series(1, 2)
    """)


async def test_a_deletion_is_one_entry_and_comes_back_as_it_went(browse: Browse, database: Database):
    editor, viewer = await browse("editor"), await browse("viewer")
    orders(database)
    await editor.post("/admin/line-item/delete", data={"pks": "1"})
    await editor.post("/admin/order/delete", data={"pks": ["1", "2"]})
    page = await editor.get("/admin/trash")
    assert lines(page) == [
        "editor deleted 2 orders and 3 line items | 5 rows of 2 orders and 3 line items purged in 30 days | Restore",
        "editor deleted Line item 1 | 1 row of Line item 1 purged in 30 days | Restore",
    ]
    assert lines(await editor.get("/admin/trash?table=line-item")) == lines(page)[1:]
    assert [line.endswith("| ") for line in lines(await viewer.get("/admin/trash"))] == [True, True]
    answer = await editor.post("/admin/operations/2/undo", data={"then": "/admin/trash"})
    assert answer.headers["location"] == "/admin/trash"
    # The line that was deleted before its order stays where it is.
    assert database.sql("select id from line_item where deleted_at is not null") == [(1,)]
    assert len(lines(await editor.get("/admin/trash"))) == 1


async def test_what_is_left_of_a_deletion_is_told(browse: Browse, database: Database):
    admin = await browse("admin")
    documents(database, 3)
    await admin.post("/admin/document/delete", data={"pks": ["1", "2", "3"]})
    await admin.post("/admin/document/restore", data={"pks": "1"})
    await admin.post("/admin/document/purge", data={"pks": "2", "confirmed": "1"})
    (line,) = lines(await admin.get("/admin/trash"))
    assert "| 1 row of 3 documents purged" in line
    page = await follow(admin, await admin.post("/admin/operations/1/undo", data={"then": "/admin/trash"}))
    assert toasts(page)[-1].startswith("Undone: 3 documents deleted. 1 row put back and 2 kept: ")
    # Done again, the entry is back, and restores what is left of it.
    await admin.post(f"/admin/operations/{database.value('select max(id) from larder.operation')}/undo")
    again = (await admin.get("/admin/trash")).text
    assert 'action="/admin/document/restore?operation=1&amp;deleted=only"><input type="hidden" name="all"' in again
    await admin.post("/admin/document/purge", data={"pks": "3", "confirmed": "1"})
    assert "nothing any more" in (await admin.get("/admin/trash")).text


async def test_many_deletions_turn_pages(browse: Browse, database: Database):
    client = await browse("editor")
    documents(database, 60)
    for key in range(1, 61):
        await client.post("/admin/document/delete", data={"pks": str(key)})
    seen, url = [], "/admin/trash?table=document"
    while url:
        page = await client.get(url)
        seen += [re.sub(r" \|.*", "", line) for line in lines(page)]
        url = links(page).get("Older", "")
    assert seen == [f"editor deleted Document {key}" for key in range(60, 0, -1)]


@pytest.mark.parametrize("query", ["table=book", "table=nothing", "before=x"])
async def test_what_makes_no_sense_is_refused(browse: Browse, query: str):
    page = await (await browse("viewer")).get(f"/admin/trash?{query}")
    assert (page.status_code, f"The parameter {query[:5]}" in page.text) == (400, True)
    assert "The trash is empty" in (await (await browse("viewer")).get("/admin/trash")).text


async def test_a_list_says_who_deleted_a_row_and_how_many_lie_in_the_trash(browse: Browse, database: Database):
    client = await browse("editor")
    documents(database, 4)
    await client.post("/admin/document/delete", data={"pks": ["1", "2"]})
    database.sql("update document set deleted_at = now() - interval '3 days' where id = 3")
    page = (await client.get("/admin/document/list?deleted=with")).text
    assert page.count(">deleted just now by editor, purged in 30 days</small>") == 2
    assert ">deleted 3 d ago, purged in 27 days</small>" in page
    (url,) = re.findall(r'data-behavior="trash-count" data-url="([^"]*)"', page)
    assert (await client.get(url.replace("&amp;", "&"))).json() == {"kind": "exact", "value": 3, "amount": "3"}
    found = await client.get("/admin/document/trash?title__contains=2")
    assert found.json()["value"] == 1
    assert (await client.get("/admin/book/trash")).status_code == 400


async def test_two_thousand_rows_go_come_back_and_go_for_good_as_one_each(browse: Browse, database: Database):
    """By the list's query, not by keys; what is counted is what was done, and undo gives back exactly that."""
    admin = await browse("admin")
    database.sql("select larder.untrack('document')")
    database.sql("""
        insert into document (title, body, status)
        select 'Paper ' || n, 'x', case when n <= 2000 then 'draft' else 'published' end::document_status
        from generate_series(1, 2050) n;
        select larder.track('document')
    """)
    counts = """select count(*) filter (where deleted_at is not null), count(*), (select count(*) from larder.operation)
                from document"""
    await admin.post("/admin/document/delete?status=draft&title__ne=Paper 7", data={"all": "1"})
    assert database.sql(counts) == [(1_999, 2_050, 1)]
    await admin.post("/admin/document/delete", data={"pks": "7"})
    one_by_one = "/admin/document/restore?deleted=only&operation=1&title__ne=Paper 8"
    page = await follow(admin, await admin.post(one_by_one, data={"all": "1"}))
    assert toasts(page)[-1] == "1,998 documents restored."
    assert database.sql(counts) == [(2, 2_050, 3)]
    await admin.post("/admin/operations/3/undo")
    assert database.sql(counts) == [(2_000, 2_050, 4)]
    purge = {"all": "1", "confirmed": "1", "number": "1,999"}
    page = await follow(admin, await admin.post("/admin/document/purge?deleted=only&operation=1", data=purge))
    assert toasts(page)[-1] == "1,999 documents deleted forever."
    assert database.sql(counts) == [(1, 51, 5)]
    await admin.post("/admin/operations/5/undo")
    assert database.sql(counts) == [(2_000, 2_050, 6)]
    # A trigger that fails for one of them: none goes.
    database.sql("""
        create function refuse() returns trigger language plpgsql as
          $$ begin if old.id = 1800 then raise exception 'no' using errcode = '23514'; end if; return new; end $$;
        create trigger refuse before update on document for each row execute function refuse()
    """)
    await admin.post("/admin/document/restore?deleted=only", data={"all": "1"})
    assert database.sql(counts) == [(2_000, 2_050, 6)]


async def test_what_the_demo_data_deleted_comes_back_like_anything_else(browse: Browse, database: Database):
    few = dict.fromkeys(STATEMENTS, 24) | {"customer": 400, "order": 400, "line_item": 900}
    engine = create_engine(database.owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        seed(connection, rows=few)
    editor = await browse("editor")
    page = await editor.get("/admin/trash?table=order")
    assert re.match(r"Ben deleted \d+ orders and \d+ line items \| \d+ rows", lines(page)[0])
    for (number,) in database.sql("select id from larder.operation where identity = 'order'"):
        await editor.post(f"/admin/operations/{number}/undo")
    assert database.value('select count(*) from "order" where deleted_at is not null') == 0
    assert database.value("select count(*) from line_item where deleted_at is not null") == 0
    for (number,) in database.sql("select id from larder.operation where kind = 'delete' and identity = 'customer'"):
        await editor.post(f"/admin/operations/{number}/undo")
    kept = database.value("select count(*) from customer where deleted_at is not null")
    assert 0 < kept < 10, "those whose email a live customer has"


async def test_what_an_entry_could_not_give_back_is_resolved_at_once(browse: Browse, database: Database):
    editor = await browse("editor")
    database.sql("insert into customer (email, name) select n || '@x', 'Old' from generate_series(1, 3) n")
    await editor.post("/admin/customer/delete", data={"pks": ["1", "2", "3"]})
    database.sql("insert into customer (email, name) values ('1@x', 'New'), ('2@x', 'New')")
    page = await follow(editor, await editor.post("/admin/operations/1/undo", data={"then": "/admin/trash"}))
    assert "1 row put back and 2 not possible" in toasts(page)[-1]
    url = "/admin/customer/restore?operation=1&deleted=only"
    trash = await editor.get("/admin/trash")
    assert lines(trash) == ["editor deleted 3 customers | 2 rows of 3 customers purged in 30 days | Restore"]
    assert "Nothing was restored yet" in (await editor.post(url, data={"all": "1"})).text
    assert f'action="{url.replace("&", "&amp;")}"' in trash.text
    assert f'href="{url.replace("&", "&amp;")}">Resolve 2 rows<' in page.text
    assert "Restore 2 customers" in (await editor.get(url)).text
    await editor.post(url, data={"all": "1", "way": "replace"})
    assert database.sql("select id from customer where deleted_at is null order by id") == [(1,), (2,), (3,)]

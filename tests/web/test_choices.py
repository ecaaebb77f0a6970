from __future__ import annotations

import pytest

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import form

pytestmark = pytest.mark.anyio


async def test_live_parents_are_offered_by_what_they_are_called(browse: Browse, database: Database):
    client = await browse("viewer")
    database.sql("insert into customer (email, name) values ('a', 'Ann Lee'), ('b', 'Ben Moor'), ('c', 'Leen Gone')")
    database.sql("update customer set deleted_at = now() where name = 'Leen Gone'")
    answer = await client.get("/admin/invoice/choices/customer_id?term=lee")
    assert answer.json() == {"results": [{"key": "1", "label": "Ann Lee"}]}
    assert (await client.get("/admin/invoice/choices/customer_id?term=2")).json()["results"][0]["label"] == "Ben Moor"


async def test_the_key_offered_is_what_the_foreign_key_refers_to(browse: Browse, database: Database):
    client = await browse("viewer")
    database.sql("insert into inventory_item (sku, name) values ('LMP-1', 'Lamp')")
    answer = await client.get("/admin/line-item/choices/sku?term=lam")
    assert answer.json() == {"results": [{"key": "LMP-1", "label": "Lamp"}]}


async def test_no_more_than_a_few_are_offered(browse: Browse, database: Database):
    client = await browse("viewer")
    database.sql("insert into author (name) select 'Ann ' || n from generate_series(1, 300) n")
    assert len((await client.get("/admin/book/choices/author_id?term=ann")).json()["results"]) == 20
    assert len((await client.get("/admin/book/choices/author_id")).json()["results"]) == 20


async def test_a_few_parents_are_a_plain_list_and_many_are_searched(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into customer (email, name) select n, 'C' || n from generate_series(1, 21) n")
    database.sql("update customer set deleted_at = now() where id = 2")
    database.sql("insert into invoice (number, customer_id, amount) values ('R', 2, 1)")
    url = "/admin/invoice/edit/1"
    page = (await client.get(url)).text
    assert page.count("<option") == 21 + 4
    # The one in the trash stays chosen, and says so; it is not offered to another row.
    assert '<option value="2" selected>C2 (deleted)</option>' in page
    assert '<option value="2"' not in (await client.get("/admin/invoice/create")).text
    before = database.value("select xmin::text from invoice")
    await client.post(url, data=await form(client, url))
    assert database.value("select xmin::text from invoice") == before
    assert (await client.post(url, data=await form(client, url, customer_id="3"))).status_code == 303
    assert database.value("select customer_id from invoice") == 3
    database.sql("update customer set deleted_at = null")
    assert 'data-behavior="picker"' in (await client.get(url)).text


@pytest.mark.parametrize("column", ["title", "search", "nonsense", "author", "deleted_at"])
async def test_only_foreign_keys_of_the_table_are_asked_about(browse: Browse, column: str):
    assert (await (await browse("admin")).get(f"/admin/book/choices/{column}?term=x")).status_code == 404


@pytest.mark.parametrize(
    ("term", "status"), [("x" * 200, 200), ("x" * 201, 400), ("%00", 200), ("%25_\\", 200), ("9" * 200, 200)]
)
async def test_any_term_is_answered_in_bounds(browse: Browse, term: str, status: int):
    answer = await (await browse("viewer")).get(f"/admin/book/choices/author_id?term={term}")
    assert answer.status_code == status, answer.text


async def test_nobody_is_asked_who_is_not_logged_in(browse: Browse):
    assert (await (await browse()).get("/admin/book/choices/author_id?term=x")).status_code in (303, 401)

"""Changing a field of many rows: chosen, shown what it would do, and done as one operation or not at all."""

from __future__ import annotations

import asyncio
import re

import pytest
from httpx2 import AsyncClient, Response

from admin.reads import meanwhile
from tests.postgres import Database
from tests.web.conftest import PASSWORD, Browse
from tests.web.lists import buttons
from tests.web.pages import follow, toasts

pytestmark = pytest.mark.anyio

URL = "/admin/customer/bulk-edit"


@pytest.fixture
def people_of_rome(database: Database) -> Database:
    database.sql(
        "insert into customer (email, name, city, balance) select n || '@x.org', 'C' || n,"
        " case when n <= 3 then 'Rome' end, n from generate_series(1, 6) n"
    )
    database.sql("update customer set deleted_at = now() where id = 6")
    return database


def hidden(page: Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    return {name: text for name, text in found if name != "pks"}


async def choosing(client: AsyncClient, *keys: int, url: str = URL, **data: str) -> Response:
    return await client.post(url, data={"pks": [str(key) for key in keys], **data})


async def previewed(client: AsyncClient, keys: list[int], url: str = URL, **values: str) -> Response:
    page = await choosing(client, *keys, url=url)
    ticked = {f"set-{name}": "1" for name in values}
    return await choosing(client, *keys, url=url, **hidden(page), **ticked, **values)


async def test_chosen_shown_and_done_as_one_operation(browse: Browse, people_of_rome: Database):
    client = await browse("editor")
    assert "Edit selected" in buttons(await client.get("/admin/customer/list"))
    assert "Edit selected" not in buttons(await client.get("/admin/customer/list?deleted=only"))
    page = await choosing(client, 1, 2, 4, 6)
    assert "Edit 3 customers" in page.text
    assert 'name="set-city"' in page.text
    # What is unique, and what tells rows apart, cannot be the same in several.
    assert 'name="set-email"' not in page.text
    page = await previewed(client, [1, 2, 4, 6], city="Rome", active="false")
    assert "<strong>3</strong> will change" in page.text
    page = await previewed(client, [1, 2, 4, 6], city="Rome")
    assert "<strong>1</strong> will change, 2 hold this already." in page.text
    assert '<button class="button primary" name="form-step" value="apply">' in page.text
    assert re.search(r'C4</th><td><span class="diff"><del><i class="null">empty</i></del>.*<ins>Rome</ins>', page.text)
    versions = "select xmin::text from customer where id in (1, 2, 6) order by id"
    before = people_of_rome.sql(versions)
    done = {**hidden(page), "form-step": "apply"}
    answer = await choosing(client, 1, 2, 4, 6, url=f"{URL}?search=x", **done)
    assert answer.headers["location"] == "/admin/customer/list?search=x"
    assert toasts(await follow(client, answer)) == ["1 customer: city changed."]
    assert people_of_rome.sql("select id from customer where city = 'Rome' order by id") == [(1,), (2,), (3,), (4,)]
    assert people_of_rome.sql(versions) == before
    operation = people_of_rome.value("select max(id) from larder.operation")
    await client.post(f"/admin/operations/{operation}/undo")
    assert people_of_rome.sql("select id from customer where city = 'Rome' order by id") == [(1,), (2,), (3,)]


async def test_all_that_match_are_counted_anew_on_the_server(browse: Browse, people_of_rome: Database):
    client = await browse("editor")
    url = f"{URL}?city=Rome"
    page = await client.post(url, data={"all": "1"})
    assert "Edit 3 customers" in page.text
    data = {**hidden(page), "set-balance": "1", "balance": "7"}
    page = await client.post(url, data=data)
    done = {**hidden(page), "form-step": "apply"}
    people_of_rome.sql("update customer set city = 'Rome' where id = 5")
    page = await client.post(url, data=done)
    assert page.status_code == 409
    assert "Others changed some of these rows since this page was made. Nothing was changed." in page.text
    assert "<strong>4</strong> will change" in page.text
    answer = await client.post(url, data={**hidden(page), "form-step": "apply"})
    assert answer.status_code == 303
    assert people_of_rome.value("select count(*) from customer where balance = 7") == 4


async def test_what_others_change_meanwhile_is_told_where_it_matters(
    browse: Browse, people_of_rome: Database, monkeypatch: pytest.MonkeyPatch
):
    client = await browse("editor")
    page = await previewed(client, [1, 2, 3, 4, 5], city="Oslo")
    done = {**hidden(page), "form-step": "apply"}
    people_of_rome.sql("update customer set city = 'Bonn' where id = 2")
    ben = await browse("admin")
    shown = await previewed(ben, [1], city="Kyiv")
    await choosing(ben, 1, **hidden(shown), **{"form-step": "apply"})
    await ben.post("/admin/customer/delete", data={"pks": "3"})
    people_of_rome.sql("delete from customer where id = 4; update customer set name = 'Other' where id = 5")
    monkeypatch.setattr(meanwhile, "MOST_TOLD", 3)
    page = await choosing(client, *range(1, 6), **done)
    assert page.status_code == 409
    assert '<a href="/admin/customer/details/2">C2</a>: Changed outside' in page.text
    plain = " ".join(re.sub("<[^>]*>", " ", page.text).split())
    assert "C1 : Changed by admin on" in plain
    assert "City Rome → Kyiv" in plain
    assert re.search(r"C2 : Changed outside the console on [^:]* at [\d:]* UTC: City Rome → Bonn", plain)
    assert "C3 : Deleted by admin on" in plain
    assert plain.count("and 1 more row ") == 1, "the fourth, which is gone; of the fifth another field was changed"
    page = await previewed(client, [1, 2], city="Oslo")
    people_of_rome.sql("update customer set name = 'Other' where id = 2")
    assert (await choosing(client, 1, 2, **{**hidden(page), "form-step": "apply"})).status_code == 303
    assert people_of_rome.sql("select name, city from customer where id < 3 order by id") == [
        ("C1", "Oslo"),
        ("Other", "Oslo"),
    ]


async def test_rows_that_cannot_have_the_value_are_named_and_none_is_changed(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into inventory_item (sku, name, quantity) select n, 'Lamp', n from generate_series(1, 8) n")
    database.sql("alter table inventory_item add constraint odd check (id <> 5 or quantity < 100)")
    url = "/admin/inventory-item/bulk-edit"
    page = await previewed(client, list(range(1, 9)), url, quantity="100")
    assert "These rows cannot have this value, so none is changed." in page.text
    assert re.findall(r'<a href="/admin/inventory-item/edit/(\d)"', page.text) == ["5"]
    assert "form-step" not in re.findall(r'<button[^>]*name="([\w-]+)" value="apply"', page.text)
    answer = await choosing(client, *range(1, 9), url=url, **hidden(page), **{"form-step": "apply"})
    assert answer.status_code == 400
    assert database.value("select count(*) from inventory_item where quantity = 100") == 0
    assert database.value("select count(*) from larder.operation") == 0


async def test_what_was_not_understood_is_said_and_kept(browse: Browse, people_of_rome: Database):
    client = await browse("editor")
    page = await previewed(client, [1], balance="12,5O", name="")
    assert page.status_code == 400
    assert "Balance is not a number" in page.text
    assert 'value="12,5O"' in page.text
    page = await choosing(client, 1, **{"form-step": "preview", "city": "x"})
    assert "Tick a field to change." in page.text
    assert toasts(await follow(client, await choosing(client, 99)))[-1] == "No rows were selected."
    for name in ("id", "email", "created_at", "deleted_at", "nothing"):
        page = await choosing(client, 1, **{"form-step": "apply", f"set-{name}": "1", name: "1"})
        assert "Tick a field to change." in page.text
    assert people_of_rome.value("select count(*) from larder.operation") == 0


async def test_emptied_parents_and_json(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("""insert into "user" (email, name) values ('a', 'Ann'), ('b', 'Ben')""")
    database.sql('update "user" set deleted_at = now() where id = 2')
    database.sql("insert into document (title, body, owner_id) values ('a', '', 1), ('b', '', null)")
    database.sql("insert into setting values ('a', '1.10'), ('b', '1.1'), ('c', '{}')")
    url = "/admin/document/bulk-edit"
    assert "is in the trash" in (await previewed(client, [1, 2], url, owner_id="2")).text
    page = await previewed(client, [1, 2], url, owner_id="Ann")
    assert "<strong>1</strong> will change, 1 hold this already." in page.text
    page = await previewed(client, [1, 2], url, owner_id="")
    assert (await choosing(client, 1, 2, url=url, **hidden(page), **{"form-step": "apply"})).status_code == 303
    assert database.value("select count(owner_id) from document") == 0
    url = "/admin/setting/bulk-edit"
    page = await client.post(
        url, data={"pks": ["a", "b", "c"], "form-step": "preview", "set-value": "1", "value": "1.1"}
    )
    assert "<strong>1</strong> will change" in page.text


async def test_a_session_that_ended_costs_nothing_of_it(browse: Browse, people_of_rome: Database):
    client = await browse("editor")
    page = await previewed(client, [1, 2], city="Oslo")
    client.cookies.clear()
    asked = await choosing(client, 1, 2, **hidden(page), **{"form-step": "apply"})
    assert asked.status_code == 403
    url = re.findall(r'<form[^>]*action="([^"]+)"', asked.text)[0].replace("&amp;", "&")
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', asked.text)
    typed = {name: [value for other, value in pairs if other == name] for name, _ in pairs}
    back = await client.post(url, data={**typed, "username": "editor", "password": PASSWORD})
    assert "You are logged in again" in back.text
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', back.text)
    typed = {name: [value for other, value in pairs if other == name] for name, _ in pairs}
    shown = await client.post(URL, data=typed)
    assert "<strong>2</strong> will change" in shown.text
    assert people_of_rome.value("select count(*) from customer where city = 'Oslo'") == 0
    answer = await choosing(client, 1, 2, **hidden(shown), **{"form-step": "apply"})
    assert answer.status_code == 303
    assert people_of_rome.value("select count(*) from customer where city = 'Oslo'") == 2


async def test_eight_times_the_same_one_is_done_once(browse: Browse, people_of_rome: Database):
    client = await browse("editor")
    page = await previewed(client, [1, 2], city="Oslo")
    done = {**hidden(page), "form-step": "apply"}
    answers = await asyncio.gather(*(choosing(client, 1, 2, **done) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {303}
    assert people_of_rome.value("select count(*) from larder.operation") == 1
    # Nor is it done again when others have changed it back in the meantime.
    people_of_rome.sql("update customer set city = 'Rome'")
    assert (await choosing(client, 1, 2, **done)).status_code == 303
    assert people_of_rome.value("select count(*) from customer where city = 'Oslo'") == 0


async def test_ten_thousand_rows_in_one_operation(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into customer (email, name) select n, n from generate_series(1, 10000) n")
    page = await client.post(URL, data={"all": "1", "form-step": "preview", "set-city": "1", "city": "Rome"})
    assert "<strong>10,000</strong> will change" in page.text
    answer = await client.post(URL, data={**hidden(page), "form-step": "apply"})
    assert answer.status_code == 303
    assert database.value("select count(*) from customer where city = 'Rome'") == 10_000
    assert database.sql("select rows, sentence from larder.operation") == [(10_000, "10,000 customers: city changed.")]

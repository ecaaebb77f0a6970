"""Order lines inside their order: one form, one transaction, one operation, and the stock with it."""

from __future__ import annotations

import asyncio
import re

import pytest
from httpx2 import AsyncClient, Response

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import follow, form, read, toasts

pytestmark = pytest.mark.anyio

URL = "/admin/order/edit/1"


@pytest.fixture
def shop(database: Database) -> Database:
    database.sql("insert into customer (email, name) values ('a@x.org', 'Ann')")
    database.sql("insert into inventory_item (sku, name, quantity) values ('A', 'Lamp', 10), ('B', 'Bulb', 5)")
    database.sql('insert into "order" (customer_id) values (1), (1)')
    database.sql(
        "insert into line_item (order_id, sku, qty, unit_price) values (1, 'A', 2, 1.50), (1, 'B', 1, 0.10),"
        " (2, 'A', 1, 9)"
    )
    return database


def lines(database: Database, order: int = 1) -> list[tuple[object, ...]]:
    statement = (
        "select sku, qty, unit_price::text from line_item where order_id = %s and deleted_at is null order by id"
    )
    return database.sql(statement, order)


def standing(database: Database, order: int = 1) -> list[int]:
    statement = "select id from line_item where order_id = %s and deleted_at is null order by position, id"
    return [key for (key,) in database.sql(statement, order)]


def stock(database: Database) -> dict[str, int]:
    return dict(database.sql("select sku, quantity from inventory_item"))


def line(place: str, **typed: str) -> dict[str, str]:
    return {f"line-item.{place}.{name.replace('form_', 'form-')}": text for name, text in typed.items()}


async def sent(client: AsyncClient, typed: dict[str, str], url: str = URL) -> Response:
    return await client.post(url, files={name: (None, text) for name, text in typed.items()})


async def test_adding_changing_and_removing_is_one_operation_that_can_be_undone(browse: Browse, shop: Database):
    client = await browse("editor")
    before = lines(shop), stock(shop)
    page = await client.get(URL)
    assert re.findall(r"<output data-total>([^<]*)<", page.text) == ["3.10"]
    typed = read(page) | {"status": "paid"}
    typed |= line("1", qty="4") | line("2", form_gone="1") | line("3", sku="Bulb", qty="5", unit_price="0.20")
    answer = await sent(client, typed)
    assert toasts(await follow(client, answer)) == ["Order 1 saved."]
    assert lines(shop) == [("A", 4, "1.50"), ("B", 5, "0.20")]
    assert stock(shop) == {"A": 5, "B": 0}
    assert shop.sql("select kind, rows, sentence from larder.operation") == [
        ("edit", 4, "Order 1: status changed, 1 line item removed, 1 line item changed, 1 line item added.")
    ]
    operation = shop.value("select max(id) from larder.operation")
    # The item's own history says whose order it was.
    history = (await client.get("/admin/inventory-item/details/1")).text
    assert re.search(rf'<a href="/admin/operations/{operation}">Changed</a>\s+by editor', history), history
    # Somebody takes a lamp meanwhile: the stock follows the lines, whatever it is by then.
    shop.sql("insert into line_item (order_id, sku, qty, unit_price) values (2, 'A', 1, 9)")
    await client.post(f"/admin/operations/{operation}/undo")
    assert lines(shop) == before[0]
    assert stock(shop) == {"A": before[1]["A"] - 1, "B": before[1]["B"]}
    assert shop.value('select status::text from "order" where id = 1') == "placed"


async def test_saving_without_a_change_writes_nothing(browse: Browse, shop: Database):
    client = await browse("editor")
    versions = "select array_agg(xmin::text order by id) from line_item"
    before = shop.value(versions)
    page = await follow(client, await sent(client, await form(client, URL)))
    assert toasts(page) == ["Nothing to save: Order 1 is unchanged."]
    # Not sent is not changed either: the same form without its lines.
    typed = {name: text for name, text in (await form(client, URL)).items() if "line-item" not in name}
    await sent(client, typed)
    assert shop.value(versions) == before
    assert shop.value("select count(*) from larder.operation") == 0


async def test_moving_lines_writes_their_positions_and_nothing_else(browse: Browse, shop: Database):
    client = await browse("editor")
    shop.sql("insert into line_item (order_id, sku, qty, unit_price) values (1, 'A', 3, 1), (1, 'B', 2, 1)")
    rows = "select id, order_id, sku, qty, unit_price, position from line_item order by id"
    before, versions, had = shop.sql(rows), dict(shop.sql("select id, xmin::text from line_item")), stock(shop)
    # The script swaps two numbers. Without it one types where a line is to stand, and who is there makes room.
    for typed, now, moved in (
        ({"1": "2", "2": "1"}, [2, 1, 4, 5], {1, 2}),
        ({"4": "2"}, [2, 5, 1, 4], {5, 1, 4}),
        ({"1": "3", "4": ""}, None, set()),
        ({"1": "3"}, [5, 1, 2, 4], {2, 4}),
    ):
        mine = await form(client, URL)
        for place, text in typed.items():
            mine |= line(place, position=text)
        answer = await sent(client, mine)
        if now is None:
            assert "Position cannot be empty" in answer.text
            continue
        assert standing(shop) == now, typed
        after = dict(shop.sql("select id, xmin::text from line_item"))
        assert {key for key in after if after[key] != versions[key]} == moved
        versions = after
    assert shop.sql("select rows, sentence from larder.operation order by id") == [
        (2, "Order 1: 2 line items moved."), (3, "Order 1: 3 line items moved."), (2, "Order 1: 2 line items moved.")
    ]  # fmt: skip
    assert stock(shop) == had
    assert "Position" in (await client.get("/admin/line-item/details/2")).text
    for operation in range(3, 0, -1):
        await client.post(f"/admin/operations/{operation}/undo")
    assert shop.sql(rows) == before


async def test_a_new_line_stands_last_or_where_it_was_put(browse: Browse, shop: Database):
    client = await browse("editor")
    new = {"sku": "A", "qty": "1", "unit_price": "1"}
    typed = await form(client, URL) | line("n1", **new) | line("n2", **new, position="1") | line("n3", position="7")
    assert (await sent(client, typed)).status_code == 303
    assert standing(shop) == [4, 1, 2, 5]
    # Many at the same place, or at the last there is: the key decides, and nothing is refused.
    shop.sql("update line_item set position = 9223372036854775807 where id in (1, 5)")
    shop.sql("insert into line_item (order_id, sku, qty, unit_price) values (1, 'A', 1, 1)")
    assert standing(shop) == [4, 2, 1, 5, 6]
    page = await follow(client, await sent(client, await form(client, URL)))
    assert toasts(page) == ["Nothing to save: Order 1 is unchanged."]
    page = await sent(client, await form(client, URL) | line("1", position="9223372036854775807"))
    assert "no line can stand behind it" in page.text
    # The list of them that the order leads to stands the same.
    (url,) = re.findall(
        r'href="(/admin/line-item/list\?order_id[^"]*)"', (await client.get("/admin/order/details/1")).text
    )
    listed = (await client.get(url.replace("&amp;", "&"))).text
    assert [int(key) for key in re.findall(r'<tr data-key="(\d+)"', listed)] == [4, 2, 1, 5, 6]


async def test_two_people_move_lines(browse: Browse, shop: Database):
    ann, ben = await browse("editor"), await browse("admin")
    shop.sql("insert into line_item (order_id, sku, qty, unit_price) values (1, 'A', 1, 1), (1, 'B', 1, 1)")
    # Different lines: both are moved. A line that somebody moved can be taken away all the same.
    mine = await form(ann, URL) | line("1", position="2") | line("2", position="1")
    assert (
        await sent(ben, await form(ben, URL) | line("3", position="4") | line("4", position="3"))
    ).status_code == 303
    assert (await sent(ann, mine)).status_code == 303
    assert standing(shop) == [2, 1, 5, 4]
    mine = await form(ann, URL) | line("1", form_gone="1")
    await sent(ben, await form(ben, URL) | line("1", position="3") | line("3", position="1"))
    assert (await sent(ann, mine)).status_code == 303
    assert standing(shop) == [5, 1, 4]
    # The same line: whose order stays is asked once, for all of them; what else was typed in it is kept.
    mine = await form(ann, URL) | line("1", position="3", qty="2") | line("3", position="1")
    await sent(ben, await form(ben, URL) | line("1", position="2") | line("2", position="1"))
    page = await sent(ann, mine)
    assert page.status_code == 409
    said = [re.sub("<.*?>", "", text) for text in re.findall(r"(?:Before|Keep theirs|Save mine): (.*?)</", page.text)]
    assert said == ["Bulb · Lamp · Lamp", "Lamp · Bulb · Lamp", "Lamp · Lamp · Bulb"]
    assert "The order of the line items was changed by admin too" in page.text
    asked = read(page)
    for choice, now in (("theirs", [1, 5, 4]), ("mine", [4, 1, 5])):
        page = await sent(ann, asked | {"choice-line-item.order": choice})
        assert (page.status_code, standing(shop)) == (303, now)
    assert ("B", 2, "1.00") in lines(shop)


async def test_one_line_that_fails_leaves_nothing_half_done(browse: Browse, shop: Database):
    client = await browse("editor")
    typed = await form(client, URL, status="paid") | line("1", qty="3") | line("3", sku="B", qty="9", unit_price="1")
    page = await sent(client, typed)
    assert page.status_code == 400
    assert re.search(r'<tr class="told">.*?Only 4 of B left in stock: 9 more cannot be taken\.', page.text, re.DOTALL)
    assert (lines(shop), stock(shop)["B"]) == ([("A", 2, "1.50"), ("B", 1, "0.10")], 4)
    assert shop.value('select status::text from "order" where id = 1') == "placed"
    again = read(page)
    assert (again["line-item.1.qty"], again["line-item.3.qty"], again["status"]) == ("3", "9", "paid")
    assert (await sent(client, again | line("3", qty="4"))).status_code == 303
    assert (lines(shop), stock(shop)) == ([("A", 3, "1.50"), ("B", 1, "0.10"), ("B", 4, "1.00")], {"A": 6, "B": 0})
    # What one line frees another one may take, in whatever order they stand.
    typed = await form(client, URL) | line("2", qty="4") | line("3", qty="1")
    assert (await sent(client, typed)).status_code == 303
    assert [qty for _, qty, _ in lines(shop)] == [3, 4, 1]


async def test_what_is_no_value_is_told_beside_its_line(browse: Browse, shop: Database):
    client = await browse("editor")
    typed = await form(client, URL) | line("1", qty="many") | line("2", qty="0") | line("3", sku="Nothing")
    page = await sent(client, typed)
    assert page.status_code == 400
    assert 'id="field-line-item.1.qty-error"' in page.text
    assert "Qty is not a whole number" in page.text
    assert "Qty cannot be empty." in page.text
    page = await sent(client, read(page) | line("1", qty="2") | line("3", sku=""))
    assert "Qty is 1 or more." in page.text
    assert lines(shop)[0] == ("A", 2, "1.50")


async def test_eight_clicks_add_one_line(browse: Browse, shop: Database):
    client = await browse("editor")
    typed = await form(client, URL) | line("n1", sku="B", qty="1", unit_price="1")
    answers = await asyncio.gather(*(sent(client, typed) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(lines(shop)) == 3
    assert shop.value("select count(*) from larder.operation") == 1


async def test_a_new_order_comes_with_its_lines(browse: Browse, shop: Database):
    client = await browse("editor")
    url = "/admin/order/create"
    typed = await form(client, url, customer_id="1", placed_at="2026-01-02 03:04Z")
    typed |= line("1", sku="A", qty="1", unit_price="2") | line("2", sku="B", qty="99", unit_price="1")
    assert (await sent(client, typed, url)).status_code == 400
    assert shop.value('select count(*) from "order"') == 2
    for _ in range(2):
        assert (await sent(client, typed | line("2", qty="1"), url)).status_code == 303
    assert shop.value('select count(*) from "order"') == 3
    assert shop.sql("select sku, qty from line_item where order_id > 2 order by id") == [("A", 1), ("B", 1)]
    assert stock(shop) == {"A": 6, "B": 3}
    sentence = shop.value("select sentence from larder.operation order by id desc limit 1")
    assert re.fullmatch(r"Order \d and 2 line items created\.", sentence)


async def test_two_people_and_one_line(browse: Browse, shop: Database):
    ann, ben = await browse("editor"), await browse("admin")
    mine = await form(ann, URL) | line("1", qty="3") | line("2", form_gone="1")
    await sent(ben, await form(ben, URL) | line("1", qty="5", unit_price="2") | line("2", unit_price="7"))
    page = await sent(ann, mine)
    assert page.status_code == 409
    assert page.text.count("Somebody changed") >= 2
    assert "by admin" in page.text
    assert lines(shop) == [("A", 5, "2.00"), ("B", 1, "7.00")]
    asked = read(page)
    assert asked["choice-line-item.1.qty"] == "mine"
    assert asked["line-item.1.unit_price"] == "2.00"
    # The line that was to be taken away stays for now: it is asked about, with what it became.
    assert re.search(r"Line item 2 was changed by admin,.*Unit price: .*0\.10.* → .*7\.00", page.text, re.DOTALL)
    assert asked["line-item.2.form-gone"] == ""
    await sent(ben, await form(ben, URL) | line("2", qty="2"))
    page = await sent(ann, asked | {"choice-line-item.1.qty": "theirs"} | line("2", form_gone="1"))
    assert "Remove it all the same" in page.text
    assert (await sent(ann, read(page) | line("2", form_gone="1"))).status_code == 303
    assert lines(shop) == [("A", 5, "2.00")]


async def test_a_line_that_others_removed_is_left_so_or_added_again(browse: Browse, shop: Database):
    ann, ben = await browse("editor"), await browse("admin")
    untouched, both = await form(ann, URL, status="paid"), await form(ann, URL) | line("2", form_gone="1", qty="9")
    mine = await form(ann, URL) | line("1", qty="3") | line("2", qty="4")
    theirs = await form(ben, URL) | line("1", unit_price="7") | line("2", form_gone="1")
    await sent(ben, theirs | line("3", sku="A", qty="1", unit_price="1"))
    page = await sent(ann, mine)
    assert page.status_code == 409
    assert re.search(r"Line item 2 was removed by admin,.*Leave it removed", page.text, re.DOTALL)
    for gone, wanted in (("1", [3, 1]), ("", [3, 1, 4])):
        answer = await sent(ann, read(page) | line("2", form_gone=gone))
        assert toasts(await follow(ann, answer))[-1].startswith("Order 1 saved.")
        assert [qty for _, qty, _ in lines(shop)] == wanted
    # What one left alone goes without a question, and so does what both have taken away; it is said.
    page = await follow(ann, await sent(ann, untouched))
    others = "changed 1 line item, removed 1 line item and added 2 line items"
    assert toasts(page) == [f"Order 1 saved. Others had {others} meanwhile; that stays."]
    assert toasts(await follow(ann, await sent(ann, both)))[-1].startswith("Nothing to save")


async def test_no_line_of_another_order_is_touched_or_made_up(browse: Browse, shop: Database):
    client = await browse("editor")
    for key in ("3", "999", "abc"):
        typed = await form(client, URL) | line("1", form_key=key, qty="9") | line("2", form_key=key, form_gone="1")
        page = await sent(client, typed)
        assert page.status_code == 409
        assert "is not here any more" in page.text
    assert (len(lines(shop)), lines(shop, 2)) == (2, [("A", 1, "9.00")])


async def test_a_trashed_order_gives_back_what_it_took_and_takes_it_again(browse: Browse, shop: Database):
    client = await browse("editor")
    await client.post("/admin/order/delete", data={"pks": "1"})
    assert stock(shop) == {"A": 9, "B": 5}
    shop.sql("update inventory_item set quantity = 0 where sku = 'B'")
    page = await follow(client, await client.post("/admin/order/restore", data={"pks": "1"}))
    assert "Only 0 of B left in stock" in toasts(page)[-1]
    shop.sql("update inventory_item set quantity = 1 where sku = 'B'")
    await client.post("/admin/order/restore", data={"pks": "1"})
    assert stock(shop) == {"A": 7, "B": 0}

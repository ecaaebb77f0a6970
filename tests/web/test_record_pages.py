from __future__ import annotations

import asyncio
import re
from urllib.parse import urljoin

import pytest

from admin.web import urls
from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import follow, form, read, toasts

pytestmark = pytest.mark.anyio


def customer(database: Database, email: str = "ann@example.org", name: str = "Ann Lee") -> int:
    return int(database.value("insert into customer (email, name) values (%s, %s) returning id", email, name))


# -- making ---------------------------------------------------------------------------------------------------------


async def test_a_row_is_made_and_one_is_back_in_the_list(browse: Browse, database: Database):
    client = await browse("editor")
    url = "/admin/customer/create?sortBy=name&sort=asc"
    typed = await form(client, url, email="ann@example.org", name="Ann Lee", balance="12.50")
    answer = await client.post(url, data=typed)
    assert answer.headers["location"] == "/admin/customer/list?sortBy=name&sort=asc"
    assert database.sql("select id, email, name, city, balance::text, active from customer") == [
        (1, "ann@example.org", "Ann Lee", None, "12.50", True)
    ]
    assert database.sql("select person_name, kind, rows, sentence from larder.operation") == [
        ("editor", "create", 1, "Customer 1 created.")
    ]


async def test_the_other_buttons_lead_elsewhere(browse: Browse, database: Database):
    client = await browse("editor")
    for then, location in (
        ("continue", "/admin/setting/edit/a%2Fb?search=x"),
        ("another", "/admin/setting/create?search=x"),
    ):
        key = "a/b" if then == "continue" else "c"
        typed = await form(client, "/admin/setting/create", key=key, value="1")
        answer = await client.post("/admin/setting/create?search=x", data={**typed, "form-then": then})
        assert answer.headers["location"] == location


@pytest.mark.parametrize("key", [".", "..", "~."])
async def test_keys_that_browsers_fold_away_can_be_opened_and_changed(browse: Browse, database: Database, key: str):
    client = await browse("editor")
    database.sql("insert into setting (key, value) values (%s, '1')", key)
    listed = await client.get("/admin/setting/list")
    link = re.search(r'<th scope=row[^>]*>\s*<a href="([^"]*edit/[^"]+)"', listed.text)
    assert link, listed.text
    opened = urljoin("/admin/setting/list", link[1])
    # The client folds paths as browsers do.
    typed = await form(client, opened, value="2")
    await follow(client, await client.post(opened, data=typed))
    assert database.sql("select key, value from setting") == [(key, 2)]
    assert (await client.get(urls.details("setting", key))).status_code == 200


async def test_a_text_that_is_far_too_long_comes_back_with_its_limit_beside_it(browse: Browse, database: Database):
    client = await browse("editor")
    url = "/admin/document/create"
    typed = await form(client, url, title="Long", body="word " * 1_000_000)
    # As browsers send this form: in parts, each with a limit of its own.
    answer = await client.post(url, files={name: (None, text) for name, text in typed.items()})
    assert answer.status_code == 400
    assert "Body is too long for a form (at most 1,000,000 bytes)." in answer.text
    assert read(answer)["body"] == typed["body"]
    assert database.value("select count(*) from document") == 0


@pytest.mark.parametrize("value", ['{"a": "\\u0000"}', "1e200000", '"\\ud800"', "1e99999999999999999999"])
async def test_json_that_the_database_does_not_store_is_told_beside_its_field(browse: Browse, value: str):
    client = await browse("editor")
    typed = await form(client, "/admin/setting/create", key="a", value=value)
    answer = await client.post("/admin/setting/create", data=typed)
    assert answer.status_code == 400
    assert re.search(r'id="field-value-error">\s*<li>Value cannot hold ', answer.text), answer.text
    assert read(answer)["value"] == value


async def test_what_the_star_means_is_said_once(browse: Browse, database: Database):
    client = await browse("editor")
    page = (await client.get("/admin/customer/create")).text
    assert page.count("* required") == 1
    assert page.count('class="required"') > 1


async def test_a_row_can_be_duplicated_without_what_no_two_rows_share(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql(
        "insert into customer (email, name, city, balance, born) values ('a@x.org', 'Ann', null, 7.50, '0999-01-02')"
    )
    for page in ("edit", "details"):
        shown = await client.get(f"/admin/customer/{page}/1?search=x")
        assert '<a class="button" href="/admin/customer/create?search=x&amp;form-from=1">' in shown.text
    page = await client.get("/admin/customer/create?search=x&form-from=1")
    assert "This is a copy of customer 1. Not taken over: email." in page.text
    typed = read(page)
    assert (typed["email"], typed["name"], typed["balance"], typed["born"]) == ("", "Ann", "7.50", "0999-01-02")
    assert 'action="/admin/customer/create?search=x"' in page.text
    answer = await client.post("/admin/customer/create?search=x", data={**typed, "email": "b@x.org"})
    assert answer.headers["location"] == "/admin/customer/list?search=x"
    assert database.sql("select email, name, city, balance::text, born::text from customer where id = 2") == [
        ("b@x.org", "Ann", None, "7.50", "0999-01-02")
    ]
    assert (await client.get("/admin/customer/create?form-from=99")).status_code == 404
    viewer = await browse("viewer")
    assert "form-from" not in (await viewer.get("/admin/customer/details/1")).text


async def test_a_copy_keeps_its_parents_and_says_which_is_in_the_trash(browse: Browse, database: Database):
    client = await browse("editor")
    number = customer(database)
    database.sql("insert into invoice (number, customer_id, amount) values ('R-1', %s, 5)", number)
    page = await client.get("/admin/invoice/create?form-from=1")
    assert f'<option value="{number}" selected>Ann Lee ({number})</option>' in page.text
    assert (read(page)["number"], read(page)["customer_id"]) == ("", str(number))
    database.sql("update customer set deleted_at = now()")
    page = await client.get("/admin/invoice/create?form-from=1")
    answer = await client.post("/admin/invoice/create", data={**read(page), "number": "R-2"})
    assert answer.status_code == 400
    assert "is in the trash" in answer.text


async def test_the_filters_of_the_list_fill_the_form_in(browse: Browse, database: Database):
    client = await browse("editor")
    number = customer(database)
    page = await client.get(f"/admin/invoice/create?customer_id={number}&status=sent&amount__gte=5&page=2&search=x")
    typed = read(page)
    assert (typed["customer_id"], typed["status"], typed["amount"]) == (str(number), "sent", "")
    assert f'<option value="{number}" selected>Ann Lee ({number})</option>' in page.text
    assert (await client.get("/admin/invoice/create?customer_id=nonsense&status=&x=1")).status_code == 200


async def test_a_double_click_makes_one_row_and_leads_to_the_same_place(browse: Browse, database: Database):
    client = await browse("editor")
    typed = await form(
        client, "/admin/customer/create", email="ann@example.org", name="Ann", **{"form-then": "continue"}
    )
    answers = await asyncio.gather(*(client.post("/admin/customer/create", data=typed) for _ in range(8)))
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, "/admin/customer/edit/1")}
    assert database.value("select count(*) from customer") == 1
    assert database.value("select count(*) from larder.operation") == 1


async def test_back_and_save_again_makes_nothing_new_unless_something_else_was_typed(
    browse: Browse, database: Database
):
    client = await browse("editor")
    typed = await form(client, "/admin/author/create", name="Ann")
    for _ in range(2):
        answer = await client.post("/admin/author/create", data=typed)
    assert toasts(await client.get("/admin/author/create"))[-1] == "Author 1 was saved from this form before."
    await client.post("/admin/author/create", data={**typed, "name": "Ben"})
    assert answer.status_code == 303
    assert database.sql("select name from author order by id") == [("Ann",), ("Ben",)]


async def test_errors_stand_beside_their_field_and_keep_what_was_typed(browse: Browse, database: Database):
    client = await browse("editor")
    typed = await form(client, "/admin/customer/create", email="", name="Ann <b>", balance="12,5O", born="2026-02-30")
    answer = await client.post("/admin/customer/create", data=typed)
    assert answer.status_code == 400
    assert "Balance is not a number (expected like 12.50)." in answer.text
    assert "Email cannot be empty." in answer.text
    assert "Born is not a day of the calendar." in answer.text
    assert '<a href="#field-balance">Balance is not a number' in answer.text
    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    again = read(answer)
    assert (again["name"], again["balance"], again["born"]) == ("Ann <b>", "12,5O", "2026-02-30")
    assert again["form-nonce"] == typed["form-nonce"]
    assert database.value("select count(*) from customer") == 0


async def test_a_taken_value_says_by_whom_and_leads_there(browse: Browse, database: Database):
    client = await browse("editor")
    number = customer(database)
    typed = await form(client, "/admin/customer/create", email="ann@example.org", name="Second")
    answer = await client.post("/admin/customer/create", data=typed)
    assert answer.status_code == 400
    assert f"Email is already used by Ann Lee (#{number})." in answer.text
    assert f'href="/admin/customer/edit/{number}"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    # Corrected, the same form is saved.
    assert (
        await client.post("/admin/customer/create", data={**read(answer), "email": "b@example.org"})
    ).status_code == 303


async def test_a_rule_of_the_database_is_told_in_its_own_words(browse: Browse, database: Database):
    client = await browse("editor")
    typed = await form(client, "/admin/inventory-item/create", sku="A-1", name="Lamp", quantity="-1")
    answer = await client.post("/admin/inventory-item/create", data=typed)
    assert answer.status_code == 400
    assert "Quantity cannot be less than 0." in answer.text


# -- changing -------------------------------------------------------------------------------------------------------


async def test_only_what_was_changed_is_written(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql(
        "insert into document (title, body, created_at) values ('Sea', e'one\\r\\ntwo', '2020-01-01 00:00:00.123456Z')"
    )
    url = "/admin/document/edit/1?sortBy=title&sort=asc"
    page = await follow(client, await client.post(url, data=await form(client, url, title="Sand")))
    assert database.sql("select title, body, created_at::text from document") == [
        ("Sand", "one\r\ntwo", "2020-01-01 00:00:00.123456+00")
    ]
    assert database.value("select before ->> 'title' from larder.before_image") == "Sea"
    assert toasts(page) == ["Document 1 saved."]
    operation = database.value("select max(id) from larder.operation")
    assert f'action="/admin/operations/{operation}/undo?sortBy=title&amp;sort=asc"' in page.text


async def test_saving_without_a_change_writes_nothing_and_says_so(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into setting values ('a', '{}')")
    typed = await form(client, "/admin/setting/edit/a", **{"form-then": "continue"})
    page = await follow(client, await client.post("/admin/setting/edit/a", data=typed))
    assert toasts(page) == ["Nothing to save: Setting a is unchanged."]
    assert database.value("select count(*) from larder.operation") == 0


async def test_a_long_text_is_carried_there_and_back_and_a_longer_one_is_left_alone(browse: Browse, database: Database):
    client = await browse("editor")
    url = "/admin/document/edit/1"
    database.sql("insert into document (title, body) values ('x', repeat('ab cd ', 150000))")
    typed = await form(client, url, title="y")
    # As a browser sends it.
    assert (await client.post(url, files={name: (None, value) for name, value in typed.items()})).status_code == 303
    answer = await client.post(url, files={"body": (None, "x " * 600_000), "title": (None, "Kept")})
    assert answer.status_code == 400
    assert "Body is too long for a form" in answer.text
    database.sql("update document set body = repeat('ab cd ', 200000)")
    page = await client.get(url)
    assert "Read-only: it cannot be changed here" in page.text
    assert len(page.text) < 100_000
    answer = await client.post(url, data={**read(page), "title": "z", "body": "lost", "was-body": ""})
    assert answer.status_code == 303
    assert database.sql("select title, length(body) from document") == [("z", 1_200_000)]


# -- what must not go through -----------------------------------------------------------------------------------------


async def test_columns_that_no_form_shows_are_not_written(browse: Browse, database: Database):
    client = await browse("editor")
    number = customer(database)
    url = f"/admin/customer/edit/{number}"
    typed = await form(
        client, url, name="Ann Moor", id="99", created_at="2000-01-01", deleted_at="2000-01-01", nonsense="1"
    )
    typed |= {"was-id": "1", "was-deleted_at": "", "was-created_at": ""}
    assert (await client.post(url, data=typed)).status_code == 303
    assert database.sql("select id, name, deleted_at, created_at > '2020-01-01' from customer") == [
        (number, "Ann Moor", None, True)
    ]


async def test_the_key_of_a_row_cannot_be_changed(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into setting values ('a', '1')")
    typed = await form(client, "/admin/setting/edit/a", value="2", key="b")
    assert (await client.post("/admin/setting/edit/a", data={**typed, "was-key": "a"})).status_code == 303
    assert database.sql("select key, value from setting") == [("a", 2)]


async def test_a_deleted_parent_cannot_be_chosen_but_stays_where_it_is(browse: Browse, database: Database):
    client = await browse("editor")
    live, gone = customer(database), customer(database, "b@example.org", "Ben Gone")
    database.sql("insert into invoice (number, customer_id, amount) values ('1', %s, 1), ('2', %s, 1)", live, gone)
    database.sql("update customer set deleted_at = now() where id = %s", gone)
    typed = await form(client, "/admin/invoice/edit/1", customer_id=str(gone))
    answer = await client.post("/admin/invoice/edit/1", data=typed)
    assert answer.status_code == 400
    assert "Ben Gone (#2) is in the trash" in answer.text
    typed = await form(client, "/admin/invoice/edit/2", amount="2")
    assert (await client.post("/admin/invoice/edit/2", data=typed)).status_code == 303
    assert database.sql("select customer_id, amount::int from invoice order by id") == [(live, 1), (gone, 2)]


async def test_a_parent_can_be_named_by_its_key_or_by_what_it_is_called(browse: Browse, database: Database):
    client = await browse("editor")
    customer(database)
    customer(database, "b@example.org", "Ben Moor")
    customer(database, "c@example.org", "Ben Moor")
    url = "/admin/invoice/create"
    for number, (text, status) in enumerate(
        {"1": 303, "Ann Lee": 303, "c@example.org": 303, "Ben Moor": 400, "9": 400, "Nobody": 400, "\x00": 400}.items()
    ):
        answer = await client.post(url, data=await form(client, url, number=str(number), amount="1", customer_id=text))
        assert answer.status_code == status, (text, answer.text)
    assert (
        "“Ben Moor” means more than one row"
        in (await client.post(url, data=await form(client, url, number="x", amount="1", customer_id="Ben Moor"))).text
    )
    assert database.sql("select customer_id from invoice order by id") == [(1,), (1,), (3,)]


async def test_a_viewer_may_look_and_nothing_else(browse: Browse, database: Database):
    client = await browse("viewer")
    number = customer(database)
    assert (await client.get(f"/admin/customer/details/{number}")).status_code == 200
    for method, url in (("GET", f"edit/{number}"), ("POST", f"edit/{number}"), ("GET", "create"), ("POST", "create")):
        assert (await client.request(method, f"/admin/customer/{url}")).status_code == 403
    assert (
        "Edit"
        not in re.findall(r"<main.*</main>", (await client.get(f"/admin/customer/details/{number}")).text, re.DOTALL)[0]
    )


async def test_a_table_that_does_not_change_has_no_forms(browse: Browse, database: Database):
    client = await browse("admin")
    database.sql("insert into event (kind) values ('x')")
    assert (await client.get("/admin/event/edit/1")).status_code == 403
    assert (await client.get("/admin/event/details/1")).status_code == 200


@pytest.mark.parametrize("key", ["999", "abc", "1e5", "99999999999999999999", "", "1/2", "%00", "%FF"])
async def test_a_missing_row_is_not_found_whatever_its_key(browse: Browse, database: Database, key: str):
    client = await browse("editor")
    for page in ("details", "edit"):
        assert (await client.get(f"/admin/customer/{page}/{key}")).status_code == 404
    assert (await client.post(f"/admin/customer/edit/{key}", data={"name": "x"})).status_code == 404

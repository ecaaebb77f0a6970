"""The pages of one row, on tables that the console has never seen: composite keys, text keys, odd names and types."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from admin.web import urls
from admin.web.console import Console
from admin.web.model_admin import ModelAdmin
from tests import strangers
from tests.postgres import Database
from tests.strangers import Link, Node, Odd, Plain, Shelf
from tests.web.conftest import Browse
from tests.web.pages import follow, form, quote, toasts

pytestmark = pytest.mark.anyio


@pytest.fixture
def tables(console: Console, database: Database) -> Console:
    strangers.create(database)
    for model in (Shelf, Odd, Node, Link, Plain):
        database.sql(f"select larder.track('{_sql(model)}')")
        console.add_view(type(f"{model.__name__}Admin", (ModelAdmin,), {}, model=model))
    return console


async def test_a_row_with_a_composite_key_goes_all_the_way(browse: Browse, database: Database, tables: Console):
    editor = await browse("editor")
    for code in ("a", "a,b", "a\\", "ü/ß ?#%", ","):
        url = "/admin/shelf/create"
        answer = await editor.post(url, data=await form(editor, url, room="7", code=code, **{"form-then": "continue"}))
        where = answer.headers["location"]
        assert where == f"/admin/shelf/edit/{quote(_key('7', code))}"
        assert (await editor.post(where, data=await form(editor, where, note="new"))).status_code == 303
        assert "new" in (await editor.get(where.replace("/edit/", "/details/"))).text
        assert database.sql("select code from shelf where note = 'new' and deleted_at is null") == [(code,)]
        page = await follow(editor, await editor.post("/admin/shelf/delete", data={"pks": _key("7", code)}))
        assert toasts(page)[-1] == f"Shelf {_key('7', code)} deleted."
        assert database.value("select count(*) from shelf where deleted_at is null") == 0
        await editor.post("/admin/shelf/restore", data={"pks": _key("7", code)})
        number = database.value("select max(id) from larder.operation")
        assert (await editor.post(f"/admin/operations/{number}/undo")).status_code == 303
        assert database.sql("select code from shelf where deleted_at is null") == []


async def test_history_revert_and_trash_know_any_key(browse: Browse, database: Database, tables: Console):
    client = await browse("editor")
    for code in ("a,b", "a/b", "ü ß?#%<b>", "..", ".", "~.", "\\\n"):
        url, key = "/admin/shelf", urls.of_key(_key("7", code))
        await client.post(f"{url}/create", data={"room": "7", "code": code, "note": "one"})
        made = database.value("select max(id) from larder.operation")
        await client.post(f"{url}/edit/{key}", data=await form(client, f"{url}/edit/{key}", note="two"))
        page = (await client.get(f"{url}/details/{key}")).text
        (then,) = re.findall(r'<a href="([^"]*as-of=[^"]*)">As it was then', page)
        assert "<dd>one</dd>" in (await client.get(html.unescape(then))).text, code
        fields = dict(re.findall(r'name="(as-of|seen)" value="([^"]*)"', page))
        answer = await client.post(f"{url}/revert/{key}", data=fields)
        assert answer.headers["location"] == f"{url}/details/{key}"
        assert database.sql("select note from shelf where code = %s", code) == [("one",)]
        listed = await client.get(f"{url}/list?operation={made}&deleted=with")
        assert [html.unescape(one) for one in re.findall(r'<tr data-key="([^"]*)"', listed.text)] == [_key("7", code)]
        await client.post(f"{url}/delete", data={"pks": _key("7", code)})
        assert "Nothing is in its way any more" in (await client.get(f"{url}/restore/{key}")).text, code
        assert (await client.post(f"{url}/restore/{key}", data={"way": "plain"})).status_code == 303
        assert database.sql("select deleted_at from shelf where code = %s", code) == [(None,)]


async def test_odd_columns_are_made_changed_and_left_alone(browse: Browse, database: Database, tables: Console):
    client = await browse("editor")
    url = "/admin/odd/create"
    typed: dict[str, str] = {
        "page": "9223372036854775807", "sort": "x", "select": "y", "a": "1", "a__gte": "2", "tags": '["a,b", null, ""]',
        "data": '{"b": 1, "a": null}', "amount": "0.10", "ratio": "0.1", "happened": "2026-11-23 14:05:06.000007",
        "size": "SMALL",
    }  # fmt: skip
    answer = await client.post(url, data=await form(client, url, **typed, **{"form-then": "continue"}))
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    before = database.sql(f"select t::text, xmin::text from {_sql(Odd)} t")
    page = await follow(client, await client.post(where, data=await form(client, where)))
    assert "Nothing to save" in toasts(page)[-1]
    assert database.sql(f"select t::text, xmin::text from {_sql(Odd)} t") == before
    for name in typed:
        answer = await client.post(where, data=await form(client, where, **{name: ""}))
        assert answer.status_code == 303, (name, answer.text)
    held = 'num_nonnulls(a, a__gte, tags, data, amount, ratio, happened, size, "select", "page number %%", "so""rt")'
    assert database.value(f"select {held} from {_sql(Odd)}".replace("%%", "%")) == 0


async def test_rows_that_point_to_their_own_table(browse: Browse, database: Database, tables: Console):
    client = await browse("editor")
    database.sql(
        "insert into node (slug, name) values ('root', 'Root'); insert into node values ('leaf', 'Leaf', 'root')"
    )
    answer = await client.post(
        "/admin/node/edit/leaf", data=await form(client, "/admin/node/edit/leaf", parent_slug="Leaf")
    )
    assert answer.status_code == 303, answer.text
    assert database.value("select parent_slug from node where slug = 'leaf'") == "leaf"
    page = (await client.get("/admin/node/details/leaf")).text
    assert '<a href="/admin/node/list?parent_slug=leaf">1</a>' in page
    database.sql("insert into link (source, target) values ('root', 'leaf')")
    asked = await client.post("/admin/node/delete", data={"pks": "root"})
    assert "1 link" in asked.text


def _key(*parts: str) -> str:
    return ",".join(part.replace("\\", "\\\\").replace(",", "\\,") for part in parts)


def _sql(model: Any) -> str:
    return '"' + str(model.__table__.name).replace('"', '""') + '"'

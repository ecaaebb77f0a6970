"""A cell of a list, edited in its place: the field of the row's form, and the row anew."""

from __future__ import annotations

import asyncio
import re

import pytest
from httpx2 import AsyncClient, Response

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import quote, read

pytestmark = pytest.mark.anyio

JSON = {"accept": "application/json"}
URL = "/admin/document/field/title/1?search=x"


@pytest.fixture
def sea(database: Database) -> Database:
    database.sql("insert into document (title, body) values ('Sea', e'a\\r\\nb')")
    return database


async def asked(client: AsyncClient, url: str = URL) -> dict[str, str]:
    answer = await client.get(url, headers=JSON)
    assert answer.status_code == 200, answer.text
    return fields(answer)


def fields(answer: Response) -> dict[str, str]:
    """The form in an answer, which has no nonce: what it does may well be done twice."""
    html = '<form enctype="multipart/form-data"><input name="form-nonce">'
    page = Response(200, text=html + answer.json()["form"].replace("<form", "<div").replace("</form", "</div"))
    return {name: text for name, text in read(page).items() if name != "form-nonce"}


async def sent(client: AsyncClient, typed: dict[str, str], url: str = URL) -> Response:
    return await client.post(url, headers=JSON, files={name: (None, text) for name, text in typed.items()})


async def test_a_cell_is_saved_alone_and_the_row_comes_anew(browse: Browse, sea: Database):
    client = await browse("editor")
    listed = (await client.get("/admin/document/list")).text
    assert re.search(r'<th scope="col" data-edit="title"', listed)
    assert 'data-edit="id"' not in listed
    typed = await asked(client)
    assert typed == {"was-title": "Sea", "title": "Sea"}
    answer = await sent(client, {**typed, "title": "Sand"})
    assert answer.status_code == 200, answer.text
    assert re.match(r'<tr data-key="?1"?><td class="?tick"?>', answer.json()["row"])
    assert '<a href="edit/1?search=x">Sand</a>' in answer.json()["row"]
    operation = sea.value("select max(id) from larder.operation")
    assert "Document 1 saved." in answer.json()["toast"]
    assert f'action="/admin/operations/{operation}/undo?search=x"' in answer.json()["toast"]
    assert sea.sql("select title, body from document") == [("Sand", "a\r\nb")]
    assert sea.sql("select kind, rows, sentence from larder.operation") == [
        ("edit", 1, "Document 1: title changed.")
    ]  # fmt: skip


async def test_no_change_writes_nothing_and_eight_times_the_same_one_is_one(browse: Browse, sea: Database):
    client = await browse("editor")
    before = sea.sql("select t::text, xmin::text from document t")
    body = URL.replace("title", "body")
    await sent(client, await asked(client, body), body)
    assert sea.sql("select t::text, xmin::text from document t") == before
    typed = {**await asked(client), "title": "Sand"}
    answers = await asyncio.gather(*(sent(client, typed) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert sea.value("select count(*) from larder.operation") == 1


async def test_two_people_and_one_cell(browse: Browse, sea: Database):
    ann, ben = await browse("editor"), await browse("admin")
    mine = {**await asked(ann), "title": "Mine"}
    await sent(ben, {**await asked(ben), "title": "Theirs"})
    # What others changed elsewhere in the row is no matter of this cell.
    status = URL.replace("title", "status")
    assert (await sent(ben, {**await asked(ben, status), "status": "published"}, status)).status_code == 200
    answer = await sent(ann, mine)
    assert answer.status_code == 409
    assert "Title was changed by admin too" in answer.json()["form"]
    again = fields(answer)
    assert again == {"was-title": "Theirs", "title": "Mine", "choice-title": "mine"}
    assert sea.value("select title from document") == "Theirs"
    assert (await sent(ann, again)).status_code == 200
    assert sea.sql("select title, status::text from document") == [("Mine", "published")]


async def test_what_is_wrong_is_said_in_the_place(browse: Browse, sea: Database):
    client = await browse("editor")
    sea.sql("insert into customer (email, name) values ('a@x.org', 'Ann'), ('b@x.org', 'Ben')")
    for column, text, said in (
        ("balance", "12,5O", "Balance is not a number (expected like 12.50)."),
        ("name", "x\0", "Name cannot contain a NUL character."),
        ("email", "b@x.org", "Email is already used by Ben (#2)."),
    ):
        url = f"/admin/customer/field/{column}/1"
        answer = await sent(client, {**await asked(client, url), column: text}, url)
        assert answer.status_code == 400
        assert said in answer.json()["form"]
    url = "/admin/customer/field/name/1"
    typed = {**await asked(client, url), "name": "Anna"}
    await client.post("/admin/customer/delete", data={"pks": "1"})
    answer = await sent(client, typed, url)
    assert answer.status_code == 409
    assert "Customer 1 was deleted by editor" in answer.json()["form"]
    assert (await client.get(url, headers=JSON)).status_code == 409


async def test_only_fields_of_the_form_and_only_whoever_may_edit(browse: Browse, sea: Database):
    client = await browse("editor")
    for column in ("id", "created_at", "deleted_at", "search", "nothing", "xmin"):
        url = f"/admin/document/field/{column}/1"
        assert (await client.get(url, headers=JSON)).status_code == 404
        assert (await sent(client, {column: "1", f"was-{column}": "0"}, url)).status_code == 404
    assert (await client.get(URL.replace("/1", "/99"), headers=JSON)).status_code == 404
    sea.sql("insert into event (kind) values ('x')")
    assert (await client.get("/admin/event/field/kind/1", headers=JSON)).status_code == 403
    viewer = await browse("viewer")
    assert (await viewer.get(URL, headers=JSON)).status_code == 403
    assert "edit-cells" not in (await viewer.get("/admin/document/list")).text
    nobody = await sent(await browse(), {"title": "x"})
    assert nobody.json()["error"]["message"].startswith("You are not logged in any more")


@pytest.mark.parametrize("key", [".", "a/b", "a/field/value", "ü ?#,\\%"])
async def test_any_key(browse: Browse, database: Database, key: str):
    client = await browse("editor")
    database.sql("insert into setting values (%s, '1')", key)
    listed = (await client.get("/admin/setting/list")).text
    link = re.search(r'<a href="edit/([^"]+)"', listed)
    assert link
    url = f"/admin/setting/field/value/{link[1]}"
    assert (await sent(client, {**await asked(client, url), "value": "2"}, url)).status_code == 200, quote(key)
    assert database.sql("select key, value from setting") == [(key, 2)]

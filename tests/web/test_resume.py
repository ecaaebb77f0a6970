"""A session that ended while a form was filled in: what was typed comes back after the login, to the same person."""

from __future__ import annotations

import html
import re

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import Column, Integer, MetaData, Table, Text
from sqlalchemy.orm import registry

from admin.web import resume
from admin.web.console import Console
from admin.web.login import BODY_WITH_FORM
from admin.web.model_admin import ModelAdmin
from tests.postgres import Database
from tests.web.conftest import PASSWORD, Browse
from tests.web.pages import follow, form, read, toasts

pytestmark = pytest.mark.anyio

URL = "/admin/document/edit/1?sortBy=title&sort=asc"


def hidden(page: Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def as_parts(fields: dict[str, str]) -> dict[str, tuple[None, str]]:
    return {name: (None, text) for name, text in fields.items()}


async def lost(client: AsyncClient, database: Database, url: str = URL, **typed: str) -> Response:
    """Open a form, lose the session, send the form."""
    fields = await form(client, url, **typed)
    database.sql("delete from larder.session")
    return await client.post(url, files=as_parts(fields))


async def back_in(client: AsyncClient, asked: Response, name: str = "editor", password: str = PASSWORD) -> Response:
    action = re.search(r'method="post" action="([^"]+)"', asked.text)
    where = html.unescape(action[1]) if action else "/admin/login"
    return await client.post(where, files=as_parts({**hidden(asked), "username": name, "password": password}))


@pytest.fixture
def sea(database: Database) -> Database:
    database.sql("insert into document (title, body) values ('Sea', 'Waves')")
    return database


async def test_what_was_typed_is_shown_again_and_saved_by_the_person(browse: Browse, sea: Database):
    client = await browse("editor")
    body = 'one\r\n<b>"two"</b>\r\n' + "ü" * 2000
    asked = await lost(client, sea, title="", body=body)
    assert asked.status_code == 403
    assert "What" not in asked.headers.get("location", "")
    assert "Log in to go on: what you typed is kept on this page." in asked.text
    # A wrong password loses nothing.
    asked = await back_in(client, asked, password="wrong")
    assert asked.status_code == 400
    middle = await back_in(client, asked)
    assert (middle.status_code, "set-cookie" in middle.headers) == (200, True)
    assert f'action="{URL.replace("&", "&amp;")}"' in middle.text
    assert PASSWORD not in middle.text
    shown = await client.post(URL, files=as_parts(hidden(middle)))
    assert shown.status_code == 200
    assert "What you had typed is here, and not saved yet." in shown.text
    assert "data-changed" in shown.text
    assert (read(shown)["title"], read(shown)["body"]) == ("", body)
    assert sea.sql("select title, body from document") == [("Sea", "Waves")]
    page = await follow(client, await client.post(URL, files=as_parts({**read(shown), "title": "Sand"})))
    assert toasts(page) == ["Document 1 saved."]
    assert sea.sql("select title, body from document") == [("Sand", body.replace("\r\n", "\n"))]


async def test_a_new_row_too_and_still_only_once(browse: Browse, database: Database):
    client = await browse("editor")
    url = "/admin/author/create"
    asked = await lost(client, database, url, name="Ann", country="Iceland")
    shown = await client.post(url, files=as_parts(hidden(await back_in(client, asked))))
    assert database.value("select count(*) from author") == 0
    for _ in range(2):
        assert (await client.post(url, files=as_parts(read(shown)))).status_code == 303
    assert database.sql("select name, country from author") == [("Ann", "Iceland")]


async def test_what_others_changed_meanwhile_is_still_asked_about(browse: Browse, sea: Database):
    client = await browse("editor")
    asked = await lost(client, sea, title="Mine")
    sea.sql("update document set title = 'Theirs'")
    shown = await client.post(URL, files=as_parts(hidden(await back_in(client, asked))))
    assert (await client.post(URL, files=as_parts(read(shown)))).status_code == 409
    assert sea.value("select title from document") == "Theirs"


async def test_somebody_else_gets_nothing_of_it(browse: Browse, sea: Database):
    client = await browse("editor")
    asked = await lost(client, sea, title="Ann's own words")
    middle = await back_in(client, asked, "admin")
    assert "The form was filled in by somebody else." in middle.text
    assert "own words" not in middle.text
    assert "submit-now" not in middle.text


async def test_what_cannot_be_carried_leads_to_the_login_as_before(browse: Browse, sea: Database):
    client = await browse("editor")
    for sent in (
        await lost(client, sea, body="x" * (resume.MOST + 1)),
        await client.post("/admin/document/delete", data={"pks": "1"}),
        await client.post(URL, data={"title": "no form of ours"}),
    ):
        assert sent.status_code == 303
        assert "lost=1" in sent.headers["location"]
    asked = await client.post(URL, headers={"accept": "application/json"}, data={"form-nonce": "a"})
    assert asked.status_code == 403
    assert asked.json()["error"]["message"].startswith("You are not logged in any more")
    assert (await back_in(await browse(), asked)).headers["location"] == "/admin/"


async def test_only_a_login_that_says_that_it_brings_a_form_may_be_long(browse: Browse, sea: Database):
    client = await browse("editor")
    asked = await lost(client, sea, body="x" * 2**18)
    fields = as_parts({**hidden(asked), "username": "editor", "password": PASSWORD})
    refused = await client.post("/admin/login", files=fields)
    assert refused.status_code == 413
    assert "16 KB" in refused.text
    assert hidden(await back_in(client, asked))["body"] == "x" * 2**18
    beyond = await client.post("/admin/login?form=1", content=b"x" * (BODY_WITH_FORM + 1))
    assert beyond.status_code == 413


async def test_secrets_do_not_travel(browse: Browse, database: Database, console: Console):
    database.sql("create table safe (id serial primary key, name text, door_token text)")
    database.sql("grant all on safe, safe_id_seq to larder_app; select larder.track('safe')")
    columns = Column("id", Integer, primary_key=True), Column("name", Text), Column("door_token", Text)
    registry().map_imperatively(safe := type("Safe", (), {}), Table("safe", MetaData(), *columns))
    options = {"form_columns": ["name", "door_token"]}
    console.add_view(type("SafeAdmin", (ModelAdmin,), options, model=safe))
    client = await browse("editor")
    asked = await lost(client, database, "/admin/safe/create", name="Front", door_token="tell-nobody")
    assert "Front" in asked.text
    assert "tell-nobody" not in asked.text
    shown = await client.post("/admin/safe/create", files=as_parts(hidden(await back_in(client, asked))))
    assert "Secrets have to be typed again." in shown.text

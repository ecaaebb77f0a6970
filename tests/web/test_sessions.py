from __future__ import annotations

import re

import psycopg
import pytest
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy.pool import Pool
from starlette.requests import Request

from admin.app import create_app
from admin.reads import people as reader
from admin.web import flash
from admin.web.assets import asset
from admin.web.page import Flash
from admin.web.visit import Visit
from admin.writes import people as writer
from admin.writes.sessions import token_hash
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.anyio

LOGIN = {"username": "editor", "password": PASSWORD}


async def is_in(browser) -> bool:
    """Whether the browser is logged in: then the login page leads on."""
    return (await browser.get("/admin/login")).status_code == 303


def given_cookie(answer) -> tuple[str, str, str]:
    """Name, value and attributes of the cookie an answer sets."""
    name, value, attributes = re.fullmatch(r"([^=]+)=([^;]*); (.*)", answer.headers["set-cookie"]).groups()
    return name, value, attributes


async def test_on_this_machine_the_cookie_is_plain_but_closed_to_scripts(browse):
    name, value, attributes = given_cookie(await (await browse()).post("/admin/login", data=LOGIN))
    assert name == "larder"
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", value)
    assert set(attributes.split("; ")) == {"HttpOnly", "Path=/", "SameSite=lax"}


async def test_on_https_the_cookie_is_bound_to_the_host(browse):
    browser = await browse(base_url="https://localhost")
    name, _, attributes = given_cookie(await browser.post("/admin/login", data=LOGIN))
    assert name == "__Host-larder"
    assert set(attributes.split("; ")) == {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}
    assert await is_in(browser)


async def test_on_https_a_cookie_without_the_host_prefix_counts_for_nothing(browse):
    browser = await browse("editor")
    secure = await browse(base_url="https://localhost")
    secure.cookies.set("larder", browser.cookies["larder"])
    assert not await is_in(secure)


async def test_on_plain_http_under_a_real_name_nobody_can_log_in(settings, people, anyio_backend):
    named = settings.model_copy(update={"allowed_hosts": ("larder.example",)})
    async with AsyncClient(transport=ASGITransport(create_app(named)), base_url="http://larder.example") as browser:
        assert "only over https" in (await browser.get("/admin/login")).text
        answer = await browser.post("/admin/login", data=LOGIN)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


async def test_the_table_keeps_no_cookie_and_who_it_is_from(browse, database):
    browser = await browse()
    await browser.post("/admin/login", data=LOGIN, headers={"user-agent": "Browser/1"})
    ((digest, ip, agent),) = database.sql("select token_hash, ip, agent from larder.session")
    assert browser.cookies["larder"].encode() not in digest
    assert (len(digest), ip, agent) == (32, "127.0.0.1", "Browser/1")


async def test_a_login_makes_a_new_session_and_ends_the_old_one(browse, database):
    browser = await browse("viewer")
    before = browser.cookies["larder"]
    await browser.post("/admin/login", data=LOGIN)
    assert database.value("select count(*) from larder.session") == 1
    thief = await browse()
    thief.cookies.set("larder", before)
    assert not await is_in(thief)


async def test_a_planted_token_is_never_adopted(browse, database):
    browser = await browse()
    planted = "A" * 43
    browser.cookies.set("larder", planted)
    answer = await browser.post("/admin/login", data=LOGIN)
    assert given_cookie(answer)[1] != planted
    assert database.value("select count(*) from larder.session") == 1


async def test_logging_out_ends_the_session_on_the_server(browse, database):
    browser, thief = await browse("editor"), await browse()
    thief.cookies.set("larder", browser.cookies["larder"])
    answer = await browser.post("/admin/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/login")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not await is_in(thief)
    assert database.value("select count(*) from larder.session") == 0


async def test_logging_out_takes_a_post(browse):
    browser = await browse("editor")
    assert (await browser.get("/admin/logout")).status_code == 405
    assert await is_in(browser)


@pytest.mark.parametrize(
    "change",
    [
        "update larder.session set last_seen_at = now() - interval '12 hours 1 second'",
        "update larder.session set created_at = now() - interval '7 days 1 second'",
        "update larder.person set active = false",
        "delete from larder.person",
    ],
)
async def test_a_session_ends_at_once(browse, database, change):
    browser = await browse("editor")
    assert await is_in(browser)
    database.sql(change)
    assert not await is_in(browser)


async def test_a_used_session_lives_on_until_it_is_seven_days_old(browse, database):
    browser = await browse("editor")
    database.sql("update larder.session set created_at = now() - interval '6 days 23 hours'")
    assert await is_in(browser)


async def test_another_password_ends_every_session_of_that_person_alone(browse, session_maker):
    editor, elsewhere, viewer = await browse("editor"), await browse("editor"), await browse("viewer")
    async with session_maker.begin() as session:
        await writer.set_password(session, "editor", "three brown foxes at dawn")
    assert [await is_in(browser) for browser in (editor, elsewhere, viewer)] == [False, False, True]


async def test_another_role_holds_from_the_next_request_on(browse, database):
    browser = await browse("admin")
    database.sql("update larder.person set role = 'viewer' where name = 'admin'")
    answer = await browser.get("/admin/nothing/list")
    assert "viewer" in answer.text


async def test_nobody_leaves_no_row_and_costs_no_query(browse, database, app, monkeypatch):
    def refuse(*_):
        raise AssertionError("a connection was taken")

    browser = await browse()
    monkeypatch.setattr(Pool, "connect", refuse)
    for path in ("/admin/", "/admin/login", "/admin/book/list", "/nothing", "/healthz"):
        for _ in range(20):
            await browser.get(path)
    browser.cookies.set("larder", "not a token")
    assert not await is_in(browser)
    monkeypatch.undo()
    assert database.value("select count(*) from larder.session") == 0


async def test_assets_and_health_never_ask_who_is_there(browse, monkeypatch):
    browser = await browse("editor")
    monkeypatch.setattr(reader, "visitor", None)
    for path in ("/healthz", asset("favicon.svg")):
        assert (await browser.get(path)).status_code == 200


async def test_the_last_use_is_written_once_a_minute(browse, database):
    browser = await browse("editor")
    seen = "select last_seen_at from larder.session"
    before = database.value(seen)
    await is_in(browser)
    assert database.value(seen) == before
    database.sql("update larder.session set last_seen_at = now() - interval '61 seconds'")
    await is_in(browser)
    assert database.value(seen) > before


async def test_a_locked_session_row_holds_up_nobody(browse, database):
    browser = await browse("editor")
    database.sql("update larder.session set last_seen_at = now() - interval '2 minutes'")
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as other:
        other.execute("select * from larder.session for update")
        assert await is_in(browser)


class TestFlash:
    async def leave(self, session_maker, console, browser, text):
        digest = token_hash(browser.cookies["larder"])
        visit = Visit(Request({"type": "http", "larder.session": digest}), console, None, None)
        async with session_maker.begin() as session:
            await flash.add(session, visit, Flash("success", text))

    async def test_is_shown_once_on_the_next_page(self, browse, console, session_maker):
        browser = await browse("editor")
        await self.leave(session_maker, console, browser, "Saved <b>")
        assert "Saved &lt;b&gt;" in (await browser.get("/admin/nothing/list")).text
        assert "Saved" not in (await browser.get("/admin/nothing/list")).text

    async def test_waits_through_redirects_scripts_and_posts(self, browse, console, session_maker):
        browser = await browse("editor")
        await self.leave(session_maker, console, browser, "Still here")
        await browser.get("/admin/login")
        await browser.get("/admin/nothing/list", headers={"sec-fetch-dest": "empty"})
        await browser.post("/admin/nothing/delete")
        assert "Still here" in (await browser.get("/admin/nothing/list")).text

    async def test_several_are_shown_in_order_and_the_last_five_kept(self, browse, console, session_maker, database):
        browser = await browse("editor")
        for number in range(7):
            await self.leave(session_maker, console, browser, f"message {number}")
        page = (await browser.get("/admin/nothing/list")).text
        assert re.findall(r"message \d", page) == [f"message {number}" for number in range(2, 7)]
        assert database.value("select flash is null from larder.session")

    async def test_is_seen_by_its_own_session_alone(self, browse, console, session_maker):
        browser, other = await browse("editor"), await browse("editor")
        await self.leave(session_maker, console, browser, "For one")
        assert "For one" not in (await other.get("/admin/nothing/list")).text

    async def test_is_never_taken_from_the_address(self, browse):
        browser = await browse("editor")
        page = await browser.get("/admin/nothing/list?error=SPOOFED&flash=SPOOFED&message=SPOOFED")
        assert "SPOOFED" not in page.text

from __future__ import annotations

import logging
import re

import psycopg
import pytest
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from admin import errors
from admin.app import create_app
from admin.errors import FieldError
from tests.web.conftest import ORIGIN, Browse

pytestmark = pytest.mark.anyio

CANARY = "canary-7c21"
LEAKS = re.compile(rf"psycopg|sqlalchemy|Traceback|SELECT|select |DETAIL|\.py|/home|/work|{CANARY}", re.IGNORECASE)


@pytest.fixture
def raising(app: Starlette):
    """`raising(error)` makes `/raise` end in that error; it may be a coroutine function of the request."""

    def end_in(ending):
        async def run(request: Request) -> Response:
            if isinstance(ending, Exception):
                raise ending
            return await ending(request)

        app.router.routes.insert(0, Route("/raise", run, methods=["GET", "POST"]))

    return end_in


async def shown(browse: Browse, who: str | None = None, **headers: str):
    browser = await browse(who)
    transport = browser._transport
    transport.raise_app_exceptions = True  # an exception that leaves the application fails the test
    return await browser.get("/raise", headers=headers)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.BadRequest("A sentence."), 400),
        (errors.Invalid([FieldError("name", "A sentence.")]), 400),
        (errors.NotAllowed("A sentence."), 403),
        (errors.NotFound("A sentence."), 404),
        (errors.Conflict("A sentence."), 409),
        (errors.TooLarge("A sentence."), 413),
        (errors.TooMany("A sentence.", 90), 429),
        (errors.Busy("A sentence."), 503),
    ],
)
async def test_our_own_errors_say_what_they_say(browse, raising, error, status):
    raising(error)
    answer = await shown(browse, "viewer")
    assert answer.status_code == status
    assert "A sentence." in answer.text
    assert f"<h1>{error.title}</h1>" in answer.text
    assert answer.text.count("<h1") == 1
    assert 'aria-label="Tables"' in answer.text, "the menu is there"
    assert f"<code>{answer.headers['x-request-id']}</code>" in answer.text
    waiting = {429: "90", 503: "5"}.get(status)
    assert answer.headers.get("retry-after") == waiting


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(CANARY), KeyError(CANARY), OSError(2, CANARY, "/work"), psycopg.Error(CANARY)], ids=repr
)
async def test_what_nobody_foresaw_says_nothing_of_itself(browse, raising, error):
    raising(error)
    answer = await shown(browse, "viewer")
    assert answer.status_code in (500, 503)
    assert not LEAKS.findall(re.sub(r"<head>.*?</head>", "", answer.text, flags=re.DOTALL))


async def test_the_reference_leads_to_the_reason_in_the_log_and_to_no_value(browse, raising, capsys, console):
    async def collide(_request):
        async with console.sessions.begin() as session:
            await session.execute(text("insert into author (name) values (:name)"), {"name": CANARY})
            await session.execute(text("insert into author (name) values (:name)"), {"name": CANARY})

    raising(collide)
    answer = await shown(browse)
    assert answer.status_code == 400
    log = capsys.readouterr().err
    lines = [line for line in log.splitlines() if answer.headers["x-request-id"] in line]
    assert any("author_name_key" in line or "refused" in line for line in lines)
    assert "SQLSTATE 23505" in log
    assert "author_name_key" in log
    assert CANARY not in log + answer.text


async def test_an_exception_is_logged_with_its_place_but_without_its_values(browse, raising, capsys):
    raising(ValueError(CANARY))
    answer = await shown(browse)
    log = capsys.readouterr().err
    assert answer.headers["x-request-id"] in log
    assert "builtins.ValueError" in log
    assert __file__.rpartition("/")[2] in log
    assert CANARY not in log


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nothing", "GET", 404), ("/admin/nothing/at/all/x", "GET", 404), ("/healthz", "POST", 405),
     ("/admin/login", "DELETE", 405), ("/admin/login", "TRACE", 405)],
)  # fmt: skip
async def test_unknown_addresses_and_methods_get_our_page(browse, path, method, status):
    answer = await (await browse()).request(method, path)
    assert answer.status_code == status
    assert "Reference" in answer.text
    if status == 405:
        assert "GET" in answer.headers["allow"]
    if path == "/admin/login":
        assert {"GET", "HEAD", "POST"} == set(answer.headers["allow"].split(", "))


async def test_nothing_of_the_address_is_repeated(browse):
    browser = await browse("viewer")
    answer = await browser.get(f"/admin/{CANARY}/list")
    assert answer.status_code == 404
    assert CANARY not in answer.text


async def test_a_script_that_asks_for_json_gets_json(browse, raising):
    raising(errors.Invalid([FieldError("isbn", "isbn is already used.")]))
    answer = await shown(browse, "viewer", accept="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "title": "This cannot be saved yet",
        "message": "isbn is already used.",
        "remedy": answer.json()["error"]["remedy"],
        "errors": [{"column": "isbn", "message": "isbn is already used."}],
        "reference": answer.headers["x-request-id"],
    }


async def test_whoever_is_not_logged_in_sees_no_menu(browse, raising):
    raising(errors.NotFound("A sentence."))
    answer = await shown(browse)
    assert "A sentence." in answer.text
    assert 'aria-label="Tables"' not in answer.text


async def test_a_slow_statement_is_stopped_and_explained(settings, people, anyio_backend):
    app = create_app(settings.model_copy(update={"statement_timeout_ms": 100}))

    async def slow(_request):
        async with app.state.console.sessions.begin() as session:
            await session.execute(text("select pg_sleep(5)"))

    app.router.routes.insert(0, Route("/slow", slow))
    async with app.router.lifespan_context(app), AsyncClient(transport=ASGITransport(app), base_url=ORIGIN) as browser:
        answer = await browser.get("/slow")
    assert answer.status_code == 503
    assert "longer than allowed" in answer.text
    assert answer.headers["retry-after"] == "5"


async def test_a_pool_in_use_is_a_busy_page(settings, anyio_backend):
    one = settings.model_copy(update={"pool_size": 1, "pool_overflow": 0, "pool_timeout": 0.1})
    app = create_app(one)

    async def nested(_request):
        sessions = app.state.console.sessions
        async with sessions.begin() as first, sessions.begin() as second:
            await first.execute(text("select 1"))
            await second.execute(text("select 1"))

    app.router.routes.insert(0, Route("/nested", nested))
    async with app.router.lifespan_context(app), AsyncClient(transport=ASGITransport(app), base_url=ORIGIN) as browser:
        answer = await browser.get("/nested")
    assert answer.status_code == 503


async def test_a_database_that_is_away_is_a_busy_page_also_for_the_session(browse, console, database, monkeypatch):
    browser = await browse("viewer")
    database.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'larder_app'")
    assert (await browser.get("/admin/login")).status_code == 303, "a connection that died unused is not noticed"

    def refuse(*_, **__):
        raise psycopg.OperationalError(CANARY)

    await console.sessions.kw["bind"].dispose()
    monkeypatch.setattr(psycopg.AsyncConnection, "connect", refuse)
    answer = await browser.get("/admin/login")
    assert answer.status_code == 503
    assert CANARY not in answer.text
    assert answer.headers["retry-after"] == "5"


async def test_half_an_answer_is_cut_off_and_not_taken_for_a_whole_one(browse, raising, caplog):
    async def broken(_request):
        async def rows():
            yield b"a,b\n"
            raise ZeroDivisionError

        return StreamingResponse(rows())

    raising(broken)
    with pytest.raises(ZeroDivisionError):
        await shown(browse)


async def test_a_client_that_leaves_is_no_error(browse, raising, caplog):
    raising(ClientDisconnect())
    with pytest.raises(AssertionError):
        # The test client insists on an answer; nobody is there for one.
        await shown(browse)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]

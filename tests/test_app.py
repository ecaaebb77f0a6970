from __future__ import annotations

import gzip
import time

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from admin.app import create_app

pytestmark = pytest.mark.anyio


@pytest.fixture
async def app(settings):
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def browser(app):
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        yield client


def answer_with(app, response: Response) -> None:
    async def run(_request: Request) -> Response:
        return response

    app.router.routes.insert(0, Route("/given", run))


@pytest.mark.parametrize("path", ["/", "/admin"])
async def test_the_shortest_addresses_lead_to_the_dashboard(browser, path):
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")


@pytest.mark.parametrize("path", ["/admin/login/", "/healthz/", "/admin/book/list/"])
async def test_a_slash_too_many_leads_nowhere(browser, path):
    """Starlette would redirect to an absolute URL made from the Host header."""
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_pages_are_packed_and_small_answers_are_not(app, browser):
    assert (await browser.get("/admin/login")).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in (await browser.get("/healthz")).headers
    answer_with(app, HTMLResponse("x" * 100_000))
    async with browser.stream("GET", "/given") as answer:
        packed = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert len(packed) < 1000
    assert len(gzip.decompress(packed)) == 100_000


async def test_streams_are_sent_as_they_come(app, browser):
    async def rows():
        for _ in range(3):
            yield b"a,b\n" * 1000

    answer_with(app, StreamingResponse(rows(), media_type="text/csv"))
    assert "content-encoding" not in (await browser.get("/given")).headers


@pytest.mark.parametrize(
    "path", ["/docs", "/openapi.json", "/admin/statics/", "/admin/static/", "/.env", "/admin/book/1/file/download/"]
)
async def test_nothing_else_is_there(browser, path):
    assert (await browser.get(path)).status_code == 404


async def test_the_connections_are_given_back_when_it_stops(settings, database):
    made = create_app(settings)
    count = "select count(*) from pg_stat_activity where usename = 'larder_app' and datname = current_database()"
    async with made.router.lifespan_context(made):
        async with AsyncClient(transport=ASGITransport(made), base_url="http://localhost") as client:
            assert (await client.get("/readyz")).status_code == 200
        assert database.value(count) == 1
    deadline = time.monotonic() + 30
    while database.value(count):
        assert time.monotonic() < deadline, "Postgres takes a moment to let a closed connection go, but not so long"


async def test_two_consoles_in_one_process_do_not_meet(settings):
    one, other = create_app(settings), create_app(settings)
    assert one.state.console.resources.keys() == other.state.console.resources.keys()
    assert one.state.console is not other.state.console

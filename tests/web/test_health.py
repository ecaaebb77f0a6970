from __future__ import annotations

import psycopg
import pytest
from httpx2 import ASGITransport, AsyncClient

from admin.app import create_app
from tests.web.conftest import ORIGIN

pytestmark = pytest.mark.anyio


async def test_the_process_says_that_it_lives_to_anybody(browse):
    answer = await (await browse()).get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_ready_when_database_and_schema_are_there(browse):
    answer = await (await browse()).get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "state": "ready"})


async def test_not_ready_with_another_schema(browse, database):
    database.sql("update alembic_version set version_num = 'cookbook'")
    answer = await (await browse()).get("/readyz")
    assert answer.status_code == 503
    assert "schema" in answer.json()["state"]
    assert "cookbook" not in answer.text


async def test_alive_but_not_ready_without_its_database(settings, monkeypatch, anyio_backend):
    async def refuse(*_, **__):
        raise psycopg.OperationalError("connection to server at 10.0.0.5 failed")

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", refuse)
    async with AsyncClient(transport=ASGITransport(create_app(settings)), base_url=ORIGIN) as browser:
        assert (await browser.get("/healthz")).status_code == 200
        answer = await browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert "10.0.0.5" not in answer.text

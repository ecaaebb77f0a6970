"""What takes too long is said on the page of the list, which keeps the filters that can be changed."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from admin.settings import Settings
from admin.web import body_limit
from admin.web.console import Console
from tests.postgres import Database
from tests.web import leavers
from tests.web.conftest import Browse
from tests.web.lists import Links, count, keys, slow_down

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"statement_timeout_ms": 700})


async def test_rows_that_do_not_come_in_time_are_explained_where_they_would_be(browse: Browse, database: Database):
    editor = await browse("editor")
    slow_down(database)
    page = await editor.get("/admin/document/list?status=draft")
    assert page.status_code == 503
    assert "This took longer than 0.7 s and was stopped" in page.text
    assert count(page) == ("unknown", "", "Not counted")
    assert Links(page.text).urls["Remove filter: Status is draft"] == "/admin/document/list?search="


async def test_a_count_that_takes_too_long_leaves_the_rows(browse: Browse, database: Database):
    editor = await browse("editor")
    slow_down(database, "count(")
    page = await editor.get("/admin/document/list?count=exact&pageSize=10")
    assert page.status_code == 200
    assert len(keys(page)) == 10
    assert "Counting took longer than 0.7 s" in page.text


async def test_the_number_alone_is_refused_in_words_when_it_takes_too_long(browse: Browse, database: Database):
    editor = await browse("editor")
    slow_down(database)
    answer = await editor.get("/admin/document/count", headers={"accept": "application/json"})
    assert answer.status_code == 503
    assert "longer than allowed" in answer.json()["error"]["message"]


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that stops arriving is soon given up: that must not hold for who waits for the answer."""
    monkeypatch.setattr(body_limit, "STALLED_AFTER", 0.05)


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize(("path", "query"), [("count", ""), ("list", "count=exact")])
async def test_who_does_not_wait_for_the_number_ends_its_query(
    path: str, query: str, app: Starlette, console: Console, browse: Browse, database: Database
):
    editor = await browse("editor")
    slow_down(database, "count(", seconds=30)
    sent: list[dict[str, Any]] = []
    left, received = anyio.Event(), [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if received:
            return received.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def leave() -> None:
        await leavers.active(database, some=True)
        await anyio.sleep(0.1)
        left.set()

    with capture_logs() as logs, anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(leave)
            await app(leavers.scope(editor, f"/admin/document/{path}", query), receive, send)
    assert sent == []
    assert "the client left before it was answered" in [one["event"] for one in logs]
    assert leavers.connections(console) == 0
    await leavers.active(database, some=False)

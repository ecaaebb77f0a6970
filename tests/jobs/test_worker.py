"""A worker that is told to stop stops, also when a library loses what it was told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.jobs import worker
from admin.jobs.imports import Works
from admin.settings import Settings

pytestmark = pytest.mark.anyio


async def test_what_gets_lost_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = asyncio.Event()

    async def hard_of_hearing(*_: Any) -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            heard.set()
            await asyncio.sleep(3600)

    monkeypatch.setattr(worker, "_work", hard_of_hearing)
    monkeypatch.setattr(worker, "IDLE_GRACE", 0.01)
    works: Any = None
    task = asyncio.create_task(worker.keep(works))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=10)
    assert heard.is_set()
    assert done


async def test_nothing_goes_on_connecting_after_a_stop_in_the_middle_of_it(
    settings: Settings, session_maker: async_sessionmaker[AsyncSession]
) -> None:
    """The library's pool would: a console told to stop within a moment of its start would then stay for minutes."""
    asked = asyncio.Event()

    async def never_answering(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await asyncio.sleep(0.1)
        writer.close()

    before = asyncio.all_tasks()
    async with await asyncio.start_server(never_answering, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        nowhere = settings.model_copy(update={"database_url": f"postgresql+psycopg://nobody@127.0.0.1:{port}/nothing"})
        task = asyncio.create_task(worker.keep(Works(nowhere, session_maker, {})))
        await asyncio.wait_for(asked.wait(), 10)
        task.cancel()
        await asyncio.wait({task}, timeout=20)
        left = [other for other in asyncio.all_tasks() - before if other.get_name().startswith("pool-")]
        if left:
            await asyncio.wait(left, timeout=5)
        assert [other.get_name() for other in left if not other.done()] == []

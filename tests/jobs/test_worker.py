"""A worker that is told to stop stops, also when a library loses what it was told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from admin.jobs import worker

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

"""A worker in the process that serves pages, so that a console of one process is whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from anyio import to_thread

from admin.jobs.imports import Works


@asynccontextmanager
async def working(works: Works) -> AsyncIterator[None]:
    """Work in the background while the block lasts; what runs when it ends gets a while to finish."""
    task = asyncio.create_task(_work(works), name="larder worker")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _work(works: Works) -> None:
    # Imported aside, once the console answers: procrastinate costs a tenth of a second that a start would wait for.
    worker = await to_thread.run_sync(import_module, "admin.jobs.worker")
    await worker.keep(works)

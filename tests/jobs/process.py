"""Workers in processes of their own, to be killed: they beat and look often, so that their end is soon noticed."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Any

from admin import site
from admin.database import make_engine, make_session_maker
from admin.jobs import worker
from admin.jobs.imports import Works
from admin.settings import Settings
from admin.web import logging

PACE = worker.Pace(beat=0.2, dead=0.8, look=0.1, sweep=0.3, again=0.3)

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.jobs.process"])


def start(settings: Settings, grace: float = worker.GRACE) -> BaseProcess:
    """A worker that works until it is ended; told to stop by SIGTERM, it gives its jobs so many seconds."""
    started = FORKS.Process(target=_work, args=(settings.model_dump(), grace), daemon=True)
    started.start()
    return started


def _work(values: dict[str, Any], grace: float) -> None:
    logging.configure("console")
    worker.GRACE = grace
    with suppress(asyncio.CancelledError):
        asyncio.run(_keep(Settings.model_construct(**values)))


async def _keep(settings: Settings) -> None:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    resources = {view.identity: view.build_resource() for view in site.VIEWS}
    sessions = make_session_maker(make_engine(settings))
    await worker.keep(Works(settings, sessions, resources), pace=PACE)

"""A bar on the terminal while an import runs in this process; nothing where nobody looks."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import click
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.reads import csv_import_progress as progress

EACH = 0.2
"""Seconds between two looks."""


@asynccontextmanager
async def shown(sessions: async_sessionmaker[AsyncSession], import_id: int, rows: int) -> AsyncIterator[None]:
    """Show how many of so many rows are written while the block runs."""
    if not sys.stderr.isatty():
        yield
        return
    ended = asyncio.Event()
    task = asyncio.create_task(_draw(sessions, import_id, rows, ended))
    try:
        yield
        ended.set()
    finally:
        if not ended.is_set():
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _draw(sessions: async_sessionmaker[AsyncSession], import_id: int, rows: int, ended: asyncio.Event) -> None:
    with click.progressbar(length=rows, label="Writing rows", file=sys.stderr, show_pos=True) as bar:
        while not ended.is_set():
            async with sessions() as session:
                counted = (await progress.now(session, import_id)).counted
            bar.update(min(counted, rows) - bar.pos)
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), EACH)
        bar.update(rows - bar.pos)

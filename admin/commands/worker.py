"""`worker`: does what pages have left to be done, on as many machines as one likes."""

from __future__ import annotations

import asyncio
import signal

import click

from admin import site
from admin.commands import database, tables
from admin.jobs.imports import Works
from admin.settings import Settings
from admin.web import logging


@click.command()
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, help="Imports at the same time."
)
def worker(concurrency: int) -> None:
    """Run imports that wait; when it is stopped, what runs is finished or handed to another worker."""
    with database.opened() as settings:
        database.migrate(settings)
        logging.configure(settings.log)
        asyncio.run(_work(settings, concurrency))


async def _work(settings: Settings, concurrency: int) -> None:
    # Imported here, so that no other command waits for procrastinate.
    from admin.jobs import worker as jobs  # noqa: PLC0415

    task = asyncio.current_task()
    assert task is not None  # noqa: S101 a coroutine that runs is a task
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    resources = {view.identity: view.build_resource() for view in site.VIEWS}
    click.echo(f"Working, up to {concurrency} imports at once (stop it with Ctrl-C).")
    try:
        async with tables.sessions(settings) as sessions:
            await jobs.keep(Works(settings, sessions, resources), concurrency)
    except asyncio.CancelledError:
        click.echo("Stopped.")

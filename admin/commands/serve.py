"""`serve`: the console in this process, on the embedded server unless `DATABASE_URL` names another one."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from admin.app import create_app
from admin.commands import database, first_start
from admin.commands.timed_http import TimedProtocol
from admin.settings import Settings, SettingsError, load

KEEP_ALIVE = 75
"""Seconds an idle connection is kept; longer than the 60 of usual proxies, so that they close first."""
GRACE = 20
"""Seconds that running requests get to finish when the server stops."""


@click.command()
@click.option("--host", help="Address to listen on; LARDER_HOST, else 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; LARDER_PORT, else 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Number of processes.")
def serve(host: str | None, port: int | None, workers: int) -> None:
    """Serve the console; on its first start, set everything up."""
    wanted = load()
    wanted = wanted.model_copy(update={"host": host or wanted.host, "port": port or wanted.port})
    _require_names(wanted)
    with _listen(wanted) as listener, suppress(KeyboardInterrupt), database.opened(wanted) as settings:
        first_start.prepare(settings)
        _run(settings, listener, workers)


def worker() -> Callable[..., Any]:
    """The application of one of several processes; its settings come from the environment its parent prepared."""
    return create_app(load())


class Server(uvicorn.Server):
    """uvicorn that says where it is once it answers, and handles signals.

    Not before: an exit raised by a signal inside an import can be lost, as it may hit a callback of the interpreter.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            _say_where(sockets[0])


def _run(settings: Settings, listener: socket.socket, workers: int) -> None:
    # Built here in any case: an option that makes no sense is said once and in a sentence.
    app = create_app(settings)
    if workers == 1:
        Server(_config(app, 1)).run(sockets=[listener])
        return
    # This process keeps the embedded server; the others only need to find it, and to know what was asked for.
    os.environ.update(
        DATABASE_URL=str(settings.database_url), LARDER_HOST=settings.host, LARDER_PORT=str(settings.port)
    )
    several = Multiprocess(_config("admin.commands.serve:worker", workers), sockets=[listener])
    _say_where(listener)
    several.run()
    if any(process.exitcode == STARTUP_FAILURE for process in several.processes):
        raise click.ClickException("A process could not start; what it said stands above.")


def _say_where(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Larder is at http://{shown}:{port}/ (stop it with Ctrl-C).")


def _config(app: Callable[..., Any] | str, workers: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        http=TimedProtocol,
        ws="none",
        # The application logs each request itself, with its reference.
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else, so that a second `serve` says so at once and changes nothing."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {settings.host} port {settings.port}: {os.strerror(error.errno or 0).lower()}. "
            "Choose another with --port, or stop what uses it."
        ) from error
    # Accepted connections inherit it. asyncio would set it only on sockets it made itself, and without it the body of
    # every answer waits 40 ms for the browser to acknowledge the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _require_names(settings: Settings) -> None:
    if _is_local(settings.host) or settings.allowed_hosts:
        return
    raise SettingsError(
        f"LARDER_HOST={settings.host} offers the console to the network: "
        "also set LARDER_ALLOWED_HOSTS to the names people reach it by."
    )


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""Visitors who leave before they have their answer, as a server tells the application of them."""

from __future__ import annotations

from typing import Any

import anyio
from httpx2 import AsyncClient

from admin.web.console import Console
from tests.postgres import Database

ACTIVE = "select count(*) from pg_stat_activity where datname = %s and usename = 'larder_app' and state <> 'idle'"


def scope(client: AsyncClient, path: str, query: str = "", spec_version: str = "2.3") -> dict[str, Any]:
    """What the application is told of a GET by this browser."""
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": spec_version}, "http_version": "1.1",
        "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode())], "client": ("127.0.0.1", 1),
        "server": ("localhost", 80), "state": {},
    }  # fmt: skip


async def active(database: Database, *, some: bool) -> None:
    """Wait until the application has a statement running, or none."""
    with anyio.fail_after(20):
        # A backend whose client is gone takes a moment to notice.
        while bool(database.value(ACTIVE, database.name)) is not some:  # noqa: ASYNC110 it cannot set an event of ours
            await anyio.sleep(0.01)


def connections(console: Console) -> int:
    """How many connections are in use."""
    number: int = console.sessions.kw["bind"].pool.checkedout()
    return number

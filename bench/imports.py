"""Imports of customers: Larder's beside psql's `\\copy` of the same file into the same table, and beside its peers.

Larder's is handed in over HTTP, checked, run and undone; then once more, watched, while others ask for pages.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from admin.embedded import EmbeddedPostgres
from admin.embedded.binaries import find
from bench import customers
from bench.import_client import Client
from bench.servers import Server, running

PATIENCE_S = 90
"""Seconds after which a peer is stopped; how far it came says how long it would have taken at the least."""
PAGES = ("/healthz", "/admin/document/list", "/admin/customer/list")


@dataclass(frozen=True)
class Peer:
    """Seconds until it was done or stopped, how many rows it had drawn keys for by then, and how many it was given."""

    seconds: float
    rows: int
    given: int

    @property
    def rate(self) -> float:
        """Rows a second; of one that had written nothing, what it would be had it been done at that moment."""
        return (self.rows or self.given) / self.seconds


@dataclass
class Imports:
    """Seconds by what took them, and what others saw meanwhile."""

    rows: int
    seconds: dict[str, float] = field(default_factory=dict)
    pages: dict[str, list[float]] = field(default_factory=lambda: {page: [] for page in PAGES})
    growth_mb: float = 0
    peers: dict[str, Peer] = field(default_factory=dict)

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        print(f"import: {name}", flush=True)
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


def measure(server: EmbeddedPostgres, place: Path, rows: int, peer_rows: int) -> Imports:
    """Everything there is to say about imports of so many rows; a tenth of them, at most, for the peers."""
    found = Imports(rows)
    file, again = place / "customers.csv", place / "changed.csv"
    customers.write(file, rows)
    customers.write(again, rows, changed=True)
    for tracked in (False, True):
        _empty(server, tracked=tracked)
        with found.timed(f"copy, tracked {tracked}"):
            _copy(server, file)
    _empty(server, tracked=False)
    with running("Larder", server.app_url, server.owner_url) as console:
        client = Client(console)
        with found.timed("hand in untracked"):
            client.hand_in(file)
        with found.timed("run untracked"):
            client.run()
        _empty(server, tracked=True)
        _whole(found, client, file, "new")
        with found.timed("undo new"):
            client.undo()
        _copy(server, file)
        _whole(found, client, again, "changed")
        with found.timed("undo changed"):
            client.undo()
        # On its own: what others ask for takes time from an import, and `\\copy` ran alone.
        _empty(server, tracked=True)
        with _watched(found, console):
            with found.timed("hand in watched"):
                client.hand_in(file)
            with found.timed("run watched"):
                client.run()
    _peers(found, server, place, peer_rows)
    return found


def _whole(found: Imports, client: Client, file: Path, name: str) -> None:
    with found.timed(f"hand in {name}"):
        client.hand_in(file)
    with found.timed(f"check {name}"):
        client.check_again()
    with found.timed(f"run {name}"):
        client.run()


@contextlib.contextmanager
def _watched(found: Imports, console: Server) -> Iterator[None]:
    """Ask for pages and look at the memory of the server all the while."""
    idle, over = console.rss(), threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            found.growth_mb = max(found.growth_mb, (console.rss() - idle) / 1e6)

    def ask(page: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", console.port, timeout=60)
        while not over.wait(0.2):
            started = time.perf_counter()
            connection.request("GET", page, headers=console.headers)
            connection.getresponse().read()
            found.pages[page].append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=look), *(threading.Thread(target=ask, args=(page,)) for page in PAGES)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def median(times: list[float]) -> float:
    return statistics.median(times) if times else float("inf")


def _copy(server: EmbeddedPostgres, file: Path) -> None:
    url = server.app_url.replace("+psycopg", "")
    command = f"\\copy customer ({customers.COLUMNS}) from '{file}' with (format csv, header)"
    subprocess.run([find().directory / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", command, url], check=True)


def _empty(server: EmbeddedPostgres, *, tracked: bool) -> None:
    """An empty table, with or without what makes changes undoable; the rest is as it was."""
    with psycopg.connect(server.url("postgres", "larder", driver="postgresql"), autocommit=True) as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("truncate customer restart identity cascade")
        superuser.execute("set session_replication_role = origin")
        superuser.execute(f"select larder.{'track' if tracked else 'untrack'}('customer')")
        superuser.execute("checkpoint")


def _peers(found: Imports, server: EmbeddedPostgres, place: Path, rows: int) -> None:
    file = customers.write(place / "peers.csv", rows, key=False)

    def django() -> None:
        environment = {**os.environ, "BENCH_URL": server.app_url}
        command = [sys.executable, "-m", "bench.peers.django_import", str(file)]
        said = subprocess.run(command, env=environment, check=True, capture_output=True, timeout=PATIENCE_S)
        assert json.loads(said.stdout)["rows"] == rows

    def sqladmin() -> None:
        with running("sqladmin", server.app_url, server.owner_url) as console:
            Client(console).to_sqladmin(file, PATIENCE_S)

    def larder() -> None:
        with running("Larder", server.app_url, server.owner_url) as console:
            client = Client(console)
            started = time.perf_counter()
            client.run_quietly(file)
            found.seconds["beside peers"] = time.perf_counter() - started

    for name, act in {"Larder": larder, "django-import-export": django, "sqladmin": sqladmin}.items():
        print(f"import: {name}, {rows:,} rows", flush=True)
        _empty(server, tracked=True)
        found.peers[name] = _patient(act, server, rows)


def _patient(act: Callable[[], None], server: EmbeddedPostgres, rows: int) -> Peer:
    """How long it took, or how far it was when it was stopped."""
    started = time.perf_counter()
    try:
        act()
    except (subprocess.TimeoutExpired, TimeoutError):
        with psycopg.connect(server.owner_url.replace("+psycopg", "")) as connection:
            drawn = connection.execute("select last_value from customer_id_seq where is_called").fetchone()
        return Peer(time.perf_counter() - started, min(drawn[0], rows) if drawn else 0, rows)
    return Peer(time.perf_counter() - started, rows, rows)

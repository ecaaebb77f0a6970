"""A checker of what the console promises while everything around it breaks.

Clients add rows by the console's own form. Each sends the same form, with the same nonce, until it gets a definite
answer, and now and then does not wait for the answer. Meanwhile connections are cut, PostgreSQL is stopped without
warning and the console is killed. In the end the table must hold every row that was acknowledged, none twice, and one
operation for each.
"""

from __future__ import annotations

import http.client
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from admin.embedded import EmbeddedPostgres, postmaster
from admin.schema import ROOT
from tests.commands.console import free_port
from tests.web.pages import FormReader

PASSWORD = "correct horse battery staple"
PATIENCE_S = 60
LOST_ANSWERS = 0.15
"""How often a client leaves before it is answered, as a browser does whose network is gone."""

CONSOLE = "from admin.__main__ import main; main()"
WITHOUT_NONCES = f"""
from admin.writes import nonces

async def forget(*_):
    return None

nonces.claim = forget
{CONSOLE}
"""
"""A console that forgets which forms it has seen: a form that is sent again is carried out again."""


class Server:
    """The console in a process of its own, on one port for as long as the test lasts, killed and started again."""

    def __init__(self, settings: dict[str, str], program: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LARDER_")}
        self.port = free_port()
        self._command = [sys.executable, "-c", program, "serve", "--port", str(self.port)]
        self._environment = {**clean, "PYTHONPATH": str(ROOT), **settings}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, env=self._environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        eventually(self.answers, "the console does not answer")

    def answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "the console ended by itself"
        try:
            return request(self.port, "GET", "/readyz")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Client:
    """Somebody who writes documents, one after the other, and presses Save again until it is known to be saved."""

    def __init__(self, port: int, name: str, token: str) -> None:
        self.port, self.name, self.token = port, name, token
        self.acknowledged: list[str] = []
        self.unresolved: list[str] = []
        self._dice = random.Random(name)

    def work(self, going_on: Callable[[], bool]) -> None:
        for number in itertools.count():
            if not going_on():
                return
            self._add(f"{self.name} {number}")

    def _add(self, row: str) -> None:
        form = self._until_definite("GET", "")
        if form is None:
            return
        reader = FormReader()
        reader.feed(form)
        self.unresolved.append(row)
        if self._until_definite("POST", urlencode({**reader.pairs, "title": row, "body": "As it was."})) is not None:
            self.acknowledged.append(row)
            self.unresolved.remove(row)

    def _until_definite(self, method: str, body: str) -> str | None:
        """The text of the answer, or None where the console never gave one."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            leaves = method == "POST" and self._dice.random() < LOST_ANSWERS
            try:
                status, text = request(self.port, method, "/admin/document/create", body, self.token, leaves=leaves)
            except (OSError, http.client.HTTPException):
                # The console is down: a short breath, as a person takes it.
                time.sleep(0.05)
                continue
            if status == (200 if method == "GET" else 303):
                return text
            assert status == 503, f"{status}: {re.sub('<[^>]*>', ' ', text[text.find('<main') :])[:2000]}"
            time.sleep(0.05)
        return None


@dataclass
class Verdict:
    """What was found in the database, beside what the clients know."""

    acknowledged: int
    unresolved: list[str]
    lost: list[str]
    twice: list[str]
    rows: int
    operations: int
    inserted: int
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def holds(self) -> bool:
        kept = not self.unresolved and not self.lost and not self.twice
        return kept and self.rows == self.operations == self.inserted

    def __str__(self) -> str:
        broken = ", ".join(f"{count} × {fault}" for fault, count in sorted(self.faults.items()))
        return (
            f"{self.acknowledged} acknowledged, {len(self.lost)} lost, {len(self.twice)} twice, "
            f"{len(self.unresolved)} unresolved; {self.rows} rows, {self.operations} operations, "
            f"{self.inserted} keys kept for undo; {broken}"
        )


class Trial:
    """One run of the checker on a server and a console of its own."""

    def __init__(self, postgres: EmbeddedPostgres, program: str = CONSOLE, seed: int = 1) -> None:
        self.postgres = postgres
        self.console = Server(
            {
                "DATABASE_URL": postgres.app_url,
                "LARDER_OWNER_URL": postgres.owner_url,
                "LARDER_ADMIN_PASSWORD": PASSWORD,
                "LARDER_DEMO": "0",
            },
            program,
        )
        self.faults: Counter[str] = Counter()
        self._dice = random.Random(seed)

    def run(self, *, clients: int, rows: int, faults: dict[str, int]) -> Verdict:
        """Break things until each fault came as often as asked for and so many rows were acknowledged."""
        self.console.start()
        try:
            token = log_in(self.console.port)
            with self._superuser() as connection:
                # The login itself is not on trial.
                connection.execute("checkpoint")
            crew = [Client(self.console.port, f"client {number}", token) for number in range(clients)]
            done = threading.Event()
            threads = [threading.Thread(target=one.work, args=(lambda: not done.is_set(),)) for one in crew]
            for thread in threads:
                thread.start()
            try:
                self._break_things(crew, rows, faults)
            finally:
                done.set()
                for thread in threads:
                    thread.join(PATIENCE_S)
        finally:
            self.console.kill()
        return self._judge(crew)

    def _break_things(self, crew: list[Client], rows: int, faults: dict[str, int]) -> None:
        acts = {"connections cut": self._cut, "PostgreSQL stopped": self._stop_postgres, "console killed": self._kill}
        order = [fault for fault, times in faults.items() for _ in range(times)]
        self._dice.shuffle(order)
        for place, fault in enumerate(order, 1):
            wanted = rows * place // (len(order) + 1)
            eventually(lambda wanted=wanted: _acknowledged(crew) >= wanted, "the clients get nowhere")
            acts[fault]()
            self.faults[fault] += 1
        eventually(lambda: _acknowledged(crew) >= rows, "the clients get nowhere")

    def _cut(self) -> None:
        with self._superuser() as connection:
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'larder_app'")

    def _stop_postgres(self) -> None:
        pid = postmaster.running(self.postgres.data)
        assert pid is not None
        # As `pg_ctl -m immediate`: no checkpoint, nothing is finished, what was not written is gone.
        os.kill(pid, signal.SIGQUIT)
        eventually(lambda: postmaster.running(self.postgres.data) is None, "PostgreSQL does not stop")
        self.postgres._cluster.ensure_running()

    def _kill(self) -> None:
        self.console.kill()
        self.console.start()

    def _judge(self, crew: list[Client]) -> Verdict:
        with self._superuser() as connection:
            titles = Counter(title for (title,) in connection.execute("select title from document"))
            (operations,) = _one(connection, "select count(*) from larder.operation where kind = 'create'")
            kept = "select coalesce(sum(jsonb_array_length(keys)), 0) from larder.inserted_keys where table_name = %s"
            (inserted,) = _one(connection, kept, "public.document")
        acknowledged = [row for client in crew for row in client.acknowledged]
        return Verdict(
            acknowledged=len(acknowledged),
            unresolved=[row for client in crew for row in client.unresolved],
            lost=[row for row in acknowledged if row not in titles],
            twice=[title for title, times in titles.items() if times > 1],
            rows=titles.total(),
            operations=int(operations),
            inserted=int(inserted),
            faults=self.faults,
        )

    def _superuser(self) -> psycopg.Connection[Any]:
        url = self.postgres.url("postgres", "larder", driver="postgresql")
        return psycopg.connect(url, autocommit=True)


def request(
    port: int, method: str, path: str, body: str = "", token: str = "", *, leaves: bool = False
) -> tuple[int, str]:
    """One request on a connection of its own, as from a page of the console itself; returns status and text.

    With `leaves` it is sent and the connection closed, which is an error for whoever waits for the answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"origin": f"http://127.0.0.1:{port}", "cookie": f"larder={token}"}
    if body:
        headers["content-type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body or None, headers)
        if leaves:
            # Long enough for the console to begin, or it would notice that nobody waits.
            time.sleep(0.05)
            raise ConnectionAbortedError
        answer = connection.getresponse()
        if path == "/admin/login":
            return answer.status, answer.headers.get("set-cookie", "")
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def log_in(port: int) -> str:
    """The token of a new session of the first person."""
    body = urlencode({"username": "admin", "password": PASSWORD})
    status, cookie = request(port, "POST", "/admin/login", body)
    assert status == 303, cookie
    return cookie.partition("larder=")[2].partition(";")[0]


def eventually(true: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


def _acknowledged(crew: list[Client]) -> int:
    return sum(len(client.acknowledged) for client in crew)


def _one(connection: psycopg.Connection[Any], query: str, *values: Any) -> tuple[Any, ...]:
    row = connection.execute(query, values or None).fetchone()
    assert row is not None
    return row


def prepared(place: Path) -> EmbeddedPostgres:
    """A server that keeps what it acknowledges, as in production; the other tests' servers do not."""
    return EmbeddedPostgres(place / "state", sync=True)

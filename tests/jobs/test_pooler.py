"""Imports through a real PgBouncer in transaction mode, whose connections are anybody's after each transaction."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from admin.database import make_engine, make_session_maker
from admin.jobs.imports import Works
from admin.settings import Settings
from tests.commands.console import free_port
from tests.embedded.user import eventually
from tests.jobs import process
from tests.jobs.conftest import RESOURCES, SECONDS, Queue
from tests.jobs.test_faults import ROWS, customers
from tests.postgres import Database

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.large,
    pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed (apt-get install pgbouncer)"),
]

CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = plain
auth_file = {users}
pool_mode = transaction
default_pool_size = 6
"""


@pytest.fixture
def pooled(database: Database, place: Path) -> Iterator[Settings]:
    """Settings that lead through a PgBouncer with six connections."""
    url = make_url(database.app_url)
    own, host = free_port(), Path(str(url.query["host"]))
    (place / "users.txt").write_text(f'"{url.username}" "{url.password}"\n')
    text = CONFIGURATION.format(host=host, port=url.query["port"], own=own, users=place / "users.txt")
    (place / "pgbouncer.ini").write_text(text)
    # The server's socket lets its own account in and nobody else; as root PgBouncer does not run at all.
    account = ["-u", host.owner()] if os.geteuid() == 0 else []
    started = subprocess.Popen([str(PGBOUNCER), "-q", *account, str(place / "pgbouncer.ini")])
    eventually(lambda: _answers(own))
    through = url.set(host="127.0.0.1", port=own, query={}).render_as_string(hide_password=False)
    yield Settings(DATABASE_URL=through, owner_url=database.owner_url, pooler=True, worker=False, _env_file=None)
    started.terminate()
    started.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_imports_run_through_a_pooler_and_survive_killed_workers(pooled: Settings, database: Database):
    works = Works(pooled, make_session_maker(make_engine(pooled)), RESOURCES)
    jobs = Queue(works, database)
    ids = [await jobs.hand_in(customers(number)) for number in range(3)]
    workers = [process.start(pooled) for _ in range(3)]
    for import_id in ids:
        await jobs.run(import_id)
    await jobs.at_work(ids[0])
    workers[0].kill()
    for import_id in ids:
        await jobs.ended(import_id)
    assert [await jobs.state(import_id) for import_id in ids] == ["done"] * 3
    assert database.value("select count(*) from customer") == 3 * ROWS
    assert database.value("select count(*) from larder.operation") == 3
    assert (jobs.jobs(), jobs.tables()) == ([], [])
    for one in workers:
        one.terminate()
        one.join(SECONDS)

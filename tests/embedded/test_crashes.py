"""Whatever a crash leaves behind, the next start works, never with two servers and never by deleting data."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest

from admin.embedded import EmbeddedPostgres
from tests.embedded.conftest import Enter
from tests.embedded.user import DATA, eventually, kill_postmaster, postmasters


@pytest.fixture
def crashed(state: Path, enter: Enter) -> Path:
    """The data directory of a server that was killed with its user, holding one row."""
    user = enter(state)
    with EmbeddedPostgres(state, sync=False) as server, psycopg.connect(_owner(server)) as connection:
        # The rest of the test server may lose what it committed last; this must not be.
        connection.execute("set synchronous_commit = on")
        connection.execute("create table kept as select 42 as answer")
    user.kill()
    kill_postmaster(user.data)
    assert (user.data / "postmaster.pid").exists()
    return user.data


@pytest.fixture
def innocent(state: Path) -> Iterator[int]:
    """A process of the server's own account that has nothing to do with it."""
    owner = (state / DATA).stat()
    process = subprocess.Popen(["sleep", "600"], user=owner.st_uid, group=owner.st_gid, extra_groups=[])
    yield process.pid
    assert process.poll() is None, "a stranger was killed"
    process.kill()
    process.wait()


def _owner(server: EmbeddedPostgres) -> str:
    return server.url("larder_owner", "larder", driver="postgresql")


def _starts_with_its_data(data: Path) -> None:
    with EmbeddedPostgres(data.parent, sync=False) as server:
        assert len(postmasters(data)) == 1
        with psycopg.connect(_owner(server)) as connection:
            assert connection.execute("select answer from kept").fetchone() == (42,)
    assert postmasters(data) == []


def test_after_a_crash(crashed: Path) -> None:
    _starts_with_its_data(crashed)


def test_when_the_pid_belongs_to_somebody_else_by_now(crashed: Path, innocent: int) -> None:
    file = crashed / "postmaster.pid"
    _, _, rest = file.read_text().partition("\n")
    file.write_text(f"{innocent}\n{rest}")
    _starts_with_its_data(crashed)


@pytest.mark.parametrize("content", ["", "12", "not a number\n", "-1\n"])
def test_when_the_pid_file_is_torn(crashed: Path, content: str) -> None:
    (crashed / "postmaster.pid").write_text(content)
    _starts_with_its_data(crashed)


def test_when_the_pid_file_of_a_running_server_is_torn(state: Path, enter: Enter) -> None:
    user = enter(state)
    before = postmasters(user.data)
    (user.data / "postmaster.pid").write_text("")
    with EmbeddedPostgres(state, sync=False) as server, psycopg.connect(_owner(server)):
        assert postmasters(user.data) == before


def test_when_the_socket_of_a_running_server_was_cleaned_away(state: Path, enter: Enter) -> None:
    user = enter(state)
    (old,) = postmasters(user.data)
    with EmbeddedPostgres(state, sync=False) as server:
        for file in server.sockets.iterdir():
            file.unlink()
    with EmbeddedPostgres(state, sync=False) as server, psycopg.connect(_owner(server)):
        assert postmasters(user.data) != [old]
        assert len(postmasters(user.data)) == 1


def test_when_a_backend_outlives_its_server(state: Path, enter: Enter) -> None:
    """PostgreSQL sees it by the shared memory that the pid file names, and must be left to wait for it."""
    user = enter(state)
    with closing(psycopg.connect(user.url, autocommit=True)) as connection:
        backend = connection.info.backend_pid
        # A pure calculation: a backend that waits for anything would notice the end of its server.
        connection.pgconn.send_query(b"select count(*) from generate_series(1, 100000000) n where n % 7 = 8")
        eventually(lambda: psutil.Process(backend).cpu_times().user > 0.1)
        user.kill()
        kill_postmaster(user.data)
        assert psutil.pid_exists(backend)
        next_user = enter(state, wait=False)
        eventually(lambda: "shared memory" in (user.data.parent / f"{DATA}.start.log").read_text())
        assert postmasters(user.data) == []
        os.kill(backend, 9)
        next_user.entered()
    assert len(postmasters(user.data)) == 1


def test_when_the_first_start_was_killed_inside_initdb(place: Path, enter: Enter) -> None:
    state = place / "state"
    first = enter(state, wait=False)
    eventually(lambda: any(state.glob(f"{DATA}.new-*/base")))
    first.kill()
    assert not (state / DATA).exists()

    with EmbeddedPostgres(state, sync=False) as server, psycopg.connect(_owner(server)) as connection:
        connection.execute("select 1")
    eventually(lambda: not _initdbs(state))


def _initdbs(state: Path) -> list[int]:
    return [
        process.info["pid"]
        for process in psutil.process_iter(["pid", "cmdline"])
        if any(str(state / f"{DATA}.new") in argument for argument in process.info["cmdline"] or [])
    ]


def test_ten_crashes_leave_one_server(state: Path, enter: Enter) -> None:
    for _ in range(10):
        user = enter(state)
        user.kill()
    assert len(postmasters(user.data)) == 1
    with EmbeddedPostgres(state, sync=False):
        pass
    assert postmasters(user.data) == []

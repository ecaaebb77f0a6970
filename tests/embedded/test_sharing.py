"""Many processes, one server: found by all, stopped by the last, whatever happens to the others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from admin.embedded import EmbeddedPostgres
from tests.embedded.conftest import Enter
from tests.embedded.user import ROOT, postmasters
from tests.postgres import temporary_place


def test_four_first_starts_at_once_make_one_server(place: Path, enter: Enter) -> None:
    users = [enter(place / "state", wait=False) for _ in range(4)]
    data = {user.entered().data for user in users}
    assert len(data) == 1
    assert len(postmasters(data.pop())) == 1
    for user in users:
        with psycopg.connect(user.url) as connection:
            assert connection.execute("select current_user").fetchone() == ("larder_app",)


def test_the_last_user_out_stops_the_server(state: Path, enter: Enter) -> None:
    first, second = enter(state), enter(state)
    assert first.leave() == 0
    assert len(postmasters(second.data)) == 1
    assert second.leave() == 0
    assert postmasters(second.data) == []


def test_a_killed_user_does_not_count(state: Path, enter: Enter) -> None:
    killed, other = enter(state), enter(state)
    killed.kill()
    assert len(postmasters(other.data)) == 1
    other.leave()
    assert postmasters(other.data) == []


def test_a_server_left_by_a_killed_user_is_used_again(state: Path, enter: Enter) -> None:
    killed = enter(state)
    killed.kill()
    left = postmasters(killed.data)
    assert len(left) == 1
    with EmbeddedPostgres(state, sync=False) as server:
        assert postmasters(server.data) == left
    assert postmasters(killed.data) == []


def test_what_is_written_is_there_at_the_next_start(state: Path) -> None:
    with EmbeddedPostgres(state, sync=False) as server:
        url = server.url("larder_owner", "larder", driver="postgresql")
        with psycopg.connect(url) as connection:
            connection.execute("create table kept as select 42 as answer")
    with EmbeddedPostgres(state, sync=False), psycopg.connect(url) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(state: Path) -> None:
    """The terminal signals its foreground process group; the server has a session, hence a group, of its own."""
    with EmbeddedPostgres(state, sync=False) as server:
        (pid,) = postmasters(server.data)
        assert os.getsid(pid) != os.getsid(0)


def test_nothing_is_left_after_the_last_user(state: Path) -> None:
    with EmbeddedPostgres(state, sync=False) as server:
        assert server.sockets.is_dir()
    assert not server.sockets.exists()
    assert not (server.data / "postmaster.pid").exists()


KILLED_RUN = """
import os, signal
from admin.embedded import EmbeddedPostgres
from tests.postgres import temporary_place
with temporary_place() as place, EmbeddedPostgres(place / "state", sync=False) as server:
    print(server.data, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_of_these_tests_is_cleared_away_by_the_next() -> None:
    run = subprocess.run([sys.executable, "-c", KILLED_RUN], cwd=ROOT, capture_output=True, text=True, check=False)
    data = Path(run.stdout.strip())
    with temporary_place():
        assert postmasters(data) == []
        assert not data.parents[1].exists()

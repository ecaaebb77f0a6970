"""Starting and stopping the console for real: what it prints, what it leaves, what it refuses."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from admin.embedded import EmbeddedPostgres
from tests.commands.console import Console
from tests.embedded.user import DATA, eventually, postmasters
from tests.postgres import Database

Start = Callable[..., Console]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Console] = []

    def begin(settings: dict[str, str], *arguments: str, cwd: Path | None = None) -> Console:
        started.append(Console(settings, *arguments, **({"cwd": cwd} if cwd else {})))
        return started[-1]

    yield begin
    for console in started:
        if console.process.poll() is None:
            console.stop()


@pytest.fixture
def external(database: Database) -> dict[str, str]:
    """Settings of a console on a database of one's own."""
    return {"DATABASE_URL": database.app_url, "LARDER_OWNER_URL": database.owner_url, "LARDER_DEMO": "0"}


def test_the_first_start_sets_everything_up_and_says_how_to_log_in_once(place: Path, start: Start) -> None:
    first = start({"LARDER_STATE_DIR": str(place / "state")}).ready()
    demo, login, address = first.lines
    assert demo.startswith("Added 38,064 rows of demo data")
    assert login.startswith("Log in as admin with the password ")
    assert address == f"Larder is at http://127.0.0.1:{first.port}/ (stop it with Ctrl-C)."
    assert first.get("/readyz") == 200
    assert first.stop() == 0
    assert postmasters(place / "state" / DATA) == []

    second = start({"LARDER_STATE_DIR": str(place / "state")}).ready()
    assert len(second.lines) == 1
    assert second.get("/readyz") == 200
    assert second.stop(signal.SIGINT) == 0
    assert postmasters(place / "state" / DATA) == []
    assert "Traceback" not in "\n".join(first.lines + second.lines)


def test_a_closed_terminal_stops_it_too(place: Path, start: Start) -> None:
    console = start({"LARDER_STATE_DIR": str(place / "state"), "LARDER_DEMO": "0"}).ready()
    assert console.get("/readyz") == 200
    assert console.stop(signal.SIGHUP) == 0
    assert postmasters(place / "state" / DATA) == []
    assert "Traceback" not in "\n".join(console.lines)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_first_start_that_is_stopped_half_way_leaves_no_server(
    place: Path, start: Start, sent: signal.Signals
) -> None:
    data = place / "state" / DATA
    console = start({"LARDER_STATE_DIR": str(place / "state")})
    eventually(lambda: bool(postmasters(data)))
    assert console.stop(sent) == 0
    assert postmasters(data) == []
    assert "Traceback" not in "\n".join(console.lines)
    again = start({"LARDER_STATE_DIR": str(place / "state")}).ready()
    assert any(line.startswith("Log in as admin") for line in again.lines)


def test_a_killed_console_is_followed_by_another(place: Path, start: Start) -> None:
    settings = {"LARDER_STATE_DIR": str(place / "state"), "LARDER_DEMO": "0"}
    assert start(settings).ready().stop(signal.SIGKILL) == -signal.SIGKILL
    left = postmasters(place / "state" / DATA)
    console = start(settings).ready()
    assert postmasters(place / "state" / DATA) == left
    assert console.get("/readyz") == 200


def test_the_state_is_beside_where_one_stands(place: Path, start: Start) -> None:
    start({"LARDER_DEMO": "0"}, cwd=place).ready().stop()
    assert (place / ".data" / DATA / "PG_VERSION").exists()


def test_a_given_password_is_not_printed(database: Database, external: dict[str, str], start: Start) -> None:
    console = start({**external, "LARDER_ADMIN_PASSWORD": "only for my eyes"}).ready()
    console.stop()
    printed = "\n".join(console.lines)
    assert "the password of LARDER_ADMIN_PASSWORD" in printed
    assert "only for my eyes" not in printed
    assert database.sql("select name, role from larder.person") == [("admin", "admin")]
    assert database.value("select count(*) from book") == 0


def test_demo_data_never_gets_between_rows_of_ones_own(
    database: Database, external: dict[str, str], start: Start
) -> None:
    database.sql("insert into author (name) values ('Ann Lee')")
    start({**external, "LARDER_DEMO": "1"}).ready().stop()
    assert database.sql("select name from author") == [("Ann Lee",)]


def test_two_first_starts_at_once_make_one_admin(database: Database, external: dict[str, str], start: Start) -> None:
    consoles = [start({**external, "LARDER_DEMO": "1"}) for _ in range(2)]
    for console in consoles:
        console.ready()
    printed = [line for console in consoles for line in console.lines]
    assert sum("Log in as admin" in line for line in printed) == 1
    assert sum("demo data" in line for line in printed) == 1
    assert database.value("select count(*) from larder.person") == 1


def test_a_console_without_the_owner_serves_what_was_migrated(
    database: Database, external: dict[str, str], start: Start
) -> None:
    del external["LARDER_OWNER_URL"]
    console = start(external).ready()
    assert console.get("/readyz") == 200


def test_a_console_without_the_owner_does_not_migrate(
    database: Database, external: dict[str, str], start: Start
) -> None:
    del external["LARDER_OWNER_URL"]
    database.sql("update alembic_version set version_num = 'cookbook'")
    console = start(external)
    assert console.ended() == 1
    assert "Set LARDER_OWNER_URL to the role that owns the tables" in console.lines[-1]


def test_several_processes_share_the_embedded_server(place: Path, start: Start) -> None:
    console = start({"LARDER_STATE_DIR": str(place / "state"), "LARDER_DEMO": "0"}, "--workers", "2").ready()
    assert [console.get("/readyz") for _ in range(6)] == [200] * 6
    assert len(postmasters(place / "state" / DATA)) == 1
    assert console.stop() == 0
    assert postmasters(place / "state" / DATA) == []


def test_a_taken_port_is_said_before_anything_is_touched(place: Path, external: dict[str, str], start: Start) -> None:
    taken = start(external).ready().port
    console = start({"LARDER_STATE_DIR": str(place / "state")}, "--port", str(taken))
    assert console.ended() == 1
    (said,) = console.lines
    assert said.startswith(f"Error: Cannot listen on 127.0.0.1 port {taken}: address already in use. Choose another")
    assert not (place / "state").exists()


def test_the_network_is_served_only_under_names(external: dict[str, str], start: Start) -> None:
    console = start(external, "--host", "0.0.0.0")
    assert console.ended() == 2
    assert "also set LARDER_ALLOWED_HOSTS" in console.lines[-1]
    named = start({**external, "LARDER_ALLOWED_HOSTS": "127.0.0.1"}, "--host", "0.0.0.0").ready()
    assert named.get("/healthz") == 200


def test_a_command_shares_the_server_of_a_running_console(place: Path, start: Start) -> None:
    console = start({"LARDER_STATE_DIR": str(place / "state"), "LARDER_DEMO": "0"}).ready()
    before = postmasters(place / "state" / DATA)
    with EmbeddedPostgres(place / "state"):
        assert postmasters(place / "state" / DATA) == before
    assert console.get("/readyz") == 200

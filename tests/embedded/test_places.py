"""Odd paths, other versions, lost files: it works, or says in a sentence what to do."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from admin.embedded import EmbeddedPostgres, EmbeddedPostgresError
from tests.embedded.user import DATA


@pytest.mark.parametrize("name", ["with space", "it's", 'a "quote"', "a,b", "naïve", "x" * 200, "100%"])
def test_any_path_will_do(place: Path, name: str) -> None:
    with (
        EmbeddedPostgres(place / name / "state", sync=False) as server,
        psycopg.connect(server.url("postgres", "larder", driver="postgresql")) as connection,
    ):
        assert connection.execute("show data_directory").fetchone() == (str(server.data),)


def test_a_relative_path_is_taken_from_here(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    with EmbeddedPostgres(Path("state"), sync=False) as server:
        assert server.data.parent == place / "state"


def _refusal(state: Path) -> str:
    with pytest.raises(EmbeddedPostgresError) as refused:
        EmbeddedPostgres(state, sync=False).__enter__()
    return str(refused.value)


def test_data_of_another_version_is_never_opened(state: Path) -> None:
    (state / DATA / "PG_VERSION").write_text("15\n")
    said = _refusal(state)
    assert "belongs to PostgreSQL 15" in said
    assert "pg_dump" in said
    assert (state / DATA / "base").is_dir()


def test_no_empty_database_is_made_beside_data_of_another_version(state: Path) -> None:
    (state / DATA).rename(state / "pg15")
    (state / "pg15" / "PG_VERSION").write_text("15\n")
    assert "belongs to PostgreSQL 15" in _refusal(state)
    assert not (state / DATA).exists()


def test_lost_passwords_are_said_to_be_lost(state: Path) -> None:
    (state / "passwords.json").unlink()
    assert "passwords" in _refusal(state)
    assert (state / DATA / "PG_VERSION").exists()


def test_torn_passwords_are_said_to_be_unreadable(state: Path) -> None:
    (state / "passwords.json").write_text("{")
    assert "cannot be read" in _refusal(state)


def test_passwords_of_another_server_are_refused(state: Path) -> None:
    file = state / "passwords.json"
    with EmbeddedPostgres(state, sync=False):
        kept = file.read_text()
        file.write_text(kept.replace('"postgres": "', '"postgres": "x'))
        assert "refuses our password" in _refusal(state)


def test_a_broken_setting_shows_the_servers_last_words(state: Path) -> None:
    (state / DATA / "postgresql.auto.conf").write_text("shared_buffers = 'plenty'\n")
    with (state / DATA / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    said = _refusal(state)
    assert said.startswith("PostgreSQL did not start.")
    assert "no_such_setting" in said


def test_a_state_directory_that_cannot_be_made(place: Path) -> None:
    (place / "file").write_text("")
    assert "Set LARDER_STATE_DIR" in _refusal(place / "file" / "state")


def test_programs_that_are_not_there(state: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BINDIR", str(place))
    assert "Set PG_BINDIR" in _refusal(state)

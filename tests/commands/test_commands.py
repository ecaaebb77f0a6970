"""The command line as a person meets it: one line that says what was done, or what is wrong and what to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.__main__ import main
from admin.schema import ROOT, head_revision
from tests.postgres import Database

Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("LARDER_OWNER_URL", database.owner_url)
    return lambda *arguments, **more: CliRunner().invoke(main, arguments, **more)


def test_help_names_every_command(run: Run) -> None:
    shown = run("--help").output
    for command in ("check", "migrate", "psql", "seed", "serve", "sweep", "user"):
        assert f"\n  {command} " in shown


def test_migrate_says_where_the_database_is(run: Run) -> None:
    result = run("migrate")
    assert (result.exit_code, result.output) == (0, f"The database is at revision {head_revision()}.\n")


def test_check_says_that_all_is_well(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0, result.output
    assert result.output == f"All is well: 13 tables, revision {head_revision()}.\n"


def test_check_fails_when_something_is_wrong(run: Run, database: Database) -> None:
    database.sql("drop index author_created_at")
    result = run("check")
    assert result.exit_code == 1
    assert "Index author_created_at is missing" in result.output


def test_sweep_empties_the_trash_of_what_is_old(run: Run, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.sql("insert into document (title, body, deleted_at) values ('T', 'x', now() - interval '20 days')")
    assert run("sweep").output == "0 rows were purged from the trash; 0 months dropped.\n"
    monkeypatch.setenv("LARDER_UNDO_DAYS", "10")
    assert run("sweep").output == "1 rows were purged from the trash, document: 1; 0 months dropped.\n"
    # The shorter time is the owner's word now: nothing older need be kept.
    assert database.value("select larder.undo_days()") == 10


def _psql(database: Database, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "admin", "psql", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": database.app_url, "LARDER_OWNER_URL": database.owner_url},
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


def test_psql_passes_arguments_input_and_exit_code_on(database: Database) -> None:
    asked = _psql(database, "-Atc", "select current_user, current_database()")
    assert (asked.returncode, asked.stdout) == (0, f"larder_owner|{database.name}\n")
    assert _psql(database, "-At", input="select 6 * 7").stdout == "42\n"
    failed = _psql(database, "-v", "ON_ERROR_STOP=1", "-c", "select nonsense")
    assert failed.returncode == 1
    assert "nonsense" in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shelve"], "No such command 'shelve'"),
        (["serve", "--port", "70000"], "not in the range"),
        (["serve", "--workers", "none"], "not a valid integer"),
        (["migrate", "--now"], "No such option"),
    ],
)
def test_bad_use_exits_2(run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_a_wrong_setting_is_one_sentence_and_exits_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LARDER_PAGE_SIZE", "33")
    result = run("migrate")
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].startswith("Error: LARDER_PAGE_SIZE has a value Larder cannot use: ")


def _with(url: str, old: str, new: str) -> str:
    assert old in url
    return url.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("larder_owner:", "larder_owner:x", "refuses the role's name or password"),
        ("@/test_", "@/no_such_", "no such database or role"),
        ("host=%2F", "host=%2Fnowhere%2F", "cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_sentence(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    monkeypatch.setenv("LARDER_OWNER_URL", _with(database.owner_url, old, new))
    result = run("migrate")
    assert result.exit_code == 1
    assert said in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_role_without_rights_is_a_sentence(run: Run, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LARDER_OWNER_URL", database.app_url)
    database.sql("drop schema larder_staging")
    result = run("migrate")
    assert result.exit_code == 1
    assert "Set LARDER_OWNER_URL to the role that owns the tables" in result.output


def test_the_embedded_server_runs_for_as_long_as_a_command(
    place: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("LARDER_STATE_DIR", f"{place}/state")
    assert run("migrate").output == f"The database is at revision {head_revision()}.\n"

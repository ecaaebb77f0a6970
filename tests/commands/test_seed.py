"""The command around the demo data: which table, how many rows, and what it says."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from admin.commands.seed import seed
from tests.postgres import Database


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("LARDER_OWNER_URL", database.owner_url)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(seed, arguments)

    return invoke


def test_it_says_a_line_for_each_table(run, database: Database) -> None:
    result = run("--rows", "line-item=9000")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert len(lines) == 14
    assert "line-item: 9,000 rows" in lines
    assert "author: 320 rows" in lines
    assert lines[-1] == "39,064 rows were added."
    assert database.value("select count(*) from line_item") == 9_000


def test_a_second_run_adds_nothing(run) -> None:
    run()
    assert run().output.splitlines()[-1] == "0 rows were added."


def test_the_planner_knows_of_the_rows_at_once(run, database: Database) -> None:
    run()
    assert database.value("select reltuples::int from pg_class where oid = 'event'::regclass") == 12_000
    assert database.value("select vacuum_count from pg_stat_user_tables where relname = 'event'") == 1


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("shelf=3", "there is no table 'shelf'"),
        ("line-item", "write line-item=1000"),
        ("book=many", "write book=1000"),
        ("book=-1", "write book=1000"),
    ],
)
def test_bad_use_is_answered_with_what_would_be_right(argument: str, sentence: str, run, database: Database) -> None:
    result = run("--rows", argument)
    assert result.exit_code == 2
    assert sentence in result.output
    assert database.value("select count(*) from author") == 0

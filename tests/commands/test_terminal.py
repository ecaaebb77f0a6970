"""The import command on a terminal: its bar, and what is left when it is killed."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from admin.__main__ import main
from admin.schema import ROOT
from tests.embedded.user import eventually
from tests.postgres import Database

ROWS = 1_000
HELD = 450
"""The row before which the import waits for a lock of the test's."""

HOLD = f"""
create function held() returns trigger language plpgsql as $$
begin perform pg_advisory_xact_lock_shared(42); return new; end $$;
create trigger held before insert on customer for each row when (new.name = 'Customer {HELD}') execute function held();
"""


STAGED = "select count(*) from pg_tables where schemaname = 'larder_staging'"


def urls(database: Database) -> dict[str, str]:
    return {"DATABASE_URL": database.app_url, "LARDER_OWNER_URL": database.owner_url, "PYTHONPATH": str(ROOT)}


class Terminal:
    """A command on a terminal of its own; `shown` is what has been written on it so far."""

    def __init__(self, database: Database, *arguments: str, cwd: Path) -> None:
        self.shown = ""
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "admin", *arguments],
            cwd=cwd, env=os.environ | urls(database), stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def until(self, pattern: str) -> None:
        """Read until this is shown."""
        while not re.search(pattern, self.shown):
            assert self._read(), f"it ended: {self.shown}"

    def ended(self) -> int:
        while self._read():
            pass
        return self.process.wait(timeout=60)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(timeout=60)
        os.close(self._ours)

    def _read(self) -> bool:
        try:
            text = os.read(self._ours, 65536).decode()
        except OSError:
            # On Linux the end of what was behind a terminal.
            return False
        self.shown += text
        return bool(text)


@pytest.fixture
def lock(database: Database) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Holds the import up until it is rolled back."""
    database.sql(HOLD)
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as connection:
        connection.execute("select pg_advisory_xact_lock(42)")
        yield connection


def test_a_bar_shows_how_far_it_is_and_a_killed_one_leaves_its_review(
    database: Database, lock: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    lines = [f"c{row:04}@x,Customer {row}" for row in range(ROWS)]
    (tmp_path / "people.csv").write_text("\n".join(["email,name", *lines]) + "\n")
    state = "select state from larder.import order by id desc limit 1"

    killed = Terminal(database, "import", "customer", "people.csv", cwd=tmp_path)
    killed.until(r"Writing rows .*500/1000")
    killed.close()
    # At once: nothing is written, and what is there is a review, which can be run or cancelled.
    assert (database.value(state), database.value("select count(*) from customer")) == ("review", 0)
    assert database.value("select report ->> 'new' from larder.import") == str(ROWS)

    # Nobody takes it up: in time it is cleared away, by a worker or where there is none by the command.
    database.sql("update larder.import set at = at - interval '8 days'")
    swept = CliRunner().invoke(main, ["sweep"], env=urls(database))
    assert "What was staged for 1 imports was dropped." in swept.output
    assert (database.value(state), database.value(STAGED)) == ("cancelled", 0)

    whole = Terminal(database, "import", "customer", "people.csv", cwd=tmp_path)
    whole.until(r"Writing rows .*500/1000")
    lock.rollback()
    assert whole.ended() == 0, whole.shown
    assert "1000/1000" in whole.shown
    assert "1,000 new, 0 changed, 0 unchanged, 0 rejected, 1,000 total. Imported." in whole.shown
    assert (database.value(state), database.value("select count(*) from customer")) == ("done", ROWS)
    whole.close()

    # The very same file once more: asked, and refused by Enter.
    database.sql("update customer set name = 'Other'")
    asked = Terminal(database, "import", "customer", "people.csv", cwd=tmp_path)
    asked.until(r"imported the very same file on .* Import it once more\? \[y/N\]")
    os.write(asked._ours, b"\n")
    assert asked.ended() == 1
    asked.close()
    eventually(lambda: database.value("select count(*) from customer where name = 'Other'") == ROWS)

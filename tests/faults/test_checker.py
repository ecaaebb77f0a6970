"""No acknowledged row is missing, none is there twice, and each has its operation, whatever breaks meanwhile.

A checker that has never failed proves nothing: two weakened variants, one without nonces and one without synchronous
commits, are put through it too, and must not pass.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.faults import checker
from tests.faults.checker import Trial

FAULTS = {"connections cut": 2, "PostgreSQL stopped": 2, "console killed": 1}


def test_what_was_acknowledged_is_there_once_with_its_operation(place: Path) -> None:
    with checker.prepared(place) as postgres:
        verdict = Trial(postgres).run(clients=4, rows=80, faults=FAULTS)
    assert verdict.holds, verdict
    assert verdict.acknowledged >= 80


def test_a_console_that_forgets_its_forms_is_found_out(place: Path) -> None:
    with checker.prepared(place) as postgres:
        verdict = Trial(postgres, checker.WITHOUT_NONCES).run(clients=4, rows=60, faults={"connections cut": 1})
    assert verdict.twice, verdict


def test_a_server_that_answers_before_it_has_written_is_found_out(place: Path) -> None:
    with checker.prepared(place) as postgres:
        with psycopg.connect(postgres.url("postgres", "postgres", driver="postgresql"), autocommit=True) as connection:
            connection.execute("alter role larder_app set synchronous_commit = off")
            # Writes are put off for as long as can be, so that a stop always finds some.
            connection.execute("alter system set wal_writer_delay = '10s'")
            connection.execute("select pg_reload_conf()")
        verdict = Trial(postgres).run(clients=4, rows=60, faults={"PostgreSQL stopped": 2})
    assert verdict.lost, verdict


@pytest.mark.large
def test_the_same_for_thousands_of_rows(place: Path) -> None:
    with checker.prepared(place) as postgres:
        faults = dict.fromkeys(FAULTS, 12)
        verdict = Trial(postgres, seed=2).run(clients=8, rows=3000, faults=faults)
    print(verdict)
    assert verdict.holds, verdict

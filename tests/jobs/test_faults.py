"""Workers are killed at any moment, the database with them: rows are none or all, and each import is applied once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess

import pytest

from admin.settings import Settings
from tests.jobs import process
from tests.jobs.conftest import Queue

pytestmark = pytest.mark.anyio

ROWS = 3_000


def customers(number: int) -> str:
    lines = (f"c{number}-{row}@x,Customer {row},{row}.50" for row in range(ROWS))
    return "\n".join(["email,name,balance", *lines]) + "\n"


@pytest.fixture
def workers(settings: Settings) -> Iterator[list[BaseProcess]]:
    """Whatever is in the list in the end is ended."""
    started: list[BaseProcess] = []
    yield started
    for one in started:
        one.kill()
        one.join()


async def kill_rounds(jobs: Queue, workers: list[BaseProcess], rounds: int) -> list[int]:
    """Kill a worker at a random moment of an import, let three others race; how many rows there were at the kill."""
    chance = random.Random(rounds)
    took, seen = 1.0, []
    for number in range(rounds):
        mine = f"c{number}-%"
        import_id = await jobs.hand_in(customers(number))
        victim = process.start(jobs.works.settings)
        started = time.monotonic()
        await jobs.run(import_id)
        if number:
            victim.join(chance.uniform(0, 1.2 * took))
        else:
            # Nobody kills the first one: it shows how long an import takes.
            await jobs.ended(import_id)
            took = time.monotonic() - started
        victim.kill()
        victim.join()
        await jobs.nobody_at_work(import_id)
        seen.append(jobs.database.value("select count(*) from customer where email like %s", mine))
        assert seen[-1] in (0, ROWS)
        workers += [process.start(jobs.works.settings) for _ in range(3)]
        await jobs.ended(import_id)
        assert await jobs.state(import_id) == "done"
        assert jobs.database.value("select count(*) from customer where email like %s", mine) == ROWS
        statement = "select count(*) from larder.operation where detail ->> 'import' = %s::text"
        assert jobs.database.value(statement, str(import_id)) == 1
        while workers:
            workers[-1].kill()
            workers.pop().join()
    assert jobs.database.sql("select relname from pg_class where relnamespace = 'larder_staging'::regnamespace") == []
    return seen


async def test_a_killed_worker_leaves_all_or_nothing_and_others_finish_it_once(jobs: Queue, workers: list[BaseProcess]):
    assert len(await kill_rounds(jobs, workers, 8)) == 8


@pytest.mark.large
async def test_fifty_workers_are_killed(jobs: Queue, workers: list[BaseProcess]):
    seen = await kill_rounds(jobs, workers, 51)
    print(f"killed at 50 random moments: {seen[1:].count(0)} times no row, {seen[1:].count(ROWS)} times all {ROWS}")

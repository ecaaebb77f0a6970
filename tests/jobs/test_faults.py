"""Workers are killed at any moment, the database with them: rows are none or all, and each import is applied once."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess

import psycopg
import pytest

from admin import schema
from admin.database import make_engine, make_session_maker
from admin.embedded import EmbeddedPostgres
from admin.jobs import queue
from admin.jobs.imports import Works
from admin.settings import Settings
from admin.writes.csv_import import receive
from admin.writes.csv_import.receive import Upload
from tests.embedded.user import DATA, kill_postmaster
from tests.jobs import process
from tests.jobs.conftest import RESOURCES, Queue
from tests.postgres import Database, temporary_place

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


async def test_the_same_file_twice_at_once_adds_up_and_its_rows_are_there_once(jobs: Queue, workers: list[BaseProcess]):
    ids = [await jobs.hand_in(customers(0), who=who) for who in ("Ann", "Ben")]
    for import_id, who in zip(ids, ("Ann", "Ben"), strict=True):
        await jobs.run(import_id, who)
    workers += [process.start(jobs.works.settings) for _ in range(2)]
    for import_id in ids:
        await jobs.ended(import_id)
    assert jobs.database.value("select count(*) from customer") == ROWS
    reports = [(await jobs.stored(import_id)).report for import_id in ids]
    # The second one meets rows that its review did not know: nothing is overwritten, and its new review says so.
    assert sorted([await jobs.state(import_id) for import_id in ids]) == ["done", "review"]
    for report in reports:
        assert report is not None
        assert report.new + report.changed + report.unchanged + report.rejected == report.total == ROWS


async def test_a_worker_killed_while_it_reads_leaves_the_file_to_the_next_one(jobs: Queue, workers: list[BaseProcess]):
    actor = jobs.actor("Ann")
    async with jobs.works.sessions.begin() as session:
        upload = Upload("file.csv", io.BytesIO(customers(0).encode()))
        import_id = await receive.keep(session, actor, RESOURCES["customer"], upload, timeout_ms=60_000)
    for _ in range(2):
        if not jobs.jobs():
            async with jobs.works.sessions.begin() as session:
                await queue.read(session, actor, import_id)
        victim = process.start(jobs.works.settings)
        await jobs.at_work(import_id)
        victim.kill()
        victim.join()
        # Nothing of what it had read is there, and the state says that the file is still to be read.
        assert await jobs.state(import_id) == "staging"
        assert jobs.tables() == [f"import_{import_id}_file"]
    workers += [process.start(jobs.works.settings) for _ in range(2)]
    await jobs.ended(import_id)
    stored = await jobs.stored(import_id)
    assert (stored.record.state, stored.report and stored.report.counts["new"]) == ("review", ROWS)


async def test_edits_during_an_import_are_kept_and_hold_nobody_up(jobs: Queue, workers: list[BaseProcess]):
    jobs.database.sql(
        "insert into customer (email, name, balance)"
        " select 'c0-' || n || '@x', 'Before', 0 from generate_series(0, 999) n"
    )
    import_id = await jobs.hand_in(customers(0))
    workers.append(process.start(jobs.works.settings))
    await jobs.run(import_id)
    edited: list[int] = []
    with psycopg.connect(jobs.works.settings.database_url.replace("+psycopg", ""), autocommit=True) as editor:
        while await jobs.state(import_id) == "queued":
            number = len(edited) % 1000
            statement = "update customer set city = %s where email = %s returning id"
            edited += [number] if editor.execute(statement, [f"Town {number}", f"c0-{number}@x"]).fetchone() else []
    await jobs.ended(import_id)
    # Either it came first and every edit is on top of it, or an edit did: then the import stopped and changed nothing.
    assert len(edited) > 0
    kept = jobs.database.value("select count(*) from customer where city like 'Town %'")
    assert kept == len(set(edited))
    state, rows = await jobs.state(import_id), jobs.database.value("select count(*) from customer")
    assert (state, rows) in (("done", ROWS), ("review", 1000))


async def test_a_database_that_crashes_in_the_middle_goes_on_where_it_was(workers: list[BaseProcess]):
    with temporary_place() as place, EmbeddedPostgres(place / "state") as server:
        schema.migrate(server.owner_url, "larder_app")
        values = {"DATABASE_URL": server.app_url, "owner_url": server.owner_url, "_env_file": None}
        works = Works(Settings(**values), make_session_maker(make_engine(Settings(**values))), RESOURCES)
        crashing = Database(server, "larder")
        jobs = Queue(works, crashing)
        import_id = await jobs.hand_in(customers(0))
        workers.append(process.start(works.settings))
        await jobs.run(import_id)
        workers[-1].join(0.3)
        crashing.close()
        kill_postmaster(place / "state" / DATA)
        await works.sessions.kw["bind"].dispose()
        with EmbeddedPostgres(place / "state") as again:
            assert again.app_url == server.app_url
            assert crashing.value("select count(*) from customer") in (0, ROWS)
            await jobs.ended(import_id)
            assert await jobs.state(import_id) == "done"
            assert crashing.value("select count(*) from customer") == ROWS
            assert crashing.value("select count(*) from larder.operation") == 1
            crashing.close()
            await works.sessions.kw["bind"].dispose()

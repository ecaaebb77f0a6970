"""A job runs what was reviewed, once; whatever goes wrong on the way, the import's state says so."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import AsyncExitStack
from dataclasses import replace
from importlib import resources

import pytest
from procrastinate import sql
from procrastinate.types import JobToDefer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import Conflict
from admin.jobs import imports, periodic, queue, slots
from admin.reads import csv_import as reads
from admin.reads import csv_import_progress as progress
from admin.schema import ROOT
from admin.writes.csv_import import pending, receive, running, store
from admin.writes.csv_import.errors import InProgress
from admin.writes.csv_import.receive import Upload
from tests.jobs import process
from tests.jobs.conftest import RESOURCES, SECONDS, Queue

pytestmark = pytest.mark.anyio

TWO = "email,name\nann@x,Ann\nben@x,Ben\n"


async def test_the_job_is_there_exactly_when_the_state_says_so(jobs: Queue):
    import_id = await jobs.hand_in(TWO)
    async with jobs.works.sessions() as session:
        await queue.run(session, jobs.actor("Ann"), import_id)
        await session.rollback()
    assert (await jobs.state(import_id), jobs.jobs()) == ("review", [])
    async with jobs.works.sessions.begin() as session:
        await queue.run(session, jobs.actor("Ann"), import_id)
    assert (await jobs.state(import_id), jobs.jobs()) == ("queued", ["todo"])
    with pytest.raises(InProgress):
        async with jobs.works.sessions.begin() as session:
            await queue.run(session, jobs.actor("Ann"), import_id)
    await jobs.drain()
    stored = await jobs.stored(import_id)
    assert (stored.record.state, stored.record.job_id, jobs.jobs()) == ("done", None, [])
    assert jobs.database.sql("select person_name, kind, rows from larder.operation") == [("Ann", "import", 2)]


async def test_a_late_or_doubled_job_changes_nothing(jobs: Queue):
    import_id = await jobs.queued(TWO)
    jobs.database.sql(
        "insert into procrastinate_jobs (queue_name, task_name, args) select queue_name, task_name, args"
        " from procrastinate_jobs"
    )
    await jobs.drain()
    assert (await jobs.state(import_id), jobs.jobs()) == ("done", [])
    assert jobs.database.value("select count(*) from customer") == 2
    assert jobs.database.value("select count(*) from larder.operation") == 1


async def test_what_indexes_gathered_is_sorted_in_once_an_import_is_done(jobs: Queue, monkeypatch: pytest.MonkeyPatch):
    waiting = "select larder.merge_pending('customer')"
    jobs.database.sql("insert into customer (email, name) values ('cy@x', 'Cy')")
    assert (jobs.database.value(waiting), jobs.database.value(waiting)) == (1, 0)
    await jobs.queued(TWO)
    await jobs.drain()
    assert jobs.database.value(waiting) == 0
    # What does not work there is no matter of the import's.
    monkeypatch.setattr(pending, "MERGE", text("select :relation / 0"))
    import_id = await jobs.queued(TWO.replace("@x", "@y"))
    await jobs.drain()
    assert (await jobs.state(import_id), jobs.jobs()) == ("done", [])


async def test_what_waits_is_cancelled_on_the_spot(jobs: Queue):
    import_id = await jobs.queued(TWO)
    assert await jobs.cancel(import_id)
    assert (await jobs.state(import_id), jobs.jobs()) == ("cancelled", [])
    assert jobs.database.sql("select relname from pg_class where relnamespace = 'larder_staging'::regnamespace") == []
    with pytest.raises(Conflict):
        await jobs.cancel(import_id)


async def test_a_job_that_met_our_lock_and_waits_again_takes_the_import_along(
    jobs: Queue, monkeypatch: pytest.MonkeyPatch
):
    import_id, cancel = await jobs.queued(TWO), store.cancel
    met: list[int] = []

    async def met_once(session: AsyncSession, number: int) -> None:
        if not met:
            met.append(number)
            raise InProgress
        await cancel(session, number)

    monkeypatch.setattr(store, "cancel", met_once)
    assert await jobs.cancel(import_id)
    assert (await jobs.state(import_id), jobs.jobs()) == ("cancelled", [])


async def test_a_conflict_leads_back_to_the_review(jobs: Queue):
    import_id = await jobs.queued(TWO)
    jobs.database.sql("insert into customer (email, name) values ('ben@x', 'Somebody')")
    await jobs.drain()
    stored = await jobs.stored(import_id)
    assert (stored.record.state, jobs.jobs()) == ("review", [])
    assert "Nothing was imported: 1 row could not be written as reviewed" in (stored.record.error or "")


async def test_what_ends_its_process_three_times_fails_and_can_be_tried_again(jobs: Queue):
    import_id = await jobs.queued(TWO)
    jobs.database.sql("update larder.import set attempts = 3")
    await jobs.drain()
    stored = await jobs.stored(import_id)
    assert (stored.record.state, stored.record.error, jobs.jobs()) == ("failed", imports.DIED, [])
    async with jobs.works.sessions.begin() as session:
        await queue.run(session, jobs.actor("Ann"), import_id)
    await jobs.drain()
    assert (await jobs.state(import_id), jobs.database.value("select count(*) from customer")) == ("done", 2)


@pytest.mark.parametrize(
    ("code", "says", "attempts"),
    [("53100", "no space left on its disk", 1), ("57014", "longer than allowed", 1), ("55000", "could not do", 3)],
)
async def test_what_the_database_answers_is_said(jobs: Queue, code: str, says: str, attempts: int, monkeypatch):
    monkeypatch.setattr(imports, "PAUSE", 0)
    import_id = await jobs.queued(TWO)
    jobs.database.sql(
        "create function broken() returns trigger language plpgsql as $$"
        f" begin raise exception 'broken' using errcode = '{code}'; end $$;"
        "create trigger broken before insert on customer for each row execute function broken()"
    )
    good = await jobs.queued("name\nZoe\n", "author")
    await jobs.drain()
    record = (await jobs.stored(import_id)).record
    assert (record.state, says in (record.error or ""), record.attempts) == ("failed", True, attempts), record.error
    # What fails holds nobody up.
    assert (await jobs.state(good), jobs.jobs()) == ("done", [])


async def test_an_import_that_is_worked_on_runs_for_all_to_see(jobs: Queue, other: AsyncSession):
    import_id = await jobs.queued(TWO)
    assert await running.mark(other, import_id)
    async with jobs.works.sessions() as session:
        assert await reads.state_of(session, import_id) == "running"
        assert [one.state for one in await reads.recent(session, reads.Narrowed())] == ["running"]
    # Its job does not begin beside it.
    await jobs.drain()
    assert (await jobs.state(import_id), jobs.jobs()) == ("queued", ["todo"])
    await other.rollback()
    async with jobs.works.sessions() as session:
        assert await reads.state_of(session, import_id) == "queued"


@pytest.mark.parametrize("grace", [0.2, SECONDS])
async def test_a_worker_told_to_stop_finishes_or_hands_back(jobs: Queue, other: AsyncSession, grace: float):
    # Its rows wait for somebody's lock, as long as the test wants.
    jobs.database.sql(
        "create function held() returns trigger language plpgsql as $$"
        " begin perform pg_advisory_xact_lock_shared(42); return new; end $$;"
        "create trigger held before insert on customer for each row execute function held()"
    )
    await other.execute(text("select pg_advisory_xact_lock(42)"))
    import_id = await jobs.queued(TWO)
    working = process.start(jobs.works.settings, grace)
    await jobs.held_up()
    working.terminate()
    if grace == SECONDS:
        await other.rollback()
        working.join(SECONDS)
        assert (await jobs.state(import_id), jobs.jobs()) == ("done", [])
    else:
        working.join(SECONDS)
        record = (await jobs.stored(import_id)).record
        # It is as if it had never begun, and another worker begins at once.
        assert (record.state, record.attempts, jobs.jobs()) == ("queued", 0, ["todo"])
        assert jobs.database.value("select count(*) from customer") == 0
        await other.rollback()
        await jobs.drain()
    assert working.exitcode == 0
    assert jobs.database.value("select count(*) from customer") == 2
    assert jobs.database.value("select count(*) from larder.operation") == 1


async def test_an_import_that_vanishes_while_its_page_is_made_is_looked_at_once_more(jobs: Queue, other: AsyncSession):
    import_id = await jobs.queued(TWO)
    await store.cancel(other, import_id)

    async def look() -> progress.Progress:
        async with jobs.works.sessions() as session:
            return await progress.now(session, import_id)

    # It has found the counter and waits for it; then the counter is gone.
    looking = asyncio.create_task(look())
    await jobs.held_up("relation")
    await other.commit()
    assert (await looking).counted == 0


async def test_few_imports_run_at_once(jobs: Queue):
    customer, author = RESOURCES["customer"], RESOURCES["author"]
    async with jobs.works.sessions() as first, jobs.works.sessions() as second, jobs.works.sessions() as third:
        assert await slots.take(first, 1, customer)
        assert not await slots.take(second, 2, customer), "one import into a table"
        assert await slots.take(second, 1, author)
        assert not await slots.take(third, 1, RESOURCES["book"]), "two of one person"
        await first.rollback()
        assert await slots.take(third, 1, RESOURCES["book"])


async def test_four_imports_run_in_all(jobs: Queue):
    tables = ("author", "book", "customer", "document", "setting")
    async with AsyncExitStack() as open_:
        taken = [
            await slots.take(await open_.enter_async_context(jobs.works.sessions()), number, RESOURCES[table])
            for number, table in enumerate(tables)
        ]
    assert taken == [True, True, True, True, False]


async def test_the_queue_is_fed_as_procrastinate_feeds_it(session: AsyncSession):
    """Our statement and its own lead to the same row; and our revision names every step of the pinned version."""
    arguments = {"import_id": 1}
    raw = (await (await session.connection()).get_raw_connection()).driver_connection
    assert raw is not None
    theirs = JobToDefer(
        queue_name=queue.QUEUE, task_name=queue.IMPORT, priority=0, lock=None, queueing_lock=None,
        args=arguments, scheduled_at=None,
    )  # fmt: skip
    from procrastinate import PsycopgConnector

    await PsycopgConnector().execute_query_all_async_with_connection(raw, sql.queries["defer_jobs"], jobs=[theirs])
    values = {"queue": queue.QUEUE, "task": queue.IMPORT, "arguments": json.dumps(arguments)}
    await session.scalar(queue.DEFER, values)
    rows = (await session.execute(text("select to_jsonb(j) - 'id' from procrastinate_jobs j"))).scalars().all()
    assert len(rows) == 2
    assert rows[0] == rows[1]


def test_our_revision_names_every_step_of_the_pinned_version():
    (found,) = (ROOT / "migrations" / "versions").glob("*_jobs.py")
    steps = [line.strip().strip('",') for line in found.read_text().splitlines() if line.startswith('    "0')]
    files = (resources.files("procrastinate.sql") / "migrations").iterdir()
    assert steps == sorted(file.name.removesuffix(".sql") for file in files if file.name.endswith(".sql"))


async def test_an_import_whose_job_is_gone_says_so_and_one_that_was_to_stop_is_cancelled(jobs: Queue):
    lost, stopped, fine = [await jobs.queued(f"name\nA{number}\n", "author") for number in range(3)]
    (first, second, _) = (number for (number,) in jobs.database.sql("select id from procrastinate_jobs order by id"))
    jobs.database.sql("delete from procrastinate_jobs where id = %s", first)
    # Its worker died while it was to stop: rescued, such a job is marked as failed.
    jobs.database.sql("update procrastinate_jobs set status = 'doing' where id = %s", second)
    jobs.database.sql("update procrastinate_jobs set status = 'failed', abort_requested = true where id = %s", second)
    async with jobs.works.sessions.begin() as session:
        assert await queue.mend(session) == [lost, stopped]
    assert [await jobs.state(one) for one in (lost, stopped, fine)] == ["failed", "cancelled", "queued"]
    assert jobs.jobs() == ["todo"]
    async with jobs.works.sessions.begin() as session:
        assert await queue.mend(session) == []


async def test_what_nobody_finishes_is_dropped_in_time(jobs: Queue):
    old, done, young = await jobs.hand_in(TWO), await jobs.queued("name\nA\n", "author"), await jobs.hand_in(TWO)
    await jobs.drain()
    jobs.database.sql("update larder.import set at = at - interval '8 days' where id <= %s", done)
    assert await periodic.drop_imports(jobs.works) == "dropped what was staged for 1 imports"
    assert [await jobs.state(one) for one in (old, done, young)] == ["cancelled", "done", "review"]
    assert await periodic.drop_imports(jobs.works) is None


async def test_sent_forms_are_forgotten_after_a_day(jobs: Queue):
    person = jobs.actor("Ann").id
    insert = "insert into larder.form_nonce (nonce, person_id, at) values (%s, %s, now() - %s::interval)"
    jobs.database.sql(insert, "old", person, "25 hours")
    jobs.database.sql(insert, "young", person, "23 hours")
    await periodic.drop_nonces(jobs.works)
    assert jobs.database.sql("select nonce from larder.form_nonce") == [("young",)]


async def test_a_large_file_is_read_by_a_worker(jobs: Queue):
    async with jobs.works.sessions.begin() as session:
        upload = Upload("file.csv", io.BytesIO(TWO.replace("Ben", "Bén").encode("cp1252")))
        actor, resource = jobs.actor("Ann"), RESOURCES["customer"]
        import_id = await receive.keep(session, actor, resource, upload, timeout_ms=60_000)
        await queue.read(session, actor, import_id)
    assert (await jobs.state(import_id), jobs.jobs()) == ("staging", ["todo"])
    await jobs.drain()
    stored = await jobs.stored(import_id)
    assert (stored.record.state, "byte E9 on line 3" in (stored.record.error or "")) == ("failed", True)
    async with jobs.works.sessions.begin() as session:
        await queue.read(session, actor, import_id, replace(stored.format, encoding="cp1252"))
    await jobs.drain()
    stored = await jobs.stored(import_id)
    assert (stored.record.state, stored.report and stored.report.new) == ("review", 2)
    async with jobs.works.sessions.begin() as session:
        await queue.read(session, actor, import_id)
    assert await jobs.cancel(import_id)
    assert (await jobs.state(import_id), jobs.jobs()) == ("cancelled", [])

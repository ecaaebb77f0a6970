"""The page of an import while it waits for a worker or is run by one, and when it could not run."""

from __future__ import annotations

import psycopg
import pytest

from admin.reads.csv_import import RUNNING
from tests.postgres import Database
from tests.web.conftest import Browse, Work
from tests.web.test_csv_import import CUSTOMERS, handed_in, status

pytestmark = pytest.mark.anyio


async def test_while_it_waits_or_runs_its_page_says_so_and_how_to_stop_it(
    browse: Browse, work: Work, database: Database
):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS)
    await client.post(f"{path}/apply")
    assert "Cancelling now gives the import up" in (await client.get(path)).text
    # A worker is in the middle of it.
    with psycopg.connect(database.app_url.replace("+psycopg", "")) as other:
        import_id = int(path.rpartition("/")[2])
        other.execute("update procrastinate_jobs set status = 'doing'")
        other.commit()
        other.execute("select pg_advisory_xact_lock(%s::int, %s::int)", [RUNNING, import_id])
        other.execute("select from larder.import for update")
        assert (await status(client, path))["state"] == "running"
        assert "takes back what it has written" in (await client.get(path)).text
        again = await client.post(f"{path}/apply")
        assert (again.status_code, again.headers["location"]) == (303, path)
        stopped = await client.post(f"{path}/cancel")
        assert (stopped.status_code, stopped.headers["location"]) == (303, path)
        assert (await status(client, path))["step"].startswith("Stopping")
    assert database.value("select abort_requested from procrastinate_jobs")
    assert (await status(client, path))["state"] == "queued"


async def test_what_could_not_run_can_be_tried_again(browse: Browse, work: Work, database: Database):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS)
    await client.post(f"{path}/apply")
    database.sql("update larder.import set attempts = 3")
    await work()
    page = (await client.get(path)).text
    assert "Import of people.csv failed" in page
    assert "ended three times" in page
    assert ">Retry</button>" in page
    await client.post(f"{path}/apply")
    await work()
    assert database.value("select count(*) from customer") == 2

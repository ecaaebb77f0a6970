"""The page of an import while it waits for a worker or is run by one, and when it could not run."""

from __future__ import annotations

import html
import re

import psycopg
import pytest

from admin.reads.csv_import import RUNNING
from admin.settings import Settings
from admin.web.console import Console
from admin.writes.csv_import import receive, store
from tests.postgres import Database
from tests.web.conftest import Browse, Work
from tests.web.imports import CUSTOMERS, hand_in, handed_in, mark, status

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


async def test_the_list_of_imports_is_narrowed(browse: Browse, work: Work):
    editor, admin = await browse("editor"), await browse("admin")
    first = await handed_in(editor, CUSTOMERS)
    second = await handed_in(editor, b"name\nZoe\n", "author")
    await editor.post(f"{second}/apply")
    third = await handed_in(admin, CUSTOMERS)

    async def listed(query: str) -> list[bool]:
        page = (await admin.get(f"/admin/imports?{query}")).text
        return [f'href="{path}"' in page for path in (first, second, third)]

    assert await listed("") == [True, True, True]
    assert await listed("table=author") == [False, True, False]
    assert await listed("state=queued") == [False, True, False]
    assert await listed("table=author&state=review") == [False, False, False]
    person = re.search(r'<option value="(\d+)">editor</option>', (await admin.get("/admin/imports")).text)
    assert person is not None
    assert await listed(f"person={person[1]}") == [True, True, False]
    # For others there is no choice of people, and what they ask for is theirs.
    assert third not in (await editor.get("/admin/imports?person=1")).text
    for wrong in ("state=odd", "table=nothing", "person=x", "before=-1"):
        assert (await admin.get(f"/admin/imports?{wrong}")).status_code == 400


async def test_the_result_leads_to_its_rows_and_back(browse: Browse, work: Work, database: Database):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS)
    await client.post(f"{path}/apply")
    await work()
    database.sql("insert into customer (email, name) values ('other@x', 'Other')")
    page = (await client.get(path)).text
    assert "2 rows added, 0 changed" in page
    assert "Undo this import" in page
    rows = re.search(r'href="(/admin/customer/list\?operation=\d+)"', page)
    assert rows is not None
    listed = (await client.get(rows[1])).text
    assert "ann@example.org" in listed
    assert "other@x" not in listed


async def test_staged_files_have_a_limit(settings: Settings, browse: Browse, console: Console, database: Database):
    console.settings = settings.model_copy(update={"staged_mb_person": 1})
    client, admin = await browse("editor"), await browse("admin")
    large = "email,name\n" + "".join(f"c{row}@x,{'x' * 400}\n" for row in range(3_000))
    path = await handed_in(client, large.encode())
    refused = await hand_in(client, CUSTOMERS)
    assert (refused.status_code, "Finish or cancel one of them" in refused.text) == (507, True)
    assert (await hand_in(admin, CUSTOMERS)).status_code == 303
    await client.post(f"{path}/cancel")
    assert (await hand_in(client, CUSTOMERS)).status_code == 303


async def test_a_large_file_is_read_behind_its_page(
    browse: Browse, work: Work, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receive, "LARGE", 50)
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS)
    found = await status(client, path)
    assert (found["state"], found["report"], found["step"].split(",")[0]) == ("staging", None, "No worker is running")
    database.sql("insert into procrastinate_workers default values")
    assert (await status(client, path))["step"].startswith("Waiting for a worker.")
    assert "people.csv is being read" in (await client.get(path)).text
    assert (await client.post(f"{path}/apply")).status_code == 409
    await work()
    assert (await status(client, path))["state"] == "review"
    # So are corrections and other choices: what they come to is worked out there, too.
    await client.post(f"{path}/corrections", data={"cell-2-2": "Ann II"})
    assert "people.csv is being checked" in (await client.get(path)).text
    assert (await status(client, path))["report"] is None
    assert (await client.post(f"{path}/apply")).status_code == 409
    await work()
    assert ((await status(client, path))["report"] or {})["corrected"] == 1
    bad = await client.post(f"{path}/choices", data={"mode": "update", "key": "nothing", "map-1": "name"})
    assert (bad.status_code, (await status(client, path))["state"]) == (400, "review")
    await client.post(f"{path}/choices", data={"mode": "add", "step": "mode"})
    assert (await status(client, path))["step"].startswith("Waiting for a worker.")
    await work()
    assert (await status(client, path))["state"] == "review"
    form = {"encoding": "utf-8", "delimiter": "semicolon", "header": "true"}
    assert (await client.post(f"{path}/read", data=form)).headers["location"] == path
    assert (await status(client, path))["state"] == "staging"
    await work()
    assert "None of the headers matches" in (await client.get(path)).text


BAD = b"email,name,balance\n" + b"".join(b"c%d@x,Name %d,n/a\n" % (row, row) for row in range(60))


async def test_what_a_worker_checked_again_leads_back_to_where_the_mending_was(
    browse: Browse, work: Work, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receive, "LARGE", 50)
    client = await browse("editor")
    path = await handed_in(client, BAD)
    await work()
    # The second page of rejected rows: one cell is right now, another one is as bad as it was, the rest is untouched.
    sent = {"cell-52-3": "n/a", "cell-53-3": "1", "cell-55-3": "much"}
    answer = await client.post(f"{path}/corrections?show=rejected&after=51", data=sent)
    waits = answer.headers["location"]
    assert waits == f"{path}?show=rejected&after=51&lines=53-55&standing=60#rows"
    page = (await client.get(waits)).text
    assert "Lines 53 and 55 are saved, and every row is checked again." in page
    assert f'href="{waits[:-5].replace("&", "&amp;")}"' in page, "the link to look again leads on as well"
    await work()
    # Line 55 is still bad, so that is where one goes on.
    answer = await client.get(waits)
    assert answer.headers["location"] == f"{path}?show=rejected&after=51&at=55#rows"
    page = (await client.get(answer.headers["location"])).text
    assert "Checked again: 1 row mended (line 53). Line 55 is still rejected. 59 rejected rows left." in page
    assert re.findall(r'name="(cell-\d+-3)"[^>]* data-next', page) == ["cell-55-3"]
    assert "cell-51-3" not in page
    # Once nothing is left on that page, those before it are shown.
    await client.post(f"{path}/corrections?show=rejected&after=51", data={f"cell-{n}-3": "1" for n in range(52, 62)})
    await work()
    page = (await client.get(f"{path}?show=rejected&after=51&lines=52&standing=59", follow_redirects=True)).text
    assert "50 rejected rows left" in page
    assert "cell-2-3" in page


async def test_choices_that_a_worker_checks_lead_on_like_those_of_a_small_file(
    browse: Browse, work: Work, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receive, "LARGE", 50)
    client = await browse("editor")
    path = await handed_in(client, b"mail;name;left;when\nann@x;Ann;1.234,5;03/04/1990\nben@x;Ben;1;1990-01-02\n")
    await work()
    chosen = {"step": "match", "map-1": "email", "map-2": "name", "map-3": "balance", "map-4": "born"}

    async def led(query: dict[str, object]) -> str:
        waits = (await client.post(f"{path}/choices", data={**chosen, **query})).headers["location"]
        assert "is being checked" in (await client.get(waits)).text
        await work()
        return str((await client.get(waits)).headers.get("location"))

    assert await led({}) == f"{path}/match#styles"
    assert await led({"asked": ["decimal"], "next": "mode"}) == f"{path}/match#styles"
    assert await led({"asked": ["decimal", "dates"], "next": "mode"}) == f"{path}/mode"
    assert await led({"asked": ["decimal", "dates"]}) == "None", "whoever leaves it open gets to the review"
    assert await led({"decimal": "comma", "dates": "dmy", "next": "match"}) == f"{path}/match"
    form = {"encoding": "utf-8", "delimiter": "semicolon", "header": "true", "next": "file"}
    waits = (await client.post(f"{path}/read", data=form)).headers["location"]
    await work()
    assert (await client.get(waits)).headers["location"] == f"{path}/file"
    # An address that somebody made up leads nowhere else.
    assert (await client.get(f"{path}?then=//x.org&asked=%22&lines=1-x&standing=-1")).status_code == 200


async def test_a_check_that_failed_says_so_and_keeps_choices_and_corrections(
    browse: Browse, work: Work, console: Console, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receive, "LARGE", 50)
    client = await browse("editor")
    path = await handed_in(client, BAD)
    await work()
    await client.post(f"{path}/choices", data={"step": "mode", "mode": "add", "skip": "true"})
    await work()
    waits = (await client.post(f"{path}/corrections?show=rejected", data={"cell-2-3": "1"})).headers["location"]
    console.settings = settings.model_copy(update={"import_timeout_ms": 1})
    await work()
    page = (await client.get(waits)).text
    assert "<title>The check of people.csv failed" in page
    assert "cannot be read" not in page
    assert 'role="alert"' in page
    assert "the file and your choices are kept, and so is 1 corrected line" in page
    assert "failed" in (await client.get("/admin/imports")).text
    for step in ("file", "match", "mode"):
        assert f'href="{path}/{step}"' in page
        assert (await client.get(f"{path}/{step}")).status_code == 200
    again = re.search(r'action="([^"]+)"[^>]*><button[^>]*>(?:<svg.*?</svg>)?\s*Try again', page, re.DOTALL)
    assert again is not None
    console.settings = settings
    answer = await client.post(again[1].replace("&amp;", "&"))
    await work()
    page = (await client.get(answer.headers["location"], follow_redirects=True)).text
    assert "1 row mended (line 2)" in page
    assert "Import 1 row" in page
    assert re.search(r'value="add" checked', (await client.get(f"{path}/mode")).text)
    await client.post(f"{path}/check")
    await work()
    assert ((await status(client, path))["report"] or {})["corrected"] == 1


async def test_what_is_dropped_after_a_while_is_said(browse: Browse, work: Work, console: Console, database: Database):
    client = await browse("editor")
    done = await handed_in(client, BAD + b"good@x,Good,1\n")
    assert (await client.get(f"{done}?line=1")).status_code == 404
    assert "has no row on line 1." in (await client.get(f"{done}?line=1")).text
    await client.post(f"{done}/choices", data={"step": "review", "skip": "true"})
    await client.post(f"{done}/apply")
    await work()
    assert (await client.get(f"{done}/rejects.csv")).text.count("n/a") == 60
    left = await handed_in(client, CUSTOMERS)
    database.sql("update larder.import set at = now() - interval '8 days'")
    async with console.sessions.begin() as session:
        assert await store.sweep(session, 7) == 2
    page = (await client.get(done)).text
    assert "1 customer imported" in page
    assert "60 rows, <code>balance</code>: is not a number" in page
    assert "rejects.csv" not in page
    assert (await client.get(f"{done}/rejects.csv")).status_code == 404
    assert "Nobody finished this import within 7 days" in (await client.get(left)).text
    # What is over stays over, and leads back.
    for step in ("apply", "cancel", "check", "choices", "read", "corrections", "take-back"):
        answer = await client.post(f"{left}/{step}", data={"encoding": "utf-8", "delimiter": "comma"})
        assert answer.status_code in (303, 409), step
        assert answer.status_code == 303 or f'href="{left}"' in answer.text, step
    assert (await status(client, left))["state"] == "cancelled"


async def test_an_undone_import_says_by_whom_and_how_far_and_when_it_was_done_again(
    browse: Browse, work: Work, database: Database
):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS)
    await client.post(f"{path}/apply")
    await work()
    database.sql("update customer set name = 'Changed since' where email like 'ben%'")
    undo = re.search(r'action="(/admin/operations/\d+/undo)"', (await client.get(path)).text)
    assert undo is not None
    await client.post(undo[1])
    page = html.unescape((await client.get(path)).text)
    assert "Import of 2 customers undone" in page
    assert re.search(r"editor, on .* UTC: Undone: Customers imported: 2 added\. 1 row put back and 1 kept", page)
    assert "Show these rows" not in page
    link = re.search(r'href="(/admin/operations/\d+)">Look at what came of it', page)
    assert link is not None
    await client.post(f"{link[1]}/undo")
    page = (await client.get(path)).text
    assert "2 customers imported" in page
    assert "This was taken back since" in page
    assert "Undo this import" not in page
    assert (await status(client, path))["state"] == "done"
    assert database.value("select count(*) from customer") == 2


async def test_whoever_is_clumsy_gets_a_way_on_and_imports_once(browse: Browse, work: Work, database: Database):
    client, viewer = await browse("editor"), await browse("viewer")
    path = await handed_in(client, CUSTOMERS)
    seen = {"review": mark((await client.get(path)).text)}

    async def refused(at: str, **data: str) -> str:
        answer = await client.post(f"{path}/{at}", data=data)
        assert answer.status_code == 409, (at, answer.status_code)
        assert f'href="{path}">' in answer.text, "it leads to the import"
        return html.unescape(answer.text)

    # The button pressed twice; then another tab goes on with what it shows.
    for _ in range(2):
        assert (await client.post(f"{path}/apply", data=seen)).headers["location"] == path
    assert "This import is queued" in await refused("corrections", **seen, **{"cell-2-2": "Anna"})
    assert "This import is queued" in await refused("choices", step="mode", mode="add")
    await work()
    # Back, and pressed once more; cancelled when it is over.
    assert (await client.post(f"{path}/apply", data=seen)).headers["location"] == path
    assert "Nothing was imported again" in (await client.get(path)).text
    assert "there is nothing to cancel" in await refused("cancel")
    assert "This import is done" in await refused("check")
    assert database.value("select count(*) from customer where name in ('Ann', 'Ben')") == 2
    assert database.value("select count(*) from customer") == 2
    # Somebody else's page says that it is not theirs.
    assert (await viewer.get(path)).status_code == 403
    # A column that is gone since: what was to be written into it is not, and the reason is said.
    path = await handed_in(client, b"email,name,born\ncy@x,Cy,1990-01-02\n")
    other = await handed_in(client, b"email,name,born\ndi@x,Di,1990-01-02\n")
    await client.post(f"{path}/apply")
    database.sql("alter table customer drop column born")
    answer = await client.get(other)
    assert (answer.status_code, "has no column Born any more" in answer.text) == (409, True)
    assert f'href="{other}/match"' in answer.text
    assert (await client.get(f"{other}/match")).status_code == 200
    await work()
    assert (await status(client, path))["state"] == "failed"
    page = (await client.get(path)).text
    assert ">Retry</button>" in page
    assert 'role="alert"' in page
    assert (await client.post(f"{path}/cancel")).status_code == 303
    assert "was cancelled" in (await client.get(path)).text
    assert database.value("select count(*) from customer") == 2

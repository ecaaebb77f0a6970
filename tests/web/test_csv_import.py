"""An import from its upload to its result and back, as a browser without scripts walks it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from admin.web.console import Console
from tests.postgres import Database
from tests.web.conftest import Browse, Work
from tests.web.imports import CUSTOMERS, counts, handed_in, status

pytestmark = pytest.mark.anyio


async def test_a_file_goes_from_upload_over_review_to_its_result(browse: Browse, work: Work, database: Database):
    client = await browse("editor")
    assert 'type="file"' in (await client.get("/admin/customer/import")).text
    path = await handed_in(client, CUSTOMERS)
    review = await client.get(path)
    assert review.status_code == 200
    assert "Import 2 rows" in review.text
    assert database.value("select count(*) from customer") == 0
    assert (await status(client, path))["state"] == "review"
    answer = await client.post(f"{path}/apply")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert (await status(client, path))["state"] == "queued"
    assert database.value("select count(*) from customer") == 0
    await work()
    assert "2 customers imported" in (await client.get(path)).text
    assert database.sql("select email, balance::text from customer order by 1") == [
        ("ann@example.org", "10.00"),
        ("ben@example.org", "1.50"),
    ]
    found = await status(client, path)
    assert (found["state"], found["rows_done"], found["rows_total"]) == ("done", 2, 2)
    assert counts(found) == {"new": 2, "changed": 0, "unchanged": 0, "rejected": 0, "total": 2}
    # Rows that change places are written twice and counted once.
    path = await handed_in(client, b"id,email\n1,ben@example.org\n2,ann@example.org\n")
    await client.post(f"{path}/apply")
    await work()
    assert "own record: 0 rows added, 2 changed." in (await client.get(path)).text


async def test_choices_are_made_without_a_script(browse: Browse, work: Work, database: Database):
    client = await browse("editor")
    path = await handed_in(client, b"Where;Who;Left\nann@x;Ann;1\nben@x;Ben;two\n")
    page = (await client.get(path)).text
    assert "None of the headers matches" in page
    chosen = {"mode": "upsert", "map-1": "email", "map-2": "name", "map-3": "balance", "unescape": "true"}
    answer = await client.post(f"{path}/choices", data=chosen)
    assert answer.status_code == 303
    assert counts(await status(client, path)) == {"new": 1, "changed": 0, "unchanged": 0, "rejected": 1, "total": 2}
    page = (await client.get(path)).text
    assert re.search(r'class="button primary"[^>]*disabled', page)
    assert "1 rejected row stops the import" in page
    await client.post(f"{path}/choices", data={**chosen, "skip": "true"})
    assert (await client.post(f"{path}/apply")).status_code == 303
    await work()
    assert database.sql("select email, name, balance::text from customer") == [("ann@x", "Ann", "1.00")]


async def test_choices_that_cannot_be_come_back_with_the_reason(browse: Browse):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS)
    twice = await client.post(f"{path}/choices", data={"mode": "upsert", "map-1": "email", "map-2": "email"})
    assert (twice.status_code, "Two columns of the file go into email" in twice.text) == (400, True)
    forbidden = await client.post(f"{path}/choices", data={"mode": "add", "map-1": "created_at"})
    assert (forbidden.status_code, "only the database writes it" in forbidden.text) == (400, True)
    assert counts(await status(client, path))["new"] == 2


async def test_the_same_file_once_more_is_asked(browse: Browse, work: Work, database: Database):
    client = await browse("editor")
    waiting = await handed_in(client, CUSTOMERS)
    path = await handed_in(client, CUSTOMERS)
    assert "very same file" not in (await client.get(path)).text
    await client.post(f"{path}/apply")
    await work()
    again = await handed_in(client, CUSTOMERS)
    page = (await client.get(again)).text
    assert "The very same file was" in page
    # Nothing would change, so nothing is asked.
    assert "Import it once more" not in page
    # One that was reviewed before the other was done would add nothing either, once it is looked at anew.
    database.sql("update customer set name = 'Other'")
    for path in (waiting, await handed_in(client, CUSTOMERS)):
        assert 'name="again" value="true" form="run" required' in (await client.get(path)).text
        await client.post(f"{path}/apply")
        assert "editor imported the very same file" in (await client.get(path)).text
        assert (await client.get(f"{path}/status")).json()["state"] == "review"
    await client.post(f"{path}/apply", data={"again": "true"})
    assert (await client.get(f"{path}/status")).json()["state"] == "queued"


async def test_everybody_sees_their_own_imports_and_admins_all(browse: Browse):
    editor, admin, viewer = await browse("editor"), await browse("admin"), await browse("viewer")
    own = await handed_in(editor, CUSTOMERS)
    other = await handed_in(admin, CUSTOMERS)
    assert own in (await editor.get("/admin/imports")).text
    assert other not in (await editor.get("/admin/imports")).text
    assert own in (await admin.get("/admin/imports")).text
    assert (await admin.get(own)).status_code == 200
    for path in (other, f"{other}/status", f"{other}/rejects.csv", "/admin/imports/999", f"/admin/imports/{2**70}"):
        assert (await editor.get(path)).status_code == 404
    for step in ("apply", "cancel", "choices", "read"):
        form = {"mode": "add", "encoding": "utf-8", "delimiter": "comma"}
        assert (await editor.post(f"{other}/{step}", data=form)).status_code == 404
    for path in ("/admin/imports", own, "/admin/customer/import"):
        assert (await viewer.get(path)).status_code == 403


async def test_a_cancelled_import_is_over(browse: Browse, database: Database):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS)
    assert (await client.post(f"{path}/cancel")).status_code == 303
    assert (await status(client, path))["state"] == "cancelled"
    assert "was cancelled" in (await client.get(path)).text
    assert (await client.post(f"{path}/apply")).status_code == 409
    assert database.value("select count(*) from customer") == 0


async def test_choices_changed_in_another_window_do_not_run(browse: Browse, database: Database):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS)
    seen = re.search(r'name="review" value="(\w+)"', (await client.get(path)).text)
    assert seen is not None
    await client.post(f"{path}/choices", data={"mode": "add", "map-1": "email", "map-2": "name"})
    answer = await client.post(f"{path}/apply", data={"review": seen[1]})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert database.value("select count(*) from customer") == 0


async def test_an_import_is_undone_from_its_result(browse: Browse, work: Work, database: Database):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS)
    await client.post(f"{path}/apply")
    await work()
    undo = re.search(r'action="(/admin/operations/\d+/undo[^"]*)"', (await client.get(path)).text)
    assert undo is not None
    assert (await client.post(undo[1])).status_code == 303
    assert database.value("select count(*) from customer") == 0
    assert (await status(client, path))["state"] == "undone"
    assert "undone" in (await client.get(path)).text


async def test_missing_parents_are_created_only_by_those_who_may(
    browse: Browse, work: Work, console: Console, database: Database
):
    client = await browse("editor")
    path = await handed_in(client, b"author,title\nAnn Lee,First\n", "book")
    assert "Create missing authors (1)" in (await client.get(path)).text
    chosen = {"mode": "add", "map-1": "author_id.name", "map-2": "title", "create-author_id": "true"}
    console.resources["author"] = replace(console.resources["author"], acts=frozenset({"import"}))
    refused = await client.post(f"{path}/choices", data=chosen)
    assert (refused.status_code, "cannot be created from here" in refused.text) == (400, True)
    console.resources["author"] = replace(console.resources["author"], acts=frozenset({"create"}))
    assert (await client.post(f"{path}/choices", data=chosen)).status_code == 303
    await client.post(f"{path}/apply")
    await work()
    assert database.sql("select name from author") == [("Ann Lee",)]


async def test_the_review_counts_the_parents_it_would_create(browse: Browse, work: Work, database: Database):
    client = await browse("editor")
    path = await handed_in(client, b"Writer,title\nAnn Lee,First\nBen Ode,Second\n", "book")
    chosen = {"mode": "add", "map-1": "author_id.name", "map-2": "title"}
    await client.post(f"{path}/choices", data=chosen)
    review = (await client.get(path)).text
    # As the file calls the column, with a joint between it and the reason.
    assert "2 rows, <code>Writer</code>: there is no author with this name" in review
    assert "New authors" not in review
    await client.post(f"{path}/choices", data={**chosen, "create-author_id": "true"})
    tile = re.compile(r"<dt>New authors</dt>\s*<dd[^>]*>2</dd>|New authors.{0,80}?>2<", re.DOTALL)
    assert tile.search((await client.get(path)).text)
    await client.post(f"{path}/apply")
    await work()
    page = (await client.get(path)).text
    assert tile.search(page)
    assert "own record: 2 rows added, 0 changed; 2 authors added." in page

"""The pages of an import, as a browser without scripts walks them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import AsyncClient, Response
from starlette.applications import Starlette

from admin.web.console import Console
from tests.postgres import Database
from tests.web.conftest import Browse, Work

pytestmark = pytest.mark.anyio

CUSTOMERS = b"email,name,balance\nann@example.org,Ann,10.00\nben@example.org,Ben,1.5\n"


async def hand_in(
    client: AsyncClient, content: bytes, identity: str = "customer", name: str = "people.csv"
) -> Response:
    return await client.post(f"/admin/{identity}/import", files={"file": (name, content, "text/csv")})


async def handed_in(client: AsyncClient, content: bytes, identity: str = "customer") -> str:
    """The path of the import's page."""
    answer = await hand_in(client, content, identity)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def status(client: AsyncClient, path: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"{path}/status")).json()
    return found


def counts(found: dict[str, Any]) -> dict[str, int]:
    return {name: found["report"][name] for name in ("new", "changed", "unchanged", "rejected", "total")}


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


async def test_each_verdict_has_its_rows(browse: Browse, database: Database):
    database.sql("insert into customer (id, email, name, balance) values (7, 'ann@example.org', 'Anna', 10)")
    database.sql("insert into customer (email, name, balance) values ('cy@x', 'Cy', 1)")
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS + b"cy@x,Cy,1\nx@x,X,?\n")
    changed = (await client.get(f"{path}?show=changed")).text
    assert "<del>Anna</del>" in changed
    assert "<ins>Ann</ins>" in changed
    assert 'href="/admin/customer/details/7"' in changed
    assert "ben@example.org" in (await client.get(f"{path}?show=new")).text
    assert "cy@x" in (await client.get(f"{path}?show=unchanged")).text
    rejected = (await client.get(f"{path}?show=rejected")).text
    assert re.search(r'aria-label="balance on line 5"[^>]*', rejected)
    assert re.search(r'name="cell-5-3" value="\?".*?<td><span>is not a number', rejected, re.DOTALL)


async def test_rejected_rows_are_a_file_of_their_own(browse: Browse):
    client = await browse("editor")
    path = await handed_in(client, 'email,name,balance\n=x@x,"Añn\nLee",two\nb@x,B,1,2\n'.encode())
    answer = await client.get(f"{path}/rejects.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="people-rejects.csv"')
    assert answer.text == (
        '"email","name","balance","line","reason"\n'
        '\'=x@x,"Añn\nLee",two,2,balance is not a number (expected like 12.50)\n'
        'b@x,B,1,4,"has 4 cells, expected 3; left over: ""2"""\n'
    )


async def test_a_file_that_is_no_csv_is_refused_where_it_was_chosen(browse: Browse, database: Database):
    client = await browse("editor")
    for content, reason in ((b"PK\x03\x04", "Excel workbook"), (b"", "is empty")):
        answer = await hand_in(client, content)
        assert (answer.status_code, reason in answer.text) == (400, True)
    answer = await client.post("/admin/customer/import", data={"file": "x"})
    assert (answer.status_code, "Choose a CSV file first" in answer.text) == (400, True)
    assert database.value("select count(*) from larder.import") == 0


async def test_a_file_in_another_encoding_is_read_again_without_a_second_upload(browse: Browse):
    client = await browse("editor")
    path = await handed_in(client, "name\nJosé\n".encode("cp1252"), "author")
    page = await client.get(path)
    assert "byte E9 on line 2" in page.text
    assert (await status(client, path))["state"] == "failed"
    await client.post(f"{path}/read", data={"encoding": "cp1252", "delimiter": "comma", "header": "true"})
    page = await client.get(path)
    assert "José" in page.text
    assert (await status(client, path))["state"] == "review"


async def test_a_file_that_is_too_large_is_refused_while_it_comes(browse: Browse, console: Console, database: Database):
    client = await browse("editor")
    limit = console.settings.max_upload_mb * 2**20 + 2**16
    announced = await client.post("/admin/customer/import", headers={"content-length": str(limit + 1)}, content=b"x")
    assert announced.status_code == 413
    assert database.value("select count(*) from larder.import") == 0


async def test_names_of_files_and_headers_are_only_text(browse: Browse):
    client = await browse("editor")
    answer = await hand_in(
        client, b"<img src=x onerror=alert(1)>,=cmd\n1,2\n", name="../../<script>alert(1)</script>.csv"
    )
    page = (await client.get(answer.headers["location"])).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "script&gt;.csv" in page
    long = await hand_in(client, CUSTOMERS, name="x" * 4000 + "\r\n.csv")
    assert long.status_code == 303
    assert (await client.get(long.headers["location"])).status_code == 200


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


async def test_a_line_that_is_no_row_is_shown_with_what_it_holds(browse: Browse):
    client = await browse("editor")
    path = await handed_in(client, b"email,name,city\nann@x,A\x00B,Ulm\nShort\nben@x,Ben\ncy@x,Cy,Bonn,5,6\n")
    found = (await status(client, path))["report"]["rejections"]
    assert [(one["line"], one["column"], one["value"]) for one in found] == [
        (2, "name", "A␀B"),
        (3, None, "Short"),
        (4, None, "ben@x · Ben"),
        (5, None, '"5","6"'),
    ]


async def test_an_upload_that_is_cut_off_leaves_nothing(app: Starlette, browse: Browse, database: Database):
    client = await browse("editor")
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    start = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail,name\na@x,A\n'
    messages = [{"type": "http.request", "body": start, "more_body": True}, {"type": "http.disconnect"}]
    answers: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        answers.append(message)

    path = "/admin/customer/import"
    headers = {
        "host": "localhost",
        "origin": "http://localhost",
        "cookie": cookie,
        "content-type": "multipart/form-data; boundary=x",
    }
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "state": {},
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    assert messages == []
    assert not any(answer.get("status") in (200, 303) for answer in answers)
    assert database.value("select count(*) from larder.import") == 0
    assert database.sql("select tablename from pg_tables where schemaname = 'larder_staging'") == []


async def test_bad_cells_are_mended_on_the_page_and_taken_back(browse: Browse, database: Database):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS + b'cy@x,Cy,"1,5"\ndi@x,"D\ni",?\nem@x,Em,1,2\n')
    page = (await client.get(path)).text
    assert 'href="/admin/imports/' in page
    mark = re.search(r'name="review" value="(\w+)"', page)[1]  # type: ignore[index]
    form = {"review": mark, "cell-4-3": "1.5", "cell-5-3": "?", "out": "7"}
    stale = await client.post(f"{path}/corrections?show=rejected", data={**form, "review": "old"})
    assert stale.headers["location"] == f"{path}?show=rejected#rows"
    assert "nothing was changed" in (await client.get(path)).text
    answer = await client.post(f"{path}/corrections?show=rejected&after=//x", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?show=rejected&at=4#rows")
    page = (await client.get(path)).text
    assert "Checked again: 2 rows mended (lines 4 and 7). 1 rejected row left." in page
    assert counts(await status(client, path)) == {"new": 3, "changed": 0, "unchanged": 0, "rejected": 2, "total": 5}
    assert "1 rejected row stops the import" in page
    corrected = (await client.get(f"{path}?show=corrected")).text
    assert "<del>1,5</del>" in corrected
    assert "Left out" in corrected
    mark = re.search(r'name="review" value="(\w+)"', corrected)[1]  # type: ignore[index]
    await client.post(f"{path}/take-back", data={"review": mark, "line": "4"})
    assert counts(await status(client, path))["rejected"] == 3
    assert (await client.get(f"{path}?show=rejected&group=none&after=x")).status_code == 200


async def test_many_bad_cells_are_replaced_or_mended_in_a_sheet(browse: Browse):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS + b"cy@x,Cy,n/a\ndi@x,Di,n/a\nem@x,Em,<b>\n")
    asked = {"column": "3", "find": "n/a", "by": "0"}
    page = (await client.get(path, params={"show": "rejected", **asked})).text
    assert "2 cells would change" in page
    assert "<del>n/a</del>" in page
    assert counts(await status(client, path))["rejected"] == 3
    mark = re.search(r'name="review" value="(\w+)"', page)[1]  # type: ignore[index]
    assert (await client.post(f"{path}/replace", data={"review": mark, **asked})).status_code == 303
    assert counts(await status(client, path))["rejected"] == 1
    for wrong, said in (({"column": "9", "find": ""}, "no column 9"), ({"column": "3", "find": "x"}, "No cell would")):
        assert said in (await client.get(path, params={"show": "rejected", **wrong})).text
    file = (await client.get(f"{path}/rejects.csv")).content
    assert (await client.get(f"{path}/rejects.csv?part=2")).status_code == 404
    refused = await client.post(f"{path}/mended", files={"file": ("m.csv", file.replace(b",6,", b",2,"))})
    assert (refused.status_code, "Line 2 of the import is not rejected" in refused.text) == (400, True)
    assert (await client.post(f"{path}/mended", data={})).status_code == 400
    answer = await client.post(f"{path}/mended", files={"file": ("m.csv", file.replace(b"<b>", b"7"))})
    assert answer.headers["location"] == f"{path}#rows"
    assert counts(await status(client, path)) == {"new": 5, "changed": 0, "unchanged": 0, "rejected": 0, "total": 5}


async def test_any_line_of_a_file_is_a_link_away(browse: Browse, database: Database):
    database.sql("insert into customer (id, email, name, balance) values (7, 'ann@example.org', 'Anna', 10)")
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS + b"cy@x,Cy,?\n")
    for line, verdict in ((2, "changed"), (3, "new"), (4, "rejected"), (5, "rejected")):
        place = f"{path}?show={verdict}&after={min(line, 4) - 1}#rows"
        assert (await client.get(f"{path}?line={line}")).headers["location"] == place
    assert (await client.get(f"{path}?line=1")).status_code == 404
    assert (await client.get(f"{path}?line=x")).status_code == 200
    changed = (await client.get(f"{path}?show=changed")).text
    assert "Anna (#7)" in changed
    assert "Name: 1 row changes" in changed
    new = (await client.get(f"{path}?show=new")).text
    assert "Active is true" in new


async def test_a_line_of_the_wrong_width_is_edited_as_a_whole(browse: Browse, database: Database):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS + b"cy@x,Lee,Cy,5\n")
    assert f'href="{path}/lines/4">Edit the line' in (await client.get(path)).text
    page = (await client.get(f"{path}/lines/4")).text
    assert "This line has 4 cells, expected 3. Left over: &#34;5&#34;" in page
    mark = re.search(r'name="review" value="(\w+)"', page)[1]  # type: ignore[index]
    form = {"review": mark, "whole": "4", "cell-4-1": "cy@x", "cell-4-2": "Lee, Cy", "cell-4-3": "5"}
    await client.post(f"{path}/corrections?show=rejected", data=form)
    assert counts(await status(client, path)) == {"new": 3, "changed": 0, "unchanged": 0, "rejected": 0, "total": 3}
    assert (await client.get(f"{path}/lines/99")).status_code == 404

"""The review of an import: the rows of each verdict, the way to a line, and bad cells mended on the page."""

from __future__ import annotations

import re

import pytest

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.imports import CUSTOMERS, counts, handed_in, mark, status

pytestmark = pytest.mark.anyio


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


async def test_bad_cells_are_mended_on_the_page_and_taken_back(browse: Browse, database: Database):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS + b'cy@x,Cy,"1,5"\ndi@x,"D\ni",?\nem@x,Em,1,2\n')
    page = (await client.get(path)).text
    assert 'href="/admin/imports/' in page
    review = mark(page)
    form = {"review": review, "cell-4-3": "1.5", "cell-5-3": "?", "out": "7"}
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
    review = mark(corrected)
    await client.post(f"{path}/take-back", data={"review": review, "line": "4"})
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
    review = mark(page)
    assert (await client.post(f"{path}/replace", data={"review": review, **asked})).status_code == 303
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


async def test_a_line_of_the_wrong_width_is_edited_as_a_whole(browse: Browse, database: Database):
    client = await browse("editor")
    path = await handed_in(client, CUSTOMERS + b"cy@x,Lee,Cy,5\n")
    assert f'href="{path}/lines/4">Edit the line' in (await client.get(path)).text
    page = (await client.get(f"{path}/lines/4")).text
    assert "This line has 4 cells, expected 3. Left over: &#34;5&#34;" in page
    review = mark(page)
    form = {"review": review, "whole": "4", "cell-4-1": "cy@x", "cell-4-2": "Lee, Cy", "cell-4-3": "5"}
    await client.post(f"{path}/corrections?show=rejected", data=form)
    assert counts(await status(client, path)) == {"new": 3, "changed": 0, "unchanged": 0, "rejected": 0, "total": 3}
    assert (await client.get(f"{path}/lines/99")).status_code == 404

"""The steps between a file and its review, as a browser without scripts walks them."""

from __future__ import annotations

import re

import pytest

from admin.web.console import Console
from tests.postgres import Database
from tests.web.conftest import Browse, Work
from tests.web.imports import counts, handed_in, status
from tests.workbooks import workbook

pytestmark = pytest.mark.anyio

PEOPLE = b"E-Mail Address;Who;Town;Left\nann@x;Ann;Ulm;1\nben@x;;Bonn;2\n"


async def test_each_step_can_be_gone_back_to_without_the_file(browse: Browse, work: Work, database: Database):
    client = await browse("editor")
    path = await handed_in(client, PEOPLE)
    review = (await client.get(path)).text
    for step in ("file", "match", "mode"):
        assert f'href="{path}/{step}"' in review
    assert "semicolon" in (await client.get(f"{path}/file")).text.lower()
    match = (await client.get(f"{path}/match")).text
    assert match.count("means the same") == 2
    assert "2 of 4 columns will be ignored" in match
    chosen = {"map-1": "email", "map-2": "name", "map-3": "city", "map-4": "balance"}
    answer = await client.post(f"{path}/choices", data={"step": "match", "next": "mode", **chosen})
    assert answer.headers["location"] == f"{path}/mode"
    answer = await client.post(f"{path}/choices", data={"step": "mode", "mode": "add", "empty": "text"})
    assert answer.headers["location"] == path
    assert counts(await status(client, path))["new"] == 2
    # Only the part of a step changes: the columns are still matched, and the mode is still the one that was chosen.
    await client.post(f"{path}/choices", data={"step": "review", "skip": "true"})
    assert re.search(r'value="add" checked', (await client.get(f"{path}/mode")).text)
    await client.post(f"{path}/apply")
    await work()
    assert database.sql("select email, name, city, balance::text from customer order by 1") == [
        ("ann@x", "Ann", "Ulm", "1.00"),
        ("ben@x", "", "Bonn", "2.00"),
    ]
    assert (await client.get(f"{path}/match")).status_code == 409


async def test_the_mode_offered_follows_the_columns_until_somebody_chose_it(browse: Browse):
    client = await browse("editor")
    path = await handed_in(client, b"where,who\nann@x,Ann\n")
    await client.post(f"{path}/choices", data={"step": "match", "map-1": "email", "map-2": "name"})
    assert re.search(r'value="upsert" checked', (await client.get(f"{path}/mode")).text)
    await client.post(f"{path}/choices", data={"step": "mode", "mode": "add"})
    await client.post(f"{path}/choices", data={"step": "match", "map-1": "email", "map-2": "name"})
    assert re.search(r'value="add" checked', (await client.get(f"{path}/mode")).text)
    missing = await client.post(f"{path}/choices", data={"step": "match", "map-2": "name", "next": "match"})
    assert missing.status_code == 303
    assert "email: required, but not in the file" in (await client.get(f"{path}/match")).text


async def test_choices_that_cannot_be_come_back_on_their_step(browse: Browse):
    client = await browse("editor")
    path = await handed_in(client, PEOPLE)
    twice = await client.post(f"{path}/choices", data={"step": "match", "map-1": "email", "map-2": "email"})
    assert twice.status_code == 400
    assert "Two columns of the file go into email" in twice.text
    assert "Columns of people.csv" in twice.text
    wrong = await client.post(f"{path}/choices", data={"step": "mode", "mode": "destroy"})
    assert wrong.status_code == 400
    assert "Rows of people.csv" in wrong.text


async def test_what_only_a_person_can_tell_is_asked_before_the_review(browse: Browse, work: Work, database: Database):
    client = await browse("editor")
    path = await handed_in(client, b"mail;name;left;when\nann@x;Ann;1.234,5;03/04/1990\n")
    assert "How are" not in (await client.get(path)).text
    chosen = {"step": "match", "map-1": "email", "map-2": "name", "map-3": "balance", "map-4": "born"}
    answer = await client.post(f"{path}/choices", data=chosen)
    assert answer.headers["location"] == f"{path}/match#styles"
    match = (await client.get(f"{path}/match")).text
    assert "1 value in left, such as “1.234,5”." in match
    assert re.search(r'value="grouped" disabled', match)
    # The question was seen: whoever leaves it open gets to the review, which says it again.
    left_open = await client.post(f"{path}/choices", data={**chosen, "asked": ["decimal", "dates"]})
    assert left_open.headers["location"] == path
    assert "How are dates written? 1 value in when" in (await client.get(path)).text
    await client.post(f"{path}/choices", data={**chosen, "decimal": "comma", "dates": "mdy"})
    await client.post(f"{path}/apply")
    await work()
    assert database.sql("select balance::text, born::text from customer") == [("1234.50", "1990-03-04")]


async def test_values_are_set_and_columns_remembered_for_the_same_headers(
    browse: Browse, work: Work, database: Database
):
    client, other = await browse("editor"), await browse("admin")
    path = await handed_in(client, b"Where,Who\nann@x,Ann\nben@x,\n")
    chosen = {"step": "match", "map-1": "email", "map-2": "name", "fill-name": "Nobody", "fill-city": "Ulm"}
    await client.post(f"{path}/choices", data=chosen)
    assert 'value="Ulm"' in (await client.get(f"{path}/match")).text
    await client.post(f"{path}/apply")
    await work()
    assert database.sql("select name, city from customer order by 1") == [("Ann", "Ulm"), ("Nobody", "Ulm")]
    again = await handed_in(client, b"Who,Where\nCy,cy@x\n")
    assert "Columns are matched as you did last time" in (await client.get(again)).text
    match = (await client.get(f"{again}/match")).text
    assert match.count("as last time") == 2
    assert 'value="Nobody"' in match
    await client.post(f"{again}/choices", data={"step": "match", "forget": "true"})
    assert "None of the headers matches" in (await client.get(again)).text
    for someone, file in ((other, b"Who,Where\nCy,cy@x\n"), (client, b"Who,Where,When\nCy,cy@x,1\n")):
        fresh = await handed_in(someone, file)
        assert "as you did last time" not in (await someone.get(fresh)).text


async def test_a_set_value_that_cannot_be_comes_back_with_the_reason(browse: Browse):
    client = await browse("editor")
    path = await handed_in(client, b"email,name\nann@x,Ann\n")
    chosen = {"step": "match", "map-1": "email", "map-2": "name", "fill-balance": "much"}
    answer = await client.post(f"{path}/choices", data=chosen)
    assert answer.status_code == 400
    assert "Balance: “much” is not a number" in answer.text
    assert 'value="much"' in answer.text


async def test_rows_are_pasted_from_a_sheet(browse: Browse, database: Database, work: Work):
    client = await browse("editor")
    rows = 'email\tname\tcity\r\nann@x\tAnn\t"New\r\nTown"\r\nben@x\tBen, Jr.\tUlm\r\n'
    answer = await client.post("/admin/customer/import", files={"file": ("", b"")}, data={"paste": rows})
    assert answer.status_code == 303
    path = answer.headers["location"]
    assert "tab separated" in (await client.get(path)).text
    await client.post(f"{path}/apply")
    await work()
    assert database.sql("select name, city from customer order by email") == [("Ann", "New\nTown"), ("Ben, Jr.", "Ulm")]
    for nothing in ("", " \r\n "):
        empty = await client.post("/admin/customer/import", files={"file": ("", b"")}, data={"paste": nothing})
        assert (empty.status_code, "Choose a CSV file first" in empty.text) == (400, True)
    much = await client.post("/admin/customer/import", data={"paste": "x" * (8 * 2**20 + 1)}, files={"file": ("", b"")})
    assert much.status_code == 400


async def test_the_encoding_is_chosen_from_what_the_lines_look_like(browse: Browse):
    client = await browse("editor")
    content = "name\n" + "Plain\n" * 60_000 + "Łódź\n"
    path = await handed_in(client, content.encode("cp1250"), "author")
    for page in (path, f"{path}/file"):
        choice = (await client.get(page)).text
        assert "byte A3 on line 60,002" in choice
        assert re.search(r"Central Europe\)<small>Łódź<", choice)
        assert re.search(r"Western Europe\)<small>£ód", choice)
        assert "UTF-16" not in choice
    await client.post(f"{path}/read", data={"encoding": "cp1250", "delimiter": "comma", "header": "true"})
    assert re.search(r'value="cp1250" checked', (await client.get(f"{path}/file")).text)


async def test_a_sheet_is_chosen_by_its_name(browse: Browse):
    client = await browse("editor")
    content = workbook({"Notes": [["for nobody"]], "People & more": [["email", "name"], ["ann@x", "Ann"]]})
    path = await handed_in(client, content)
    assert '<option value="People &amp; more">' in (await client.get(f"{path}/file")).text
    unknown = await client.post(f"{path}/read", data={"sheet": "Other", "header": "true"})
    assert unknown.status_code == 400
    answer = await client.post(f"{path}/read", data={"sheet": "People & more", "header": "true", "next": "file"})
    assert answer.headers["location"] == f"{path}/file"
    assert counts(await status(client, path))["new"] == 1


async def test_an_example_file_is_one_that_its_table_takes(browse: Browse, console: Console, database: Database):
    database.sql("insert into author (name) values ('=Ann'), ('Ben')")
    database.sql("insert into book (author_id, title) values (1, 'B'), (2, 'C')")
    database.sql("insert into customer (email, name) values ('c@x', 'C'), ('d@x', 'D')")
    database.sql("insert into \"user\" (email, name, role) values ('c@x', 'C', 'admin')")
    database.sql('insert into "order" (customer_id) values (1), (2)')
    database.sql("insert into inventory_item (sku, name) values ('S1', 'One'), ('S2', 'Two')")
    client = await browse("editor")
    for identity, resource in console.resources.items():
        if "import" not in resource.acts:
            continue
        example = await client.get(f"/admin/{identity}/import/example.csv")
        assert example.headers["content-disposition"].startswith(f'attachment; filename="{identity}-example.csv"')
        path = await handed_in(client, example.content, identity)
        found = counts(await status(client, path))
        assert (found["new"], found["rejected"]) == (2, 0), (identity, example.text, found)


async def test_all_reasons_can_be_reached_and_of_too_many_the_number_is_told(browse: Browse):
    client = await browse("editor")
    path = await handed_in(client, b"email,name\n" + b"".join(b"," * width + b"\n" for width in range(2, 205)))
    page = (await client.get(path)).text
    assert page.count("1 row: has ") == 200
    assert re.search(r"<details>\s*<summary>180 more reasons</summary>", page)
    assert "And 3 more reasons: the file of rejected rows has all of them." in page
    assert (await client.get(f"{path}/rejects.csv")).text.count("expected 2") == 203
    last = re.findall(r'href="(/admin/imports/[^"]*group=[^"]*)#rows"', page)[-1].replace("&amp;", "&")
    chosen = (await client.get(last)).text
    assert "<details open>" in chosen
    assert chosen.count('class="begins"') == 1

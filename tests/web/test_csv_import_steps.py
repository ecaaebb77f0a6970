"""The steps between a file and its review, as a browser without scripts walks them."""

from __future__ import annotations

import re

import pytest

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.test_csv_import import counts, handed_in, status

pytestmark = pytest.mark.anyio

PEOPLE = b"E-Mail Address;Who;Town;Left\nann@x;Ann;Ulm;1\nben@x;;Bonn;2\n"


async def test_each_step_can_be_gone_back_to_without_the_file(browse: Browse, database: Database):
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

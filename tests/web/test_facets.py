"""The filter form's values over HTTP, and the conditions that it writes into an address."""

from __future__ import annotations

import re

import pytest

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import documents

pytestmark = pytest.mark.anyio


async def test_values_come_with_their_rows_to_choose_one_or_tick_several(browse: Browse, database: Database):
    documents(database, 3)
    page = await (await browse("viewer")).get("/admin/document/facets/status?search=Paper")
    assert page.status_code == 200
    assert '<option value="draft">draft (3)</option>' in page.text
    assert re.findall(r'name="filter-choice" value="(\w+)"', page.text) == ["draft", "published", "archived"]
    assert "<html" not in page.text


async def test_values_that_are_typed_are_not_offered(browse: Browse):
    viewer = await browse("viewer")
    assert (await viewer.get("/admin/document/facets/title")).status_code == 204
    assert (await viewer.get("/admin/document/facets/no_such")).status_code == 404
    assert (await viewer.get("/admin/document/facets/status?nonsense=1")).status_code == 400


async def test_a_period_becomes_concrete_days(browse: Browse, database: Database):
    viewer = await browse("viewer")
    first, last = database.sql("select (now() at time zone 'UTC')::date - 6, (now() at time zone 'UTC')::date")[0]
    sent = {"filter-column": "created_at", "filter-condition": "last-7-days", "sortBy": "title"}
    answer = await viewer.get("/admin/document/list", params=sent)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/admin/document/list?created_at__range={first}%2C{last}&sortBy=title"


async def test_without_a_script_the_lists_form_offers_every_condition(browse: Browse):
    page = (await (await browse("viewer")).get("/admin/document/list")).text
    for condition in ("exact", "empty", "filled", "today", "this-month"):
        assert f'<option value="{condition}" ' in page

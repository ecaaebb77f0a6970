"""What takes too long is said on the page of the list, which keeps the filters that can be changed."""

from __future__ import annotations

import pytest

from admin.settings import Settings
from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import Links, count, keys

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"statement_timeout_ms": 300})


def slow_down(database: Database, statements: str = "") -> None:
    """Each document takes its time to be read, by statements that contain a text."""
    database.sql("insert into document (title, body) select 'Paper ' || n, 'Body' from generate_series(1, 25) n")
    database.sql(
        "create function dawdle(bigint) returns boolean language sql volatile as $$"
        f" select case when current_query() like '%{statements}%' then pg_sleep(1) is not null else true end $$"
    )
    database.sql("grant execute on function dawdle to larder_app")
    database.sql("alter table document enable row level security; create policy slowly on document using (dawdle(id))")


async def test_rows_that_do_not_come_in_time_are_explained_where_they_would_be(browse: Browse, database: Database):
    editor = await browse("editor")
    slow_down(database)
    page = await editor.get("/admin/document/list?status=draft")
    assert page.status_code == 503
    assert "This took longer than 0.3 s and was stopped" in page.text
    assert count(page) == ("unknown", "", "Not counted")
    assert Links(page.text).urls["Remove filter: Status is draft"] == "/admin/document/list?search="


async def test_a_count_that_takes_too_long_leaves_the_rows(browse: Browse, database: Database):
    editor = await browse("editor")
    slow_down(database, "count(")
    page = await editor.get("/admin/document/list?count=exact&pageSize=10")
    assert page.status_code == 200
    assert len(keys(page)) == 10
    assert "Counting took longer than 0.3 s" in page.text


async def test_the_number_alone_is_refused_in_words_when_it_takes_too_long(browse: Browse, database: Database):
    editor = await browse("editor")
    slow_down(database)
    answer = await editor.get("/admin/document/count", headers={"accept": "application/json"})
    assert answer.status_code == 503
    assert "longer than allowed" in answer.json()["error"]["message"]

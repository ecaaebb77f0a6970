"""Downloads: what the list shows, under a decent name, and nothing left behind by those who leave."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from admin.web.console import Console
from admin.web.csv_export import attachment
from tests.postgres import Database
from tests.web import leavers
from tests.web.conftest import Browse
from tests.web.lists import slow_down

pytestmark = pytest.mark.anyio


async def test_the_rows_of_the_list_leave_as_csv(browse: Browse, database: Database):
    database.sql("insert into author (id, name, country) values (1, 'Ann', 'Peru'), (2, '=Ben', ''), (3, 'Cy', null)")
    client = await browse("viewer")
    answer = await client.get("/admin/author/export/csv?id__gte=2&sortBy=id&page=9&pageSize=10")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="author-20')
    header, *lines = answer.text.splitlines()
    assert header == "id,name,born,country,created_at,updated_at"
    assert [line.split(",")[:4] for line in lines] == [["2", "'=Ben", "", '""'], ["3", "Cy", "", ""]]
    raw = await client.get("/admin/author/export/csv?id=2&raw=1")
    assert "-raw.csv" in raw.headers["content-disposition"]
    assert "2,=Ben," in raw.text


async def test_the_rows_of_the_list_leave_as_json_lines(browse: Browse, database: Database):
    database.sql("insert into setting values ('a', '{\"b\": 1.50}'), ('c', 'null')")
    answer = await (await browse("viewer")).get("/admin/setting/export/json?sortBy=key")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        {"key": "a", "value": {"b": 1.5}},
        {"key": "c", "value": None},
    ]


async def test_an_empty_list_is_a_header(browse: Browse):
    client = await browse("viewer")
    assert (await client.get("/admin/setting/export/csv")).text == "key,value\n"
    assert (await client.get("/admin/setting/export/json")).text == ""


async def test_what_makes_no_sense_is_an_error_page_and_no_file(browse: Browse, database: Database):
    client = await browse("viewer")
    assert (await client.get("/admin/author/export/csv?colour=red")).status_code == 400
    database.sql("revoke select on author from larder_app")
    answer = await client.get("/admin/author/export/csv")
    assert (answer.status_code, "content-disposition" in answer.headers) == (403, False)


async def test_secrets_and_deleted_rows_stay(browse: Browse, database: Database):
    database.sql("insert into customer (email, name, deleted_at) values ('a@x', 'Ann', now()), ('b@x', 'Ben', null)")
    client = await browse("viewer")
    assert "Ann" not in (await client.get("/admin/customer/export/csv")).text
    assert "Ann" in (await client.get("/admin/customer/export/csv?deleted=with")).text


@pytest.mark.parametrize("spec_version", ["2.3", "2.4"])
async def test_who_leaves_ends_the_query(
    spec_version: str, app: Starlette, console: Console, browse: Browse, database: Database
):
    database.sql("insert into event (kind, payload) select 'k', '{}' from generate_series(1, 20000)")
    client = await browse("viewer")
    sent: list[int] = []
    left = anyio.Event()

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(len(message.get("body", b"")))
        if len(sent) > 2:
            left.set()
            if spec_version == "2.4":
                raise OSError("the client has gone")

    told = leavers.scope(client, "/admin/event/export/csv", "kind=k", spec_version)
    # What a server is told about it is not the point here.
    with contextlib.suppress(Exception), anyio.fail_after(20), capture_logs() as logs:
        await app(told, receive, send)
    assert 0 < sum(sent) < 500_000
    assert leavers.connections(console) == 0
    await leavers.active(database, some=False)
    (entry,) = [one for one in logs if one["event"] == "export ended early"]
    assert 0 < entry["rows"] < 20_000
    assert (entry["person"], entry["query"]) == ("viewer", "kind=k")


@pytest.mark.parametrize("kind", ["csv", "json"])
async def test_what_fails_before_the_first_byte_is_an_error_page(
    kind: str, browse: Browse, console: Console, database: Database, monkeypatch: pytest.MonkeyPatch
):
    client = await browse("viewer")
    slow_down(database)
    monkeypatch.setattr(console, "settings", console.settings.model_copy(update={"export_timeout_ms": 200}))
    answer = await client.get(f"/admin/document/export/{kind}")
    assert (answer.status_code, "content-disposition" in answer.headers) == (503, False)
    assert "longer than allowed" in answer.text
    assert leavers.connections(console) == 0


async def test_a_whole_export_is_logged_with_its_rows_and_its_query(browse: Browse, database: Database):
    database.sql("insert into event (kind, payload) select 'k', '{}' from generate_series(1, 7)")
    with capture_logs() as logs:
        await (await browse("viewer")).get("/admin/event/export/json?kind=k&sortBy=id")
    (entry,) = [one for one in logs if one["event"] == "exported"]
    assert (entry["identity"], entry["rows"], entry["person"]) == ("event", 7, "viewer")
    assert entry["query"] == "kind=k&sortBy=id"


def test_names_of_files_are_harmless_in_a_header():
    assert attachment("a.csv") == "attachment; filename=\"a.csv\"; filename*=UTF-8''a.csv"
    assert (
        attachment('x"y\r\nz/é.csv')
        == "attachment; filename=\"x_y__z/_.csv\"; filename*=UTF-8''x%22y%0D%0Az%2F%C3%A9.csv"
    )

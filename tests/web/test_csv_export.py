"""Downloads: what the list shows, under a decent name, and nothing left behind by those who leave."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette

from admin.web.console import Console
from admin.web.csv_export import attachment
from tests.postgres import Database
from tests.web.conftest import Browse

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
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
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

    path = "/admin/event/export/csv"
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": spec_version}, "http_version": "1.1",
        "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode())], "client": ("127.0.0.1", 1),
        "server": ("localhost", 80), "state": {},
    }  # fmt: skip
    # What a server is told about it is not the point here.
    with contextlib.suppress(Exception), anyio.fail_after(20):
        await app(scope, receive, send)
    assert 0 < sum(sent) < 500_000
    assert console.sessions.kw["bind"].pool.checkedout() == 0
    active = "select count(*) from pg_stat_activity where datname = %s and usename = 'larder_app' and state <> 'idle'"
    with anyio.fail_after(5):
        # A backend whose client is gone takes a moment to notice.
        while database.value(active, database.name):  # noqa: ASYNC110 the server cannot set an event of ours
            await anyio.sleep(0.01)


def test_names_of_files_are_harmless_in_a_header():
    assert attachment("a.csv") == "attachment; filename=\"a.csv\"; filename*=UTF-8''a.csv"
    assert (
        attachment('x"y\r\nz/é.csv')
        == "attachment; filename=\"x_y__z/_.csv\"; filename*=UTF-8''x%22y%0D%0Az%2F%C3%A9.csv"
    )

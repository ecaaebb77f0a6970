"""The files that are handed in to an import: refused where they were chosen, read anew, or cut off on their way."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette

from admin.web.console import Console
from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.imports import CUSTOMERS, hand_in, handed_in, status

pytestmark = pytest.mark.anyio


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

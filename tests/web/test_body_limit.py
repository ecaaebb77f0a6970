from __future__ import annotations

import anyio
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from admin.errors import TooLarge
from admin.web import body_limit

pytestmark = pytest.mark.anyio


def request(*chunks: bytes, **headers: str) -> Request:
    waiting = list(chunks)

    async def receive():
        if not waiting:
            await anyio.sleep_forever()
        chunk = waiting.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting) or chunk == b"..."}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw}, receive)


async def test_what_fits_is_read_whole():
    assert await body_limit.limited(request(b"ab", b"cd"), 4).body() == b"abcd"


async def test_announced_too_long_is_refused_unread():
    with pytest.raises(TooLarge, match="1 KB"):
        body_limit.limited(request(content_length="1025"), 1024)


async def test_more_than_was_announced_is_counted():
    with pytest.raises(TooLarge):
        await body_limit.limited(request(b"abc", b"de", content_length="3"), 4).body()


async def test_a_compressed_body_is_refused():
    with pytest.raises(HTTPException) as refused:
        body_limit.limited(request(b"", content_encoding="gzip"), 10)
    assert refused.value.status_code == 415


@pytest.mark.parametrize("charset", ["utf-16", '"unicode_escape"', "utf-7", ""])
async def test_a_body_in_another_encoding_is_refused(charset):
    with pytest.raises(HTTPException) as refused:
        body_limit.limited(request(b"", content_type=f"multipart/form-data; boundary=x; Charset={charset}"), 10)
    assert refused.value.status_code == 415


async def test_a_body_that_says_it_is_utf_8_is_read():
    body = request(b"a", content_type="application/x-www-form-urlencoded; charset=UTF-8")
    assert await body_limit.limited(body, 10).body() == b"a"


async def test_a_body_that_stops_coming_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(body_limit, "STALLED_AFTER", 0.05)
    with pytest.raises(HTTPException) as refused:
        await body_limit.limited(request(b"..."), 10).body()
    assert refused.value.status_code == 408

from __future__ import annotations

import re

import pytest
from httpx2 import ASGITransport, AsyncClient

from admin.app import create_app
from tests.web.conftest import ORIGIN

pytestmark = pytest.mark.anyio
TOKEN = "0123456789abcdef"


async def numbers(browser) -> dict[str, float]:
    """Lines of the answer without the worker, which is another one in every run."""
    text = re.sub(r',?worker="\d+"', "", (await browser.get("/metrics")).text)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[0] != "#"}


async def test_requests_are_counted_by_route_and_status(browse):
    browser = await browse("viewer")
    for path in ("/admin/login", "/admin/nothing/list", "/admin/other/list", "/nowhere/1", "/nowhere/2"):
        await browser.get(path)
    await browser.request("BREW", "/healthz")
    found = await numbers(browser)
    assert found['larder_requests_total{method="GET",route="/admin/login",status="303"}'] == 1
    assert found['larder_requests_total{method="GET",route="/admin/{identity}/list",status="404"}'] == 2
    assert found['larder_requests_total{method="GET",route="other",status="404"}'] == 2
    assert found['larder_requests_total{method="other",route="/healthz",status="405"}'] == 1
    assert found['larder_request_seconds_count{method="GET",route="/admin/login"}'] == 1
    assert found["larder_pool_in_use{}"] == 0


async def test_nobody_else_learns_anything(settings, anyio_backend):
    app = create_app(settings.model_copy(update={"metrics_token": TOKEN}))

    async def status(ip: str, **headers: str) -> int:
        async with AsyncClient(transport=ASGITransport(app, client=(ip, 1)), base_url=ORIGIN) as browser:
            return (await browser.get("/metrics", headers=headers)).status_code

    assert await status("127.0.0.1") == 200
    assert await status("192.0.2.1") == 404
    assert await status("127.0.0.1", **{"x-forwarded-for": "192.0.2.1"}) == 404
    assert await status("192.0.2.1", authorization=f"Bearer {TOKEN}") == 200
    assert await status("192.0.2.1", authorization="Bearer wrong") == 404
    assert await status("192.0.2.1", authorization="Bearer None") == 404


async def test_without_a_token_none_is_right(settings, anyio_backend):
    transport = ASGITransport(create_app(settings), client=("192.0.2.1", 1))
    async with AsyncClient(transport=transport, base_url=ORIGIN) as browser:
        for given in ("Bearer None", "Bearer ", ""):
            assert (await browser.get("/metrics", headers={"authorization": given})).status_code == 404

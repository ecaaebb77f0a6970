from __future__ import annotations

import pytest
from httpx2 import ASGITransport, AsyncClient

from admin.app import create_app
from admin.web.hosts import is_loopback

pytestmark = pytest.mark.anyio


async def status(settings, host: str) -> int:
    async with AsyncClient(transport=ASGITransport(create_app(settings)), base_url="http://localhost") as browser:
        return (await browser.get("/healthz", headers={"host": host})).status_code


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:8000"])
async def test_this_machine_is_always_known(settings, host):
    assert await status(settings, host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:8000", "", "0.0.0.0", "[::2]", "[::1", "127.0.0.1.evil"],
)
async def test_other_names_are_refused(settings, host):
    assert await status(settings, host) == 400


async def test_names_that_were_allowed_and_the_one_it_listens_on(settings):
    more = {"allowed_hosts": ("Larder.Example", "*.shelf.example"), "host": "192.0.2.1"}
    named = settings.model_copy(update=more)
    hosts = ["larder.example", "a.b.shelf.example:443", "192.0.2.1:8000", "shelf.example", "evilshelf.example"]
    assert [await status(named, host) for host in hosts] == [200, 200, 200, 400, 400]


async def test_listening_everywhere_is_no_name(settings):
    everywhere = settings.model_copy(update={"host": "0.0.0.0"})
    assert [await status(everywhere, host) for host in ("0.0.0.0", "", "192.0.2.1")] == [400, 400, 400]


@pytest.mark.parametrize("name", ["localhost", "larder.localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_loopback(name):
    assert is_loopback(name)


@pytest.mark.parametrize("name", ["", "localhost.example", "notlocalhost", "128.0.0.1", "::2", "0.0.0.0"])
def test_not_loopback(name):
    assert not is_loopback(name)

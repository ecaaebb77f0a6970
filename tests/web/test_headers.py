from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.errors import BadRequest, Busy, Conflict, NotAllowed, NotFound, TooLarge, TooMany
from admin.web.assets import asset

pytestmark = pytest.mark.anyio

ENDINGS = {
    200: None,
    302: RedirectResponse("/", 302),
    303: RedirectResponse("/", 303),
    304: Response(status_code=304),
    400: BadRequest("no"),
    403: NotAllowed("no"),
    404: NotFound("no"),
    405: HTTPException(405),
    409: Conflict("no"),
    413: TooLarge("no"),
    429: TooMany("no", 7),
    500: ZeroDivisionError(),
    503: Busy("no"),
}


@pytest.fixture
def endings(app):
    async def end(request: Request) -> Response:
        ending = ENDINGS[int(request.path_params["status"])]
        if isinstance(ending, Exception):
            raise ending
        return ending or Response("ok")

    app.router.routes.insert(0, Route("/end/{status}", end))


@pytest.mark.parametrize("status", ENDINGS)
async def test_every_status_carries_them(browse, endings, status):
    answer = await (await browse()).get(f"/end/{status}")
    assert answer.status_code == status
    require_headers(answer)
    assert "strict-transport-security" not in answer.headers


def require_headers(answer):
    headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "permissions-policy" in headers
    assert "server" not in headers


async def test_they_are_there_when_the_middlewares_themselves_refuse(browse):
    require_headers(await (await browse(base_url="http://evil.example")).get("/admin/"))
    require_headers(await (await browse()).post("/admin/logout", headers={"origin": "https://evil.example"}))


async def test_they_are_there_when_even_the_error_page_fails(browse, console, endings, monkeypatch):
    monkeypatch.setattr(console.renderer, "render", None)
    answer = await (await browse()).get("/end/500")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    require_headers(answer)


async def test_on_https_the_browser_is_told_to_stay_there(browse):
    answer = await (await browse(base_url="https://localhost")).get("/healthz")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


async def test_assets_may_be_kept_for_ever_and_missing_ones_not(browse):
    browser = await browse()
    kept = await browser.get(asset("favicon.svg"))
    assert (kept.status_code, kept.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert kept.headers["x-content-type-options"] == "nosniff"
    missing = await browser.get("/admin/static/000000000000/favicon.svg")
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")

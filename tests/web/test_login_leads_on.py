"""Where a login leads: to any page of this console, and never anywhere else."""

from __future__ import annotations

import pytest

from admin.web.login import safe_next
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.anyio

PAGE = "/admin/login"

ELSEWHERE = [
    "//evil.example", "///evil.example", "https://evil.example", "https:evil.example", "http:/evil.example",
    "\\\\evil.example", "/\\evil.example", "/admin/\\evil.example", "/admin\\..\\evil", " javascript:alert(1)",
    "javascript:alert(1)", "data:text/html,x", "%09//evil.example", "\t//evil.example", "/admin/\t/evil",
    "/\t/evil.example", "/%2F/evil.example", "/admin/..//evil.example", "/admin/../../evil", "/admin/%2e%2e/%2e/evil",
    "/admin//evil.example", "/admin/%5cevil.example", "/admin/%0d%0aSet-Cookie:x=1", "/admin/\r\nSet-Cookie: x=1",
    "/adminevil", "/admin.evil.example/", "admin/", "evil.example", "@evil.example", "/", "", "/healthz", "/admin",
    "/admin/login", "/admin/login?next=/admin/login", "/admin/logout", "/admin/" + "x" * 3000,
    "/admin/\u202eevil", "/admin/a\u2028b", "/admin/..", "/admin/.%2E", "/admin/x#//evil",
]  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_a_login_never_leads_elsewhere(browse, path):
    assert safe_next(path) == "/admin/"
    browser = await browse()
    answer = await browser.post(PAGE, data={"username": "editor", "password": PASSWORD, "next": path})
    assert answer.headers["location"] == "/admin/"
    shown = await browser.get(PAGE, params={"next": path})
    assert (shown.status_code, shown.headers["location"]) == (303, "/admin/")


@pytest.mark.parametrize(
    "path",
    ["/admin/book/list?search=a%2F%2Fb&page=2", "/admin/setting/edit/a%20b%2Fc%3F", "/admin/x/y?search=%22a%20b%22+c"],
)
async def test_a_login_leads_to_any_page_of_the_console(path):
    assert safe_next(path) == path


async def test_neither_host_nor_referer_lead_anywhere(browse):
    browser = await browse()
    answer = await browser.get(
        "/admin/book/list", headers={"x-forwarded-host": "evil.example", "referer": "https://evil.example/"}
    )
    assert answer.headers["location"].startswith("/admin/login")
    for path in ("/", "/admin"):
        assert (await browser.get(path)).headers["location"] == "/admin/"

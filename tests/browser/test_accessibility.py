"""axe finds nothing on any page, in light and in dark, wide and narrow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import server
from tests.browser.axe import problems_in_both_themes as problems
from tests.browser.pages import Larder

PATHS = (
    "/admin/",
    "/admin/customer/list",
    "/admin/document/list?search=the&status=draft",
    "/admin/document/list?deleted=with",
    "/admin/document/list?deleted=only",
    "/admin/document/list?search=xyzzyplugh",
    "/admin/event/list?mode=scroll",
    "/admin/document/create",
    "/admin/book/create",
    "/admin/customer/import",
    "/admin/imports",
    "/admin/document/views",
    "/admin/operations",
    "/admin/operations?kind=delete&since=2026-01-01",
    "/admin/operations/last",
    "/admin/trash",
    "/admin/customer/restore?deleted=only",
    "/admin/go?q=a",
    "/admin/shortcuts",
    "/admin/people",
    "/admin/people/1",
    "/admin/account",
)

STACKED = ("/admin/trash", "/admin/imports")
"""Their rows are cards where it is narrow, which nobody has to push sideways."""

STATES = """
with reviewed as (
  update larder.import set state = 'failed', error = 'The database has no space left on its disk.'
  where id = (select max(id) from larder.import) returning *)
insert into larder.import (person_name, identity, file_name, file_bytes, sha256, options, report, state)
select person_name, identity, file_name, file_bytes, sha256, options, report, state
from (select person_name, identity, file_name, file_bytes, sha256, options, report from reviewed) as one,
     (values ('queued'), ('cancelled')) as states (state)
returning id
"""
"""An import that was reviewed has failed, another one waits, and a third one was cancelled."""


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_no_page_has_a_violation(page: Page, larder: Larder, theme: str, width: int, base_url: str):
    page.context.add_cookies([{"name": "larder_theme", "value": theme, "url": base_url}])
    page.set_viewport_size({"width": width, "height": 900})
    found: list[str] = []
    larder.open("customer")
    key = larder.keys()[0]
    for path in (*PATHS, f"/admin/customer/details/{key}", f"/admin/customer/edit/{key}"):
        page.goto(path)
        found += problems(page)
        if path in STACKED and width < 600:
            fits = "frames => frames.every(frame => frame.scrollWidth <= frame.clientWidth)"
            assert page.locator(".table-frame").evaluate_all(fits), path
    found += _editing(page, larder)
    assert found == []


def _editing(page: Page, larder: Larder) -> list[str]:
    """Lines inside an order, a cell in its place, and the two steps of a bulk edit."""
    larder.open("order")
    larder.rows.first.get_by_role("link").first.click()
    page.get_by_role("button", name="Add line item").click()
    expect(page.locator("[data-line]:visible").last.get_by_role("combobox")).to_be_focused()
    found = problems(page)
    larder.open("author")
    expect(page.locator("table.editable")).to_be_visible()
    larder.rows.first.get_by_role("link").first.press("F2")
    expect(page.locator(".cell-editor")).to_be_visible()
    found += problems(page)
    page.keyboard.press("Escape")
    larder.tick(*larder.keys()[:2])
    page.get_by_role("button", name="Edit selected").click()
    country = page.get_by_role("textbox", name="Country")
    expect(country).to_be_visible()
    found += problems(page)
    country.fill("Atlantis")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("button", name="Change 2 rows")).to_be_visible()
    return found + problems(page)


def test_the_pages_that_answer_something_have_none_either(
    larder: Larder, settings: dict[str, str], complaints: list[str], tmp_path: Path
):
    page = larder.page
    found: list[str] = []
    page.goto("/admin/customer/create")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    found += problems(page)
    page.goto("/admin/customer/details/abc")
    found += problems(page)
    file = tmp_path / "customers.csv"
    file.write_text("email,name,balance\naxe@example.org,Axe,1\nbad@example.org,Bad,x\nlong@example.org,Long,1,2\n")
    larder.hand_in("customer", file)
    found += problems(page)
    others = server.command(settings, "psql", "-qAtc", STATES).stdout.split()
    for path in (page.url, *(f"/admin/imports/{number}" for number in others)):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("failed|waits|was cancelled"))
        found += problems(page)
        if (cancel := page.get_by_role("button", name="Cancel import")).count():
            cancel.click()
            expect(larder.toast("cancelled")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/admin/login")
    found += problems(page)
    complaints[:] = [line for line in complaints if "400" not in line and "404" not in line]
    assert found == []


def test_the_palette_and_the_shortcuts_have_none_either(page: Page):
    page.goto("/admin/customer/list")
    page.keyboard.press("j")
    page.keyboard.press("ControlOrMeta+k")
    page.get_by_role("combobox", name="Go to").fill("an")
    expect(page.locator("#go-list [aria-selected=true]")).to_be_visible()
    found = problems(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert found + problems(page) == []

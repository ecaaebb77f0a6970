"""Undo in every way there is: by toast, by keyboard, from the top bar."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import Larder


def delete(larder: Larder, place: int) -> str:
    """Delete a document; returns its key."""
    larder.open("document", "pageSize=25")
    key = larder.keys()[place]
    larder.tick(key)
    larder.page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(larder.toast(f"Document {key} deleted.")).to_be_visible()
    return key


def test_a_toast_follows_to_the_next_page_and_waits_under_the_focus(larder: Larder, page: Page):
    page.clock.install()
    key = delete(larder, 3)
    page.get_by_role("link", name="Operations").first.click()
    expect(page.get_by_role("heading", level=1, name="Operations")).to_be_visible()
    expect(larder.toast(f"Document {key} deleted.")).to_be_visible()
    page.keyboard.press("F8")
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_focused()
    page.clock.run_for(60_000)
    expect(larder.toast(f"Document {key} deleted.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(larder.toast(f"Undone: Document {key} deleted.")).to_be_visible()
    larder.open("document", "pageSize=25")
    expect(larder.row(key)).to_have_count(1)
    page.clock.run_for(30_000)
    expect(page.locator(".toast")).to_have_count(0)


def test_the_keyboard_undoes_the_last_action_outside_of_fields(larder: Larder, page: Page):
    key = delete(larder, 4)
    search = page.get_by_role("searchbox", name="Search")
    search.fill("abc")
    search.press("Control+z")
    expect(larder.row(key)).to_have_count(0)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("Control+z")
    expect(larder.toast(f"Undone: Document {key} deleted.")).to_be_visible()
    expect(larder.row(key)).to_have_count(1)
    expect(page).to_have_url(re.compile("pageSize=25"))


def test_the_top_bar_names_the_last_action_and_undoes_it(larder: Larder, page: Page):
    key = delete(larder, 5)
    page.goto("/admin/author/list?sortBy=name&sort=asc")
    page.locator("summary", has_text="Last action").click()
    menu = page.locator(".last-action")
    expect(menu.get_by_text(f"Document {key} deleted.")).to_be_visible()
    expect(menu.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="Undo")).to_have_count(0)
    page.locator("summary", has_text="Last action").click()
    menu.get_by_role("button", name="Undo").click()
    expect(larder.toast(f"Undone: Document {key} deleted.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/admin/author/list\?sortBy=name&sort=asc"))

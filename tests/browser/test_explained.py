"""How a page was made: an admin opens the drawer, reads it, and closes it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.pages import Larder


def test_an_admin_sees_how_a_page_was_made(larder: Larder, page: Page):
    larder.open("document")
    page.get_by_role("link", name="How this page was made").click()
    drawer = page.locator("details.explained")
    expect(drawer).to_have_attribute("open", "")
    expect(drawer.get_by_text("The rows of this page").first).to_be_visible()
    expect(drawer.get_by_text("Scan").first).to_be_visible()
    drawer.get_by_text("SQL", exact=True).first.click()
    expect(drawer.locator("code").first).to_contain_text("SELECT")
    drawer.locator("> summary").click()
    expect(drawer.get_by_text("The rows of this page").first).to_be_hidden()
    expect(larder.rows.first).to_be_visible()

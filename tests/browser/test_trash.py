"""Deleting, taking it back, and the trash."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import Larder


def test_a_deleted_row_is_back_with_one_click(larder: Larder, page: Page):
    larder.open("document", "pageSize=25")
    key = larder.keys()[0]
    larder.tick(key)
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(larder.toast(f"Document {key} deleted.")).to_be_visible()
    expect(larder.row(key)).to_have_count(0)
    larder.undo()
    expect(larder.row(key)).to_have_count(1)
    expect(page).to_have_url(re.compile("pageSize=25"))


def test_many_rows_go_and_come_back_together(larder: Larder, page: Page):
    larder.open("document")
    keys = larder.keys()[:5]
    larder.tick(*keys)
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(larder.toast("5 documents deleted.")).to_be_visible()
    larder.undo()
    for key in keys:
        expect(larder.row(key)).to_have_count(1)


def test_deleted_rows_are_shown_on_demand_and_restored(larder: Larder, page: Page):
    larder.open("document")
    key = larder.keys()[1]
    larder.tick(key)
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(larder.toast("deleted")).to_be_visible()
    larder.show_deleted("Only")
    expect(page).to_have_url(re.compile("deleted=only"))
    expect(larder.row(key)).to_have_attribute("data-deleted", re.compile(".*"))
    larder.tick(key)
    page.get_by_role("button", name="Restore", exact=True).first.click()
    expect(larder.toast("restored")).to_be_visible()
    larder.show_deleted("Hide")
    expect(larder.row(key)).to_have_count(1)


def test_deleting_for_ever_asks_first(larder: Larder, page: Page):
    larder.open("document")
    key = larder.keys()[2]
    larder.tick(key)
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(larder.toast("deleted")).to_be_visible()
    larder.show_deleted("Only")
    expect(page).to_have_url(re.compile("deleted=only"))
    larder.tick(key)
    page.get_by_role("button", name="Delete forever", exact=True).first.click()
    expect(page.get_by_role("heading", name=re.compile("Delete forever|for ?ever", re.IGNORECASE))).to_be_visible()
    page.get_by_role("button", name="Delete forever").last.click()
    expect(larder.row(key)).to_have_count(0)


def test_a_table_without_a_trash_asks_and_says_what_else_would_go(larder: Larder, page: Page):
    larder.open("review")
    key = larder.keys()[0]
    larder.tick(key)
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delete")
    page.get_by_role("button", name=re.compile("^Delete")).last.click()
    expect(larder.toast("deleted")).to_be_visible()
    larder.undo()
    expect(larder.row(key)).to_have_count(1)


def test_an_editor_may_delete_but_not_for_ever(browser: Browser, base_url: str, logged_in):
    page = browser.new_context(base_url=base_url, storage_state=logged_in["editor"]).new_page()
    larder = Larder(page)
    larder.open("document", "deleted=only")
    larder.tick(larder.keys()[0])
    expect(page.get_by_role("button", name="Restore", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Delete forever")).to_have_count(0)
    page.context.close()


def test_without_scripts_a_delete_and_its_undo_still_work(browser: Browser, base_url: str, logged_in):
    page = browser.new_context(
        base_url=base_url, storage_state=logged_in["admin"], java_script_enabled=False
    ).new_page()
    larder = Larder(page)
    larder.open("document", "pageSize=10&page=2")
    key = page.locator("tr[data-key]").first.get_attribute("data-key")
    page.get_by_role("checkbox", name=f"Select row {key}", exact=True).check()
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(page.locator(f'tr[data-key="{key}"]')).to_have_count(0)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(f'tr[data-key="{key}"]')).to_have_count(1)
    expect(page).to_have_url(re.compile("page=2"))
    page.context.close()

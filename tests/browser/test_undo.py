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


def test_history_operations_and_trash_lead_back(larder: Larder, page: Page):
    """An edit is undone from its operation and reverted from its history; a deletion comes back from the trash."""
    page.goto("/admin/author/create")
    for name in ("First", "Second", "Third"):
        page.get_by_label("Name").fill(name)
        with page.expect_navigation():
            page.get_by_role("button", name="Save and continue editing").click()
        expect(larder.toast("saved.")).to_be_visible()
    details = page.url.replace("/edit/", "/details/")
    page.goto(details)
    page.get_by_role("link", name="As it was then").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("as it was")
    expect(page.get_by_text("Second", exact=True)).to_be_visible()
    page.get_by_role("button", name="Revert to this").click()
    expect(larder.toast(re.compile("name put back as on"))).to_be_visible()
    expect(page.locator(".page-header")).to_contain_text("Second")
    page.get_by_label("History").get_by_role("link", name="Changed").first.click()
    expect(page.locator("del", has_text="Third")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Undo").click()
    expect(larder.toast(re.compile("Undone: Author"))).to_be_visible()
    page.goto("/admin/operations?kind=undo")
    page.get_by_role("row").nth(1).get_by_role("button", name="Undo").click()
    expect(larder.toast(re.compile("Done again: Author"))).to_be_visible()
    page.goto(details)
    expect(page.locator(".page-header")).to_contain_text("Second")

    larder.open("order")
    keys = larder.keys()[:2]
    larder.tick(*keys)
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(larder.toast("2 orders")).to_be_visible()
    page.goto("/admin/trash")
    entry = page.get_by_role("row").nth(1)
    expect(entry).to_contain_text("admin deleted 2 orders and")
    entry.get_by_role("button", name="Restore").click()
    expect(larder.toast(re.compile("Undone: 2 orders and"))).to_be_visible()
    larder.open("order")
    expect(larder.row(keys[0])).to_have_count(1)


def test_what_is_in_the_way_of_a_restore_is_resolved(larder: Larder, page: Page):
    def customer(name: str) -> str:
        page.goto("/admin/customer/create")
        page.get_by_label("Email").fill("twice@example.org")
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Save and continue editing").click()
        expect(page).to_have_url(re.compile("/customer/edit/"))
        return page.url.split("/edit/")[1].split("?")[0]

    old = customer("Old Owner")
    page.get_by_role("main").get_by_role("button", name="Delete").click()
    expect(larder.toast(f"Customer {old} deleted.")).to_be_visible()
    new = customer("New Owner")
    larder.open("customer", "deleted=only")
    larder.tick(old)
    page.get_by_role("button", name="Restore", exact=True).first.click()
    page.get_by_role("link", name=f"Resolve #{old}").click()
    expect(page.get_by_text(f"already used by New Owner (#{new})")).to_be_visible()
    page.get_by_label("Email").fill("once@example.org")
    page.get_by_role("button", name="Restore with this value").click()
    expect(larder.toast(f"Customer {old} restored with another email.")).to_be_visible()
    larder.undo()
    expect(larder.toast("Undone")).to_be_visible()
    page.goto(f"/admin/customer/restore/{old}")
    page.get_by_role("button", name="Replace and restore").click()
    expect(larder.toast(re.compile(f"in place of customer {new}"))).to_be_visible()
    larder.open("customer", f"id__in={old},{new}")
    assert larder.keys() == [old]

"""Coming in and going out."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.pages import Larder
from tests.browser.server import PASSWORD


def test_whoever_is_not_logged_in_is_led_to_the_login_and_back(browser: Browser, base_url: str):
    page = browser.new_context(base_url=base_url).new_page()
    page.goto("/admin/book/list?search=sea")
    expect(page).to_have_url(re.compile(r"/admin/login\?next="))
    page.get_by_label("Name").fill("Vic Viewer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"/admin/book/list\?search=sea$"))
    page.context.close()


def test_a_wrong_password_says_so_and_keeps_the_name(browser: Browser, base_url: str):
    page = browser.new_context(base_url=base_url).new_page()
    page.goto("/admin/login")
    page.get_by_label("Name").fill("Vic Viewer")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Vic Viewer")
    page.context.close()


def test_after_logging_out_the_back_button_shows_nothing(browser: Browser, base_url: str):
    page = browser.new_context(base_url=base_url).new_page()
    Larder(page).log_in("Eve Editor", PASSWORD)
    page.goto("/admin/customer/list")
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/admin/login"))
    page.go_back()
    expect(page).to_have_url(re.compile("/admin/login"))
    page.context.close()


def test_a_viewer_is_offered_nothing_that_changes_data(browser: Browser, base_url: str, logged_in):
    page = browser.new_context(base_url=base_url, storage_state=logged_in["viewer"]).new_page()
    larder = Larder(page)
    larder.open("document")
    expect(larder.rows.first).to_be_visible()
    for name in ("New document", "Import CSV"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    expect(page.get_by_role("link", name="Export CSV")).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile("Select row"))).to_have_count(0)
    page.context.close()

"""People and sessions in two browsers: who is shut out is out with the next click."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import Larder

PASSWORD = "seven green kettles sing"


def test_somebody_is_added_raised_and_shut_out(larder: Larder, page: Page, browser: Browser, base_url: str):
    page.goto("/admin/")
    page.get_by_role("link", name="People").click()
    page.get_by_role("textbox", name="Name").fill("Pat Person")
    page.get_by_label("Role").select_option("viewer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add person").click()
    expect(larder.toast("Pat Person may log in, as viewer.")).to_be_visible()
    context = browser.new_context(base_url=base_url)
    other = Larder(context.new_page())
    other.log_in("Pat Person", PASSWORD)
    page.get_by_role("link", name="Pat Person").click()
    page.get_by_label("What Pat Person may do").select_option("editor")
    page.get_by_role("button", name="Change role").click()
    expect(larder.toast("Pat Person is editor now, and was viewer.")).to_be_visible()
    other.page.goto("/admin/author/list")
    expect(other.page).to_have_url(re.compile("/admin/login"))
    other.log_in("Pat Person", PASSWORD)
    other.open("author")
    expect(other.page.get_by_role("link", name="New author")).to_be_visible()
    page.get_by_role("button", name="Shut out").click()
    expect(larder.toast("Pat Person is shut out.")).to_be_visible()
    other.page.reload()
    expect(other.page).to_have_url(re.compile("/admin/login"))
    context.close()


def test_a_wrong_old_password_is_said_beside_the_form(page: Page, complaints: list[str]):
    page.goto("/admin/account")
    expect(page.get_by_text("this browser")).to_be_visible()
    page.get_by_label("Old password").fill("not this one")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password once more").fill(PASSWORD)
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("alert")).to_contain_text("The old password is not right.")
    complaints[:] = [line for line in complaints if "400" not in line]

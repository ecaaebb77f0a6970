"""Making and changing records."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import Larder


def test_a_record_is_made_and_changed_and_one_is_back_in_the_list(larder: Larder, page: Page):
    larder.open("author", "sortBy=name&sort=asc")
    page.get_by_role("link", name="New author").click()
    page.get_by_label("Name").fill("Aardvark Quill")
    page.get_by_label("Country").fill("Iceland")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/author/list\?.*sortBy=name"))
    expect(larder.toast("saved").or_(larder.toast("created"))).to_be_visible()
    larder.row_with("Aardvark Quill").get_by_role("link", name="Aardvark Quill").click()
    page.get_by_label("Country").fill("Norway")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/author/list\?.*sortBy=name"))
    expect(larder.row_with("Aardvark Quill")).to_contain_text("Norway")


def test_an_error_stands_beside_its_field_and_keeps_what_was_typed(larder: Larder, page: Page, complaints: list[str]):
    larder.open("customer")
    taken = larder.rows.first.locator("td").filter(has_text="@").inner_text()
    page.get_by_role("link", name="New customer").click()
    page.get_by_label("Email").fill(taken)
    page.get_by_label("Name").fill("Second Try")
    page.get_by_label("Balance").fill("12,5O")
    page.get_by_role("button", name="Save", exact=True).click()
    balance = page.get_by_label("Balance")
    expect(balance).to_have_attribute("aria-invalid", "true")
    expect(balance).to_have_value("12,5O")
    balance.fill("12.50")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("is already used by").first).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Second Try")
    complaints[:] = [line for line in complaints if "400" not in line]


def test_a_parent_is_found_by_typing(larder: Larder, page: Page):
    larder.open("author")
    author = larder.rows.first.get_by_role("link").first.inner_text()
    larder.open("book")
    page.get_by_role("link", name="New book").click()
    picker = page.get_by_role("combobox", name=re.compile("Author"))
    picker.fill(author)
    page.get_by_role("option", name=author).first.click()
    page.get_by_label("Title").fill("A Book Picked by Typing")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/admin/book/list"))
    expect(larder.row_with("A Book Picked by Typing")).to_contain_text(author)


def test_saving_without_a_change_says_that_there_is_nothing_to_save(larder: Larder, page: Page):
    larder.open("customer")
    larder.rows.first.get_by_role("link").first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(larder.toast("Nothing to save").or_(larder.toast("nothing changed"))).to_be_visible()


def test_a_row_that_is_not_there_is_a_page_that_says_so(page: Page, complaints: list[str]):
    for key in ("999999999", "abc", "1e5"):
        page.goto(f"/admin/customer/details/{key}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Not found")
    complaints[:] = [line for line in complaints if "404" not in line]

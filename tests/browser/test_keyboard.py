"""Everything by keys: rows, acts, the help, the palette; and all single letters switched off."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pages import Larder


def help_dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Keyboard shortcuts")


def current(page: Page) -> Locator:
    return page.locator("tr[data-key]:has(:focus)")


def test_rows_are_gone_through_ticked_opened_and_edited(larder: Larder, page: Page):
    larder.open("customer")
    keys = larder.keys()
    for key in "jjjk":
        page.keyboard.press(key)
    expect(current(page)).to_have_attribute("data-key", keys[1])
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name=f"Select row {keys[1]}", exact=True)).to_be_checked()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 selected")).to_be_hidden()
    for _ in range(30):
        page.keyboard.press("j")
    expect(current(page)).to_have_attribute("data-key", keys[32])
    expect(current(page)).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/admin/customer/(edit|details)/{keys[32]}\b"))
    page.go_back()
    page.get_by_role("checkbox", name=f"Select row {keys[3]}", exact=True).focus()
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(rf"/admin/customer/edit/{keys[3]}\b"))


def test_rows_go_on_where_a_list_that_scrolls_loads_more(larder: Larder, page: Page):
    larder.open("event", "mode=scroll&pageSize=10")
    page.set_viewport_size({"width": 1280, "height": 560})
    seen = set()
    # Past the three times that more come by themselves.
    for _ in range(50):
        page.keyboard.press("j")
        expect(current(page)).to_have_count(1)
        seen.add(current(page).get_attribute("data-key"))
    assert len(seen) > 45
    expect(current(page)).to_be_in_viewport()


def test_a_row_is_made_saved_and_deleted_by_keys_alone(larder: Larder, page: Page):
    larder.open("author")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/admin/author/create"))
    page.get_by_role("textbox", name="Name").fill("Kay Board")
    page.keyboard.press("c")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(larder.toast("saved")).to_be_visible()
    larder.open("author", "search=Kay+Boardc")
    page.keyboard.press("j")
    page.keyboard.press("#")
    # A table without a trash asks first.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delete")
    page.get_by_role("button", name="Delete").last.click()
    expect(larder.toast("deleted")).to_be_visible()
    larder.open("author", "search=Kay+Boardc")
    expect(larder.rows).to_have_count(0)


def test_the_help_lists_what_works_on_this_page_and_nothing_else(larder: Larder, page: Page):
    page.goto("/admin/operations")
    page.keyboard.press("?")
    expect(help_dialog(page).get_by_text("Go to a table, a record or an action")).to_be_visible()
    for absent in ("Next row", "New row", "Search in this table", "Save"):
        expect(help_dialog(page).get_by_role("definition").filter(has_text=absent)).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(help_dialog(page)).to_be_hidden()
    larder.open("author")
    page.keyboard.press("?")
    for present in ("Next row", "New row", "Search in this table"):
        expect(help_dialog(page).get_by_text(present, exact=True)).to_be_visible()
    expect(help_dialog(page).get_by_role("definition").filter(has_text="Save")).to_have_count(0)


def test_single_letters_are_switched_off_for_the_person_in_every_browser(
    browser: Browser, base_url: str, logged_in: dict[str, dict[str, object]]
):
    first = browser.new_context(base_url=base_url, storage_state=logged_in["viewer"]).new_page()
    first.goto("/admin/author/list")
    first.keyboard.press("?")
    with first.expect_response(lambda answer: answer.request.method == "POST"):
        help_dialog(first).get_by_role("checkbox").uncheck()
    expect(help_dialog(first).get_by_text("Next row")).to_be_hidden()
    expect(help_dialog(first).get_by_text("Go to a table, a record or an action")).to_be_visible()
    other = browser.new_context(base_url=base_url, storage_state=logged_in["viewer"]).new_page()
    for page in (first, other):
        page.goto("/admin/author/list")
        for key in ("j", "?", "/"):
            page.keyboard.press(key)
        expect(help_dialog(page)).to_have_count(0)
        expect(page.locator(":focus")).to_have_count(0)
        page.keyboard.press("ControlOrMeta+k")
        expect(page.get_by_role("combobox", name="Go to")).to_be_focused()
    other.keyboard.press("Escape")
    other.get_by_role("button", name="Keyboard shortcuts").click()
    with other.expect_response(lambda answer: answer.request.method == "POST"):
        help_dialog(other).get_by_role("checkbox").check()
    expect(help_dialog(other).get_by_text("Next row")).to_be_visible()
    first.context.close()
    other.context.close()


def test_letters_with_other_modifiers_and_letters_that_are_typed_do_nothing(larder: Larder, page: Page):
    larder.open("author")
    for key in ("Alt+c", "Control+Shift+c", "Alt+j"):
        page.keyboard.press(key)
    expect(current(page)).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("jc?")
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("jc?")
    expect(page).to_have_url(re.compile("/admin/author/list$"))


def test_g_and_a_letter_lead_to_a_table_or_to_a_choice(larder: Larder, page: Page):
    page.goto("/admin/")
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("/admin/document/list"))
    page.keyboard.press("g")
    page.keyboard.press("o")
    box = page.get_by_role("combobox", name="Go to")
    expect(box).to_have_value("o")
    expect(page.get_by_role("option", name="Orders", exact=True)).to_be_visible()
    expect(page.get_by_role("option", name="Operations")).to_be_visible()


def test_the_palette_finds_tables_records_and_actions(larder: Larder, page: Page):
    larder.open("customer")
    row = larder.rows.nth(4)
    name, key = row.get_by_role("link").first.inner_text(), row.get_attribute("data-key")
    page.keyboard.press("ControlOrMeta+k")
    box = page.get_by_role("combobox", name="Go to")
    expect(page.get_by_role("option", name="Invoices")).to_be_visible()
    box.fill(f"customer {key}")
    hit = page.get_by_role("option", name=name).first
    expect(hit).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(hit.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/admin/customer/details/{key}$"))
    # Enter at once: it waits for the answer to what was typed.
    page.keyboard.press("ControlOrMeta+k")
    expect(box).to_be_focused()
    page.keyboard.type("new inv")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/admin/(invoice|inventory-item)/create"))
    page.get_by_role("button", name="Go to").click()
    box.fill("theme")
    page.get_by_role("option", name="Theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("ControlOrMeta+k")
    box.fill("xyzzyplugh")
    expect(page.get_by_text("Nothing is called “xyzzyplugh”.")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Nothing found")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def test_one_logs_out_from_the_palette(browser: Browser, base_url: str, larder: Larder):
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    Larder(page).log_in("Vic Viewer", "correct horse battery staple")
    page.keyboard.press("ControlOrMeta+k")
    expect(page.get_by_role("combobox", name="Go to")).to_be_focused()
    page.keyboard.type("log out")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/admin/login"))
    context.close()

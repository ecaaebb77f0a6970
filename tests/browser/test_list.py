"""Finding rows: pages, order, search, filters, the count."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import Larder


def test_pages_are_turned_without_showing_a_row_twice(larder: Larder, page: Page):
    larder.open("customer", "pageSize=25")
    seen = larder.keys()
    page.get_by_role("link", name="Next").first.click()
    expect(page).to_have_url(re.compile("page=2"))
    second = larder.keys()
    assert len(seen) == len(second) == 25
    assert not set(seen) & set(second)
    page.get_by_role("link", name="3", exact=True).click()
    expect(page.locator('[aria-current="page"]').filter(has_text="3")).to_be_visible()
    assert not set(larder.keys()) & {*seen, *second}


def test_a_page_past_the_end_is_the_last_page(larder: Larder, page: Page):
    larder.open("customer", "pageSize=200&page=100000")
    expect(larder.rows.first).to_be_visible()
    expect(page).not_to_have_url(re.compile("page=100000"))


def test_a_column_sorts_both_ways_and_says_so(larder: Larder, page: Page):
    larder.open("customer")
    header = page.get_by_role("columnheader", name=re.compile("^Name"))
    header.get_by_role("link").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    names = larder.rows.locator("td").nth(2)
    expect(names).to_be_visible()
    header.get_by_role("link").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile("sort=desc"))


def test_search_finds_words_and_an_empty_result_offers_a_way_on(larder: Larder, page: Page):
    larder.open("document")
    title = larder.rows.first.get_by_role("link").first.inner_text()
    word = max(re.findall(r"[A-Za-z]{4,}", title), key=len)
    larder.search(word)
    expect(larder.rows.first).to_be_visible()
    larder.search("xyzzyplugh")
    expect(larder.rows).to_have_count(0)
    expect(page.get_by_text("No documents match")).to_be_visible()
    page.get_by_role("link", name=re.compile("Clear")).first.click()
    expect(larder.rows.first).to_be_visible()


def test_the_filter_closes_when_focus_leaves_it_and_by_escape(larder: Larder, page: Page):
    larder.open("document")
    summary = page.locator("summary").filter(has_text="Filter")
    summary.click()
    expect(page.get_by_label("Column")).to_be_focused()
    page.get_by_role("button", name="Add filter").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Column")).to_be_hidden()
    summary.click()
    expect(page.get_by_label("Column")).to_be_focused()
    # A click on plain text inside takes focus out of every control, and Escape still closes it.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Column")).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_filter_is_built_by_hand_and_removed_by_its_chip(larder: Larder, page: Page):
    larder.open("document")
    page.get_by_text("Filter", exact=True).first.click()
    page.get_by_label("Column").select_option("status")
    page.get_by_label("Condition").select_option("exact")
    page.get_by_label("Value").select_option("draft")
    page.get_by_role("button", name=re.compile("Apply|Add filter")).click()
    expect(page).to_have_url(re.compile("status(__exact)?=draft"))
    chip = page.get_by_role("link", name=re.compile("Remove filter.*Status is draft", re.IGNORECASE))
    expect(chip).to_be_visible()
    chip.click()
    expect(page).not_to_have_url(re.compile("status"))


def test_nonsense_in_the_address_is_explained(larder: Larder, page: Page, complaints: list[str]):
    page.goto("/admin/document/list?stratus=draft")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("stratus")).to_be_visible()
    complaints[:] = [line for line in complaints if "400" not in line]


def test_the_count_of_a_small_table_is_exact(larder: Larder):
    larder.open("author")
    expect(larder.count).to_have_attribute("data-count", "exact")
    value = int(larder.count.get_attribute("data-value") or 0)
    expect(larder.count).to_contain_text(f"{value:,} rows")


def test_counting_exactly_can_be_cancelled_and_says_when_it_was(larder: Larder, page: Page):
    larder.open("event", "created_at__gte=2000-01-01")
    expect(larder.count).not_to_have_attribute("data-count", "exact")
    estimate = larder.count.inner_text()
    page.route("**/event/count?*", lambda _never_answered: None)
    button = page.get_by_role("button", name="Count exactly")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Counting…")).to_be_disabled()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Counting was cancelled.")).to_contain_text(estimate)
    expect(button).to_be_focused()
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    page.unroute("**/event/count?*")
    button.click()
    expect(larder.count).to_have_attribute("data-count", "exact")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\d rows, counted 20\d\d-"))).to_be_visible()
    expect(button).to_have_count(0)


def test_ticks_stay_while_pages_are_turned_and_are_acted_on_together(larder: Larder, page: Page):
    larder.open("document", "pageSize=10")
    first = larder.keys()[0]
    larder.tick(first)
    page.get_by_role("link", name="Next page").click()
    expect(larder.row(first)).to_have_count(0)
    expect(page.get_by_text("1 selected, 1 of them not shown")).to_be_visible()
    second = larder.keys()[3]
    larder.tick(second)
    expect(page.get_by_text("2 selected, 1 of them not shown")).to_be_visible()
    page.get_by_role("link", name="Previous page").click()
    expect(page.get_by_role("checkbox", name=f"Select row {first}", exact=True)).to_be_checked()
    expect(page.get_by_text("2 selected, 1 of them not shown")).to_be_visible()
    # Who comes back from elsewhere acts on nothing that was ticked before.
    page.goto("/admin/")
    larder.open("document", "pageSize=10")
    expect(page.get_by_role("checkbox", name=f"Select row {first}", exact=True)).not_to_be_checked()
    larder.tick(first)
    page.get_by_role("link", name="Next page").click()
    expect(larder.row(first)).to_have_count(0)
    larder.tick(second)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(larder.toast("2 documents")).to_be_visible()
    expect(page.locator("[data-selected]")).to_be_empty()
    larder.undo()
    expect(larder.row(second)).to_be_visible()
    larder.tick(second)
    page.get_by_role("button", name="Select none").click()
    expect(page.get_by_role("checkbox", name=f"Select row {second}", exact=True)).not_to_be_checked()
    # The keys mean the ticks that are not shown, too.
    larder.tick(second)
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("1 selected, 1 of them not shown")).to_be_visible()
    third = larder.keys()[0]
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.locator("[data-selected]")).to_be_empty()
    larder.tick(third)
    page.get_by_role("link", name="Previous page").click()
    expect(page.get_by_text("1 selected, 1 of them not shown")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("#")
    expect(larder.toast(f"Document {third} deleted.")).to_be_visible()


def test_long_text_is_cut_and_a_key_press_away(larder: Larder, page: Page):
    larder.open("document")
    more = larder.rows.first.locator("details, button").first
    expect(more).to_be_visible()


def test_the_slash_key_leads_to_the_search_box(larder: Larder, page: Page):
    larder.open("book")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()


def test_the_theme_stays(larder: Larder, page: Page):
    larder.open("book")
    page.get_by_role("button", name="Theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", re.compile("^(light|dark)$"))
    theme = page.locator("html").get_attribute("data-theme")
    assert theme
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def test_the_page_never_scrolls_sideways_on_a_phone(larder: Larder, page: Page):
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/admin/", "/admin/customer/list", "/admin/customer/create", "/admin/operations"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_a_misspelt_word_leads_to_one_that_is_there(larder: Larder, page: Page):
    larder.open("author")
    name = larder.rows.first.get_by_role("link").first.inner_text()
    larder.search(name + "x")
    expect(page.get_by_text("No authors match")).to_be_visible()
    page.get_by_role("link", name=f"Did you mean {name}?").click()
    expect(larder.row_with(name).first).to_be_visible()


def test_words_that_are_everywhere_say_why_they_find_nothing(larder: Larder, page: Page):
    larder.open("document")
    larder.search("the")
    expect(page.get_by_text("the search leaves them out")).to_be_visible()


def test_documents_fit_beside_the_menu(larder: Larder, page: Page):
    page.set_viewport_size({"width": 1440, "height": 900})
    larder.open("document", "mode=pages")
    frame = page.locator(".list-frame")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")


def test_the_menu_says_how_many_rows_each_table_has(larder: Larder, page: Page):
    larder.open("setting")
    number = page.locator(".menu a", has_text="Customers").locator("small")
    expect(number).to_have_text(re.compile(r"^[\d,]+\+?$"))
    expect(page.get_by_role("link", name="Customers", exact=True)).to_have_attribute("title", re.compile(r"rows$"))

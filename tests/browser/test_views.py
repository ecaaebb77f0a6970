"""A list made one's own: values with their counts, columns and their order, saved views."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import problems
from tests.browser.pages import Larder

HEADERS = "thead th:not(.tick, .go)"


@pytest.fixture
def tidy(page: Page) -> Iterator[None]:
    """What a test keeps for the list of documents is forgotten when it ends."""
    yield
    page.goto("/admin/document/views")
    while (delete := page.get_by_role("button", name=re.compile("^Delete "))).count():
        with page.expect_navigation():
            delete.first.click()


def open_popup(page: Page, name: str) -> None:
    page.locator("summary", has_text=re.compile(rf"^\s*{name}\s*$")).click()


def headers(page: Page) -> list[str]:
    texts = page.locator(HEADERS).all_inner_texts()
    return [text.strip() for text in texts]


def test_values_are_offered_with_their_counts_and_several_can_be_ticked(larder: Larder, page: Page):
    larder.open("document")
    open_popup(page, "Filter")
    page.get_by_label("Column").select_option("status")
    value = page.get_by_label("Value", exact=True)
    expect(value.locator("option", has_text=re.compile(r"draft \([\d,]+\+?\)"))).to_be_attached()
    page.get_by_label("Condition").select_option("in")
    page.get_by_role("checkbox", name=re.compile("^draft")).check()
    page.get_by_role("checkbox", name=re.compile("^archived")).check()
    assert problems(page) == []
    page.get_by_role("button", name="Add filter").click()
    expect(page).to_have_url(re.compile("status__in=draft%2Carchived"))
    expect(page.get_by_text("Status is draft or archived")).to_be_visible()


def test_a_range_of_days_and_a_period_are_one_step_each(larder: Larder, page: Page):
    larder.open("document")
    open_popup(page, "Filter")
    page.get_by_label("Column").select_option("created_at")
    page.get_by_label("Condition").select_option("range")
    page.get_by_label("From").fill("2020-01-01")
    page.get_by_label("To", exact=True).fill("2099-12-31")
    page.get_by_role("button", name="Add filter").click()
    expect(page).to_have_url(re.compile("created_at__range=2020-01-01%2C2099-12-31"))
    open_popup(page, "Filter")
    page.get_by_label("Column").select_option("created_at")
    page.get_by_label("Condition").select_option("this-month")
    expect(page.locator("form [data-value]")).to_be_hidden()
    page.get_by_role("button", name="Add filter").click()
    expect(page).to_have_url(re.compile(r"created_at__range=\d{4}-\d\d-01%2C"))


def test_columns_are_chosen_moved_and_put_back(larder: Larder, page: Page):
    larder.open("document")
    before = headers(page)
    open_popup(page, "Columns")
    page.get_by_role("checkbox", name="ID", exact=True).uncheck()
    page.get_by_role("button", name="Move Status up").click()
    expect(page.get_by_role("button", name="Move Status up")).to_be_focused()
    assert problems(page) == []
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("thead")).not_to_contain_text("ID")
    after = headers(page)
    assert sorted(after) == sorted(set(before) - {"ID"})
    assert after.index("Status") < [name for name in before if name != "ID"].index("Status")
    open_popup(page, "Columns")
    page.get_by_role("button", name="As at first").click()
    expect(page.locator("thead")).to_contain_text("ID")
    assert headers(page) == before


@pytest.mark.usefixtures("tidy")
def test_a_view_is_saved_opened_made_the_default_and_deleted(larder: Larder, page: Page):
    larder.open("document", "status=draft&sortBy=title")
    open_popup(page, "Views")
    page.get_by_label("Save this list as").fill("Drafts by title")
    page.get_by_role("button", name="Save view").click()
    expect(larder.toast("View saved.")).to_be_visible()
    larder.open("document")
    open_popup(page, "Views")
    assert problems(page) == []
    page.get_by_role("link", name="Drafts by title").click()
    expect(page).to_have_url(re.compile("status=draft&sortBy=title"))
    open_popup(page, "Views")
    expect(page.get_by_role("link", name="Drafts by title")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Change views").click()
    default = page.get_by_role("button", name="Open the table with Drafts by title", exact=True)
    expect(default).to_be_visible()
    assert problems(page) == []
    with page.expect_navigation():
        default.click()
    page.goto("/admin/document/list")
    expect(page).to_have_url(re.compile("status=draft"))
    page.get_by_role("link", name="Show the plain list").click()
    expect(page).to_have_url(re.compile(r"search=$"))
    expect(page.get_by_text("Your default view")).to_have_count(0)


@pytest.mark.usefixtures("tidy")
def test_views_and_columns_work_without_a_script(browser: Browser, browser_context_args: dict[str, object]):
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    page.goto("/admin/document/list?status=draft")
    before = headers(page)
    open_popup(page, "Columns")
    page.get_by_role("button", name=f"Move {before[1]} up").click()
    expect(page.locator(HEADERS).first).to_have_text(before[1])
    assert headers(page)[:2] == [before[1], before[0]]
    open_popup(page, "Columns")
    page.get_by_role("button", name="As at first").click()
    expect(page.locator(HEADERS).first).to_have_text(before[0])
    assert headers(page) == before
    open_popup(page, "Views")
    page.get_by_label("Save this list as").fill("Unscripted")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_text("View saved.")).to_be_visible()
    open_popup(page, "Views")
    expect(page.get_by_role("link", name="Unscripted")).to_be_visible()
    context.close()

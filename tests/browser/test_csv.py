"""Files in and out: the ten thousand books, and a table that leaves and comes back unchanged."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Larder

DATA = Path(os.environ.get("LARDER_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
GOODBOOKS = DATA / "goodbooks-books.csv"


def _numbers(page: Page) -> dict[str, int]:
    """The summary of an import's page: new, changed, unchanged, rejected, total."""
    import_id = re.search(r"/imports/(\d+)", page.url)[1]
    report = page.request.get(f"/admin/imports/{import_id}/status").json()["report"]
    return {name: report[name] for name in ("new", "changed", "unchanged", "rejected", "total")}


@pytest.mark.skipif(not GOODBOOKS.exists(), reason="the real books are not on this machine")
def test_ten_thousand_books_come_in_and_none_is_lost(larder: Larder, page: Page):
    with GOODBOOKS.open(encoding="utf-8", newline="") as file:
        lines = sum(1 for _ in csv.reader(file)) - 1
    larder.hand_in("book", GOODBOOKS)
    for choice in ("Create missing authors", "Skip rejected rows and import the others"):
        page.get_by_label(choice).check()
        with page.expect_navigation():
            page.get_by_role("button", name="Check again", exact=True).click()
        expect(page.get_by_label(choice)).to_be_checked(timeout=60_000)
    review = _numbers(page)
    assert review["total"] == lines
    assert review["new"] + review["changed"] + review["unchanged"] + review["rejected"] == lines
    page.get_by_role("button", name=re.compile(r"^Import [\d,]+ rows?$")).click()
    expect(page.get_by_role("heading", name=re.compile("[Ii]mported|[Dd]one"))).to_be_visible(timeout=60_000)
    assert _numbers(page) == review
    larder.open("book")
    larder.search("hunger games")
    expect(larder.row_with("The Hunger Games (The Hunger Games, #1)")).to_contain_text("Suzanne Collins")


def test_a_table_that_is_exported_and_handed_in_again_is_unchanged(larder: Larder, page: Page, tmp_path: Path):
    larder.open("customer")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    file = tmp_path / "customers.csv"
    download.value.save_as(file)
    larder.hand_in("customer", file)
    numbers = _numbers(page)
    assert numbers["new"] == numbers["changed"] == numbers["rejected"] == 0
    assert numbers["unchanged"] == numbers["total"] > 0


def test_a_bad_line_is_named_and_the_good_ones_can_go_on(larder: Larder, page: Page, tmp_path: Path):
    file = tmp_path / "customers.csv"
    file.write_text("email,name,balance\nann.new@example.org,Ann New,10.00\nben.new@example.org,Ben New,12,5O\n")
    file.write_text(
        "email,name,balance\n"
        "ann.new@example.org,Ann New,10.00\n"
        "ben.new@example.org,Ben New,twelve\n"
        "=cmd@example.org,\"Cy\nNew\",1.5\n"
    )  # fmt: skip
    larder.hand_in("customer", file)
    assert _numbers(page) == {"new": 2, "changed": 0, "unchanged": 0, "rejected": 1, "total": 3}
    expect(page.get_by_role("textbox", name="balance on line 3")).to_have_value("twelve")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download rejected rows").click()
    assert "twelve" in Path(download.value.path()).read_text()


def test_an_import_is_undone_with_a_click(larder: Larder, page: Page, tmp_path: Path):
    file = tmp_path / "authors.csv"
    file.write_text("name,country\nZoe Undone,Chile\nYan Undone,Peru\n")
    larder.hand_in("author", file)
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    larder.open("author", "name__contains=Undone")
    expect(larder.rows).to_have_count(2)
    page.go_back()
    page.get_by_role("button", name="Undo").first.click()
    expect(larder.toast("undone").or_(larder.toast("removed")).first).to_be_visible()
    larder.open("author", "name__contains=Undone")
    expect(larder.rows).to_have_count(0)

"""The steps of an import as people take them: with a mouse, by keys alone, on a narrow screen, back and forth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import problems
from tests.browser.pages import Larder
from tests.browser.test_csv import GOODBOOKS, _numbers
from tests.workbooks import workbook

TABS = 80
FOCUSED = """() => {
  const { ariaLabel, labels, innerText } = document.activeElement;
  return ariaLabel || labels?.[0]?.innerText || innerText;
}"""


def step(page: Page, name: str) -> None:
    """Follow the stepper, and wait for the page of that step."""
    page.get_by_role("list", name="Steps").get_by_role("link", name=name).click()
    expect(page.locator('[aria-current="step"]')).to_contain_text(name)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if name in (page.evaluate(FOCUSED) or ""):
            return
    raise AssertionError(f"Tab never reaches {name}")


@pytest.mark.skipif(not GOODBOOKS.exists(), reason="the real books are not on this machine")
def test_ten_thousand_books_go_through_every_step(larder: Larder, page: Page):
    larder.hand_in("book", GOODBOOKS)
    step(page, "File")
    expect(page.get_by_text("10,000 rows, 23 columns")).to_be_visible()
    page.get_by_role("link", name="Match columns").click()
    authors = page.get_by_role("row", name=re.compile("^authors"))
    expect(authors).to_contain_text("same name")
    expect(page.get_by_text(re.compile(r"\d+ of 23 columns will be ignored"))).to_be_visible()
    page.get_by_label(re.compile("Create missing authors")).check()
    page.get_by_text("Values that the file does not give").click()
    page.get_by_label("Price", exact=True).fill("7.77")
    page.get_by_role("button", name="Choose the mode").click()
    expect(page.get_by_role("radio", name=re.compile("^ISBN"))).to_be_checked()
    page.get_by_role("radio", name=re.compile("^Is left out")).check()
    page.get_by_role("button", name="Check and review").click()
    expect(page.locator('[aria-current="step"]')).to_contain_text("Review")
    review = _numbers(page)
    assert review["new"] + review["changed"] + review["unchanged"] + review["rejected"] == review["total"] == 10_000
    step(page, "Mode")
    expect(page.get_by_role("radio", name=re.compile("^Is left out"))).to_be_checked()
    step(page, "Review")
    page.get_by_role("button", name=re.compile(r"^Import [\d,]+ rows?$")).click()
    expect(page.get_by_role("heading", name=re.compile("imported"))).to_be_visible(timeout=60_000)
    assert _numbers(page) == review
    result = page.url
    larder.open("book", "price=7.77")
    expect(larder.count).to_have_attribute("data-value", str(review["new"] + review["changed"]))
    page.goto(result)
    page.get_by_role("button", name="Undo").first.click()
    expect(larder.toast("undone").or_(larder.toast("removed")).first).to_be_visible(timeout=60_000)


def test_rows_are_pasted_and_imported_by_keys_alone(larder: Larder, page: Page):
    page.goto("/admin/customer/import")
    tab_to(page, "Or paste rows")
    page.keyboard.press("Enter")
    tab_to(page, "Pasted rows")
    page.evaluate("() => document.activeElement.value = 'Mail\\tWho\\nkeys.only@example.org\\tKeys Only\\n'")
    tab_to(page, "Upload and review")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/imports/\d+$"))
    tab_to(page, "Match")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Columns of pasted rows")
    expect(page.get_by_role("row", name=re.compile("^Mail"))).to_contain_text("means the same")
    expect(page.get_by_text("Name: required, but nothing goes into it")).to_be_visible()
    tab_to(page, "Who goes into")
    page.keyboard.type("Name")
    tab_to(page, "Looks right: review")
    page.keyboard.press("Enter")
    expect(page.locator('[aria-current="step"]')).to_contain_text("Review")
    tab_to(page, "Import 1 row")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("imported"))).to_be_visible()
    larder.open("customer", "email=keys.only%40example.org")
    expect(larder.row_with("Keys Only")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1280)])
def test_a_workbook_is_asked_about_on_steps_without_a_violation(
    larder: Larder, page: Page, tmp_path: Path, base_url: str, theme: str, width: int
):
    page.context.add_cookies([{"name": "larder_theme", "value": theme, "url": base_url}])
    page.set_viewport_size({"width": width, "height": 900})
    rows = [["email", "name", "balance", "born"], [f"{theme}@sheet.example", "Ann", "1.234,50", "03/04/1990"]]
    file = tmp_path / "people.csv"
    file.write_bytes(workbook({"Notes": [["nothing here"]], "People": rows}))
    larder.hand_in("customer", file)
    found = problems(page)
    step(page, "File")
    found += problems(page)
    page.get_by_label("Sheet").select_option("People")
    page.get_by_role("button", name="Read again").click()
    expect(page.get_by_text("1 rows, 4 columns").or_(page.get_by_text("1 row, 4 columns"))).to_be_visible()
    page.get_by_role("link", name="Looks right: review").click()
    page.get_by_role("link", name="Say it").first.click()
    numbers = page.get_by_role("group", name="How are numbers written?")
    expect(numbers.get_by_role("radio", name=re.compile("^1,234.50"))).to_be_disabled()
    numbers.get_by_role("radio", name=re.compile("^1.234,50")).check()
    page.get_by_role("group", name="How are dates written?").get_by_role("radio", name=re.compile("^23.11")).check()
    found += problems(page)
    page.get_by_role("button", name="Choose the mode").click()
    expect(page.get_by_role("radio", name=re.compile("^Email"))).to_be_checked()
    found += problems(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Check and review").click()
    expect(page.get_by_role("button", name="Import 1 row")).to_be_enabled()
    expect(page.get_by_role("cell", name="1990-04-03")).to_be_visible()
    assert found == []
    page.get_by_role("button", name="Cancel import").click()
    expect(larder.toast("cancelled")).to_be_visible()


def test_a_bar_says_how_far_an_upload_is_and_a_refusal_comes_in_place(
    page: Page, tmp_path: Path, complaints: list[str]
):
    held: list[Route] = []
    page.route(
        "**/admin/customer/import",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.goto("/admin/customer/import")
    page.evaluate("() => (window.stays = true)")
    file = tmp_path / "paper.csv"
    file.write_bytes(b"%PDF-1.7\n")
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.get_by_text("paper.csv, 0 kB")).to_be_visible()
    page.get_by_role("button", name="Upload and review").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Upload and review")).to_be_disabled()
    held.pop().continue_()
    expect(page.get_by_role("alert")).to_contain_text("This is a PDF document")
    assert page.evaluate("() => window.stays")
    expect(page.get_by_role("button", name="Upload and review")).to_be_enabled()
    complaints[:] = [line for line in complaints if "400" not in line]


def test_an_example_file_comes_back_in(larder: Larder, page: Page, tmp_path: Path):
    page.goto("/admin/author/import")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download an example file").click()
    file = tmp_path / "example.csv"
    download.value.save_as(file)
    larder.hand_in("author", file)
    assert _numbers(page)["rejected"] == 0

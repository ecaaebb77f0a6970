"""Bad cells of a large file mended in the browser: one by one, down a column, in a sheet; then imported and undone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.axe import problems
from tests.browser.pages import Larder

ROWS = 40_000
PATIENCE_MS = 30_000
"""A check of all rows may take its time on a busy machine."""


def _file(place: Path) -> Path:
    file = place / "forty thousand.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("email,name,balance,born\n")
        for n in range(ROWS):
            balance = "n/a" if n % 100 == 7 else f"{n % 1000}.50"
            born = {1_000: "1990-02-30", 2_000: "soon", 3_000: "later"}.get(n, "1990-01-02")
            out.write(f"mend{n}@example.org,Mended {n},{balance},{born}\n")
    return file


def _rejected(page: Page, number: int) -> None:
    tab = page.get_by_role("navigation", name="Rows").get_by_role("link", name="Rejected")
    expect(tab).to_have_text(re.compile(rf"Rejected\s*{number}$"), timeout=PATIENCE_MS)


def test_bad_cells_are_mended_then_imported_and_undone(larder: Larder, page: Page, tmp_path: Path):
    larder.hand_in("customer", _file(tmp_path))
    _rejected(page, 403)
    review = page.url
    # One cell, by keyboard alone: Escape takes back what was typed, Tab leads to the next, Enter saves.
    page.get_by_role("navigation", name="Reasons").get_by_role("link", name=re.compile("calendar")).click()
    cell = page.get_by_role("textbox", name="born on line 1,002")
    expect(cell).to_be_focused()
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    expect(cell).to_have_value("1990-02-30")
    cell.fill("1990-02-28")
    page.keyboard.press("Enter")
    expect(larder.toast("1 row mended")).to_be_visible(timeout=PATIENCE_MS)
    _rejected(page, 402)
    # Down a column: counted first.
    page.goto(review)
    page.get_by_text("Find and replace").click()
    page.get_by_label("Column", exact=True).select_option("balance")
    page.get_by_label("Find", exact=True).fill("n/a")
    page.get_by_label("Replace with").fill("0")
    page.get_by_role("button", name="Count the cells").click()
    expect(page.get_by_text("400 cells would change")).to_be_visible()
    assert problems(page) == []
    button = page.get_by_role("button", name="Replace in 400 cells")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    _rejected(page, 2)
    first = page.get_by_role("textbox", name="born on line 2,002")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="born on line 3,002")).to_be_focused()
    # In a sheet, and one row left out.
    with page.expect_download() as download:
        page.get_by_role("link", name="Download rejected rows").first.click()
    mended = tmp_path / "mended.csv"
    mended.write_text(Path(download.value.path()).read_text().replace("soon", "1990-03-04"))
    page.get_by_text("Mend in a sheet").click()
    page.get_by_label("Mended file").set_input_files(mended)
    page.get_by_role("button", name="Hand in the mended file").click()
    _rejected(page, 1)
    page.get_by_role("checkbox", name="Leave line 3,002 out").check()
    page.get_by_role("button", name="Save and check again").click()
    expect(page.get_by_text("No rejected row left")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="Corrected").click()
    expect(page.get_by_role("row").filter(has_text="1,002")).to_contain_text("1990-02-30")
    assert problems(page) == []
    page.get_by_role("button", name=f"Import {ROWS - 1:,} rows").click()
    expect(page.get_by_role("heading", name=re.compile(f"{ROWS - 1:,} customers imported"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    page.get_by_role("main").get_by_role("button", name="Undo").first.click()
    expect(larder.toast("undone").or_(larder.toast("removed")).first).to_be_visible(timeout=PATIENCE_MS)
    larder.open("customer", "email=mend1000@example.org")
    expect(larder.rows).to_have_count(0)

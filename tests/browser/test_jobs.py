"""A large file: read, mended and imported behind its page, which can be left and found again, and stopped without a
trace."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.pages import Larder

ROWS = 60_000
SLOW = 120_000
"""Milliseconds that reading or importing such a file may take beside other work."""


def test_a_large_import_runs_on_without_its_page_and_is_cancelled_without_a_trace(
    larder: Larder, page: Page, tmp_path: Path
):
    file = tmp_path / "many.csv"
    lines = [f"many{row}@example.org,Somebody with a name that is rather long {row},{row}.25" for row in range(ROWS)]
    for row in (1_000, 2_000):
        lines[row] = lines[row].replace(".25", ".x")
    file.write_text("\n".join(["email,name,balance", *lines]) + "\n")
    larder.hand_in("customer", file)
    # A bad cell is mended at once, all rows are checked again behind the page, and it leads on to the next bad cell.
    _mend(page, "1,002", left="1 rejected row")
    expect(page.get_by_role("textbox", name="balance on line 2,002")).to_be_focused()
    _mend(page, "2,002", left="No rejected row")
    imported = page.get_by_role("button", name=f"Import {ROWS:,} rows")
    expect(imported).to_be_visible(timeout=SLOW)
    imported.click()
    heading = page.get_by_role("heading", name=re.compile("many.csv"))
    expect(heading).to_have_text(re.compile("waits|is running"))
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("nobody has seen one").or_(page.get_by_text("gives the import up"))).to_be_visible()
    # Away, and back from another page.
    page.goto("/admin/imports")
    page.get_by_role("link", name="many.csv").first.click()
    page.get_by_role("button", name="Cancel import").click()
    cancelled = page.get_by_role("heading", name="Import of many.csv was cancelled")
    expect(cancelled.or_(larder.toast("cancelled")).first).to_be_visible(timeout=SLOW)
    larder.open("customer", "email__startswith=many")
    expect(larder.rows).to_have_count(0)


def _mend(page: Page, line: str, left: str) -> None:
    cell = page.get_by_role("textbox", name=f"balance on line {line}")
    expect(cell).to_be_visible(timeout=SLOW)
    cell.fill("7.25")
    cell.press("Enter")
    said = page.get_by_role("status").filter(has_text=f"1 row mended (line {line}). {left} left.")
    named = page.get_by_text(f"Line {line} is saved, and every row is checked again.")
    expect(named.or_(said).first).to_be_visible(timeout=SLOW)
    expect(said).to_be_visible(timeout=SLOW)

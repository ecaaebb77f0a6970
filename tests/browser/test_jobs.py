"""A large file: read and imported behind its page, which can be left and found again, and stopped without a trace."""

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
    lines = (f"many{row}@example.org,Somebody with a name that is rather long {row},{row}.25" for row in range(ROWS))
    file.write_text("\n".join(["email,name,balance", *lines]) + "\n")
    larder.hand_in("customer", file)
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

"""The console in a tester's words: what a person does, found by the names a person (or a screen reader) sees."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


class Larder:
    """One browser page on the console."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # -- ways in ------------------------------------------------------------
    def log_in(self, name: str, password: str) -> None:
        self.page.goto("/admin/login")
        self.page.get_by_role("textbox", name="Name", exact=True).fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page).to_have_url(re.compile(r"/admin/$"))

    def open(self, identity: str, query: str = "") -> None:
        self.page.goto(f"/admin/{identity}/list{'?' + query if query else ''}")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    # -- a list ---------------------------------------------------------------
    @property
    def rows(self) -> Locator:
        return self.page.locator("tr[data-key]")

    def row(self, key: object) -> Locator:
        return self.page.locator(f'tr[data-key="{key}"]')

    def row_with(self, text: str) -> Locator:
        return self.rows.filter(has_text=text)

    def keys(self) -> list[str]:
        # A page has its address before it has its rows.
        self.page.wait_for_load_state("domcontentloaded")
        return [str(key) for key in self.rows.evaluate_all("rows => rows.map(row => row.dataset.key)")]

    @property
    def count(self) -> Locator:
        return self.page.locator("[data-count]")

    def search(self, text: str) -> None:
        box = self.page.get_by_role("searchbox", name="Search")
        box.fill(text)
        box.press("Enter")
        expect(self.page).to_have_url(re.compile("search="))

    def tick(self, *keys: object) -> None:
        for key in keys:
            self.page.get_by_role("checkbox", name=f"Select row {key}", exact=True).check()

    def show_deleted(self, choice: str) -> None:
        group = self.page.get_by_role("group", name="Deleted rows").or_(
            self.page.get_by_role("navigation", name="Deleted rows")
        )
        group.get_by_text(choice, exact=True).click()

    # -- messages ---------------------------------------------------------------
    def toast(self, text: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("status").filter(has_text=text)

    def undo(self) -> None:
        self.page.get_by_role("button", name="Undo").first.click()

    # -- files ----------------------------------------------------------------
    def hand_in(self, identity: str, file: Path) -> None:
        """Upload a CSV file and wait for its review."""
        self.open(identity)
        self.page.get_by_role("link", name="Import CSV").click()
        self.page.locator('input[type="file"]').set_input_files(file)
        self.page.get_by_role("button", name=re.compile("Upload|Continue|Review")).click()
        expect(self.page).to_have_url(re.compile(r"/admin/imports/\d+"), timeout=60_000)

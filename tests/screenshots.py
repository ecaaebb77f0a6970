"""`make screenshots`: the pictures in docs/images, taken from a running console with demo data."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests import find_browser
from tests.browser import server
from tests.browser.pages import Larder

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SAMPLE = """title,authors,isbn,price
The Glass Lighthouse,Agnes Girard,9789990000017,18.50
A Map of Small Rivers,Maria Vasquez,9789990000024,24.99
Winter Bread,Someone New,9789990000031,12.00
Twelve Quiet Houses,Maria Vasquez,9789990000048,12.5O
,Agnes Girard,9789990000055,9.99
"""


def main() -> None:
    """Start a console and a browser, and renew every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    # Looked for first: the search starts a Playwright of its own, and two cannot run at once.
    chromium = find_browser.ensure() or None
    with (
        tempfile.TemporaryDirectory() as place,
        server.environment() as settings,
        server.serving(settings, Path(place) / "console.log") as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium)
        page = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}).new_page()
        _take(page, address, Path(place) / "books.csv")
        browser.close()


def _take(page: Page, address: str, file: Path) -> None:
    larder = Larder(page)
    larder.log_in("admin", server.PASSWORD)
    larder.open("book")
    _shot(page, "list")
    page.context.add_cookies([{"name": "larder_theme", "value": "dark", "url": address}])
    larder.open("document", "search=budget&status=published")
    _shot(page, "search-dark")
    page.context.add_cookies([{"name": "larder_theme", "value": "light", "url": address}])
    file.write_text(SAMPLE)
    larder.hand_in("book", file)
    _shot(page, "import")
    larder.open("document")
    larder.tick(*larder.keys()[1:4])
    page.get_by_role("button", name="Delete", exact=True).first.click()
    larder.toast("deleted").wait_for()
    _shot(page, "undo")
    larder.open("customer")
    page.goto(f"/admin/customer/edit/{larder.keys()[0]}")
    page.locator("html[data-attached]").wait_for()
    _shot(page, "edit")


def _shot(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    main()

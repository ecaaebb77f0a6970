"""What axe finds on a page as a person sees it."""

from __future__ import annotations

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.patience import whole

SETTLED = """() => Promise.allSettled(document.getAnimations()
  .filter(one => one.timeline === document.timeline && one.effect.getComputedTiming().endTime < Infinity)
  .map(one => one.finished))"""
"""A message that is still fading in has less contrast than it will have."""

OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""All rules of axe's that look at a colour; what the others look at is the same in light and in dark."""

OTHER_THEME = """theme => { document.documentElement.dataset.theme = theme }"""
"""As the button does; a theme is nothing but another `color-scheme`."""


def problems(page: Page) -> list[str]:
    """Where a rule is broken, once the page works whole and nothing on it moves any more.

    After a step that leads to another page, expect something of that page first: this one looks at what is there.
    """
    whole(page)
    page.evaluate(SETTLED)
    page.evaluate(AXE_SCRIPT)
    return _run(page, {})


def problems_in_both_themes(page: Page) -> list[str]:
    """The same, and then what its colours break in the other theme, on the page that is there."""
    found = problems(page)
    theme = page.locator("html").get_attribute("data-theme")
    page.evaluate(OTHER_THEME, "light" if theme == "dark" else "dark")
    page.evaluate(SETTLED)
    found += _run(page, {"runOnly": OF_COLOURS})
    page.evaluate(OTHER_THEME, theme)
    return found


def _run(page: Page, options: dict[str, object]) -> list[str]:
    # Only what is wrong leaves the browser: all that is right on a long list is much to carry over.
    chosen = json.dumps({"resultTypes": ["violations"], **options})
    violations = page.evaluate(f"axe.run({chosen}).then(({{ violations }}) => violations)")
    return [f"{page.url} {rule['id']}: {node['html'][:160]}" for rule in violations for node in rule["nodes"]]

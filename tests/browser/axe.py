"""What axe finds on a page as a person sees it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.patience import ATTACHED

SETTLED = """() => Promise.allSettled(document.getAnimations()
  .filter(one => one.timeline === document.timeline && one.effect.getComputedTiming().endTime < Infinity)
  .map(one => one.finished))"""
"""A message that is still fading in has less contrast than it will have."""


def problems(page: Page) -> list[str]:
    """Where a rule is broken, once the page works whole and nothing on it moves any more.

    After a step that leads to another page, expect something of that page first: this one looks at what is there.
    """
    page.locator(ATTACHED).wait_for(state="attached")
    page.evaluate(SETTLED)
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]

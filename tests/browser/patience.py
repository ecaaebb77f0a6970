"""Playwright acts the moment an element is there, before a script of the page could attach to it; no person is so fast.

A page works without its scripts too, so a click that comes too early does something else than the test is about. Every
gesture of a test therefore waits for the mark that `static/js/index.js` sets once all behaviours of the page attached.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

GESTURES = (
    *("check", "click", "dblclick", "drag_to", "fill", "focus", "hover", "press", "press_sequentially"),
    *("select_option", "set_input_files", "uncheck"),
)
# An answer that is no page of ours, such as plain text, has nothing to wait for.
ATTACHED = "html[data-attached], html:not(:has(script[src*='/js/index']))"


scriptless: WeakSet[BrowserContext] = WeakSet()


def patient(patch: pytest.MonkeyPatch) -> None:
    """Let every gesture of this run wait until the page it is made on works whole."""
    patch.setattr(Browser, "new_context", remembering(Browser.new_context))
    keyboard = Page.keyboard.fget
    patch.setattr(Page, "keyboard", property(waiting(keyboard, lambda page: page)))
    for name in GESTURES:
        patch.setattr(Locator, name, waiting(getattr(Locator, name), lambda locator: locator.page))


def remembering(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """The same, and which contexts run no script."""

    def made(browser: Browser, **options: Any) -> BrowserContext:
        context = new_context(browser, **options)
        if options.get("java_script_enabled") is False:
            scriptless.add(context)
        return context

    return made


def waiting(gesture: Callable[..., Any], page_of: Callable[[Any], Page]) -> Callable[..., Any]:
    """The same, once the page's scripts have attached."""

    @functools.wraps(gesture)
    def made(owner: Any, *args: Any, **options: Any) -> Any:
        page = page_of(owner)
        if page.context not in scriptless:
            if isinstance(owner, Locator):
                # After a step to another page, this one may still be there; what the gesture is for is on the other.
                owner.first.wait_for(state="attached")
            whole(page)
        return gesture(owner, *args, **options)

    return made


def whole(page: Page) -> None:
    """Wait until the page works whole; one that is still coming has no script yet, as a plain answer has none."""
    page.wait_for_load_state("domcontentloaded")
    page.locator(ATTACHED).wait_for(state="attached")

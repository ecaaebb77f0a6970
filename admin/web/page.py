"""What the frame around every page shows: the menu, who is logged in, messages, and where the assets are.

Templates get finished strings; they call nothing that asks the database.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from admin.web import gate, urls
from admin.web.assets import asset
from admin.web.gate import Permission

if TYPE_CHECKING:
    from admin.web.console import Console
    from admin.web.visit import Visit


PART = "larder-part"
"""Header by which a script asks for a part of a page: `rows` of a list, the `dialog` or the `menu` alone."""


@dataclass(frozen=True)
class MenuItem:
    """One table in the menu."""

    label: str
    url: str
    icon: str
    active: bool


@dataclass(frozen=True)
class MenuGroup:
    """Tables under one heading; the heading is empty for those without a category."""

    label: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True)
class Flash:
    """A message shown once: `tone` is success, info or error; `undo_url` is posted to by its Undo button."""

    tone: str
    text: str
    undo_url: str | None = None
    link_url: str | None = None
    link_text: str | None = None
    undo_then: str = ""
    """Where the Undo leads, when not to the list: see `web.operations`."""


@dataclass(frozen=True)
class Page:
    """The frame of one page."""

    menu: tuple[MenuGroup, ...]
    actor: str
    role: str
    theme: str
    flashes: tuple[Flash, ...]
    home_url: str
    logout_url: str
    operations_url: str
    trash_url: str
    last_action_url: str
    """Empty for whoever may undo nothing."""
    imports_url: str
    may_import: bool
    account_url: str
    go_url: str
    shortcuts_url: str
    single_keys: bool

    @classmethod
    def of(cls, visit: Visit) -> Page:
        """Build the frame for a visit; for a public route it holds no menu and no actor."""
        actor = visit.maybe_actor
        return cls(
            menu=_menu(visit) if actor else (),
            actor=actor.name if actor else "",
            role=actor.role if actor else "",
            theme=_theme(visit),
            flashes=tuple(Flash(**flash) for flash in visit.request.scope.get("larder.flashes", ())),
            home_url=urls.home(),
            logout_url=urls.logout(),
            operations_url=urls.operations(),
            trash_url=urls.trash(),
            last_action_url=urls.last_action() if actor and gate.may(actor, Permission.UNDO) else "",
            imports_url=f"{urls.BASE}/imports",
            account_url=urls.account(),
            go_url=urls.go(),
            shortcuts_url=urls.shortcuts(),
            single_keys=visit.request.scope.get("larder.single_keys", True),
            may_import=actor is not None and gate.may(actor, Permission.IMPORT),
        )


def page_globals() -> dict[str, Any]:
    """What every template may call: pure functions of their arguments."""
    return {"asset": asset}


def _theme(visit: Visit) -> str:
    """light, dark, or auto (the system's); a cookie, so that the first paint is already right."""
    theme = visit.request.cookies.get("larder_theme", "auto")
    return theme if theme in ("light", "dark") else "auto"


def _menu(visit: Visit) -> tuple[MenuGroup, ...]:
    return _menu_of(visit.console, visit.maybe_resource.identity if visit.maybe_resource else None)


@functools.lru_cache(maxsize=200)
def _menu_of(console: Console, here: str | None) -> tuple[MenuGroup, ...]:
    groups: dict[str, list[MenuItem]] = {}
    for resource in console.resources.values():
        view = console.view_of(resource)
        item = MenuItem(
            resource.name_plural, urls.listing(resource.identity), view.icon or "table", resource.identity == here
        )
        groups.setdefault(view.category, []).append(item)
    return tuple(MenuGroup(label, tuple(items)) for label, items in groups.items())

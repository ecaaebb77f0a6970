"""The palette “Go to”: tables, saved views, records by key or text, and actions, by a few typed letters.

One door for the page and for the dialog that a script makes of it. What a person may not do is not offered, and what
ends or changes something is a button of the page that is pressed, never a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlette.responses import Response

from admin.errors import BadRequest
from admin.reads import palette, saved_views
from admin.reads.palette import Hit
from admin.reads.saved_views import View
from admin.reads.wording import inside
from admin.resource import Resource
from admin.web import list_controls, urls, view_menu
from admin.web.gate import Permission
from admin.web.page import PART
from admin.web.routes import Door
from admin.web.visit import Visit

LONGEST = 200
ACTIONS, VIEWS = 8, 5
"""Actions and saved views that are offered at most; tables have all theirs."""


@dataclass(frozen=True)
class Item:
    """Something to go to. `command` is the button of the frame that does it, where it is no page (`url` is empty)."""

    text: str
    hint: str
    icon: str
    url: str = ""
    command: str = ""


@dataclass(frozen=True)
class Group:
    """Items under one heading."""

    label: str
    items: tuple[Item, ...]


async def show(visit: Visit) -> Response:
    """`GET /go?q=TEXT`: the page, or its dialog for a script."""
    text = visit.request.query_params.get("q", "").replace("\x00", "").strip()
    if len(text) > LONGEST:
        raise BadRequest(f"The parameter q has {len(text):,} characters; at most {LONGEST} are looked for.")
    resources = list(visit.console.resources.values())
    within, rest = _narrowed(resources, text)
    async with visit.transaction() as session:
        views = await saved_views.named(session, visit.actor, text, VIEWS)
        found = await palette.find(session, within, rest) if rest else None
    groups = (
        Group("Tables", tuple(_fitting(_tables(visit, resources), text))),
        Group("Actions", tuple(_fitting(_actions(visit, resources), text))[:ACTIONS] if text else ()),
        Group("Views", tuple(_views(visit, views))),
        Group("Records", tuple(_record(visit, hit) for hit in found.rows) if found else ()),
        Group("Console", tuple(_fitting(_console(visit), text))),
    )
    template = "palette/dialog.html" if visit.request.headers.get(PART) == "dialog" else "palette/page.html"
    slow = [resource.name_plural for resource in found.slow] if found else []
    return visit.page(template, groups=[group for group in groups if group.items], text=text, slow=slow)


def _narrowed(resources: list[Resource], text: str) -> tuple[list[Resource], str]:
    """“customer 12” and “customers ann” look into one table; “#12” is a key."""
    for resource in resources:
        for name in (resource.name, resource.name_plural, resource.identity):
            if text.casefold().startswith(f"{name.casefold()} "):
                return [resource], text[len(name) :].strip().removeprefix("#")
    return resources, text.removeprefix("#").strip()


def _fitting(items: Iterable[Item], text: str) -> Iterator[Item]:
    """Items of which some word begins with each of the typed words."""
    typed = text.casefold().split()
    for item in items:
        words = item.text.casefold().split()
        if all(any(word.startswith(one) for word in words) for one in typed):
            yield item


def _tables(visit: Visit, resources: Iterable[Resource]) -> Iterator[Item]:
    for resource in resources:
        yield Item(resource.name_plural, "", _icon(visit, resource), urls.listing(resource.identity))


def _actions(visit: Visit, resources: Iterable[Resource]) -> Iterator[Item]:
    for resource in resources:
        if visit.may(Permission.CREATE, resource):
            yield Item(f"New {inside(resource.name)}", "", "plus", urls.create(resource.identity))
        if visit.may(Permission.IMPORT, resource):
            plural = inside(resource.name_plural)
            yield Item(f"Import {plural}", "CSV", "upload", urls.import_upload(resource.identity))


def _console(visit: Visit) -> Iterator[Item]:
    yield Item("Dashboard", "", "home", urls.home())
    yield Item("Operations", "", "history", urls.operations())
    yield Item("Trash", "", "trash", urls.trash())
    if visit.may(Permission.IMPORT):
        yield Item("Imports", "", "upload", urls.imports())
    if visit.may(Permission.PEOPLE):
        yield Item("People", "", "users", urls.people())
    yield Item("Your account", "", "user", urls.account())
    yield Item("Keyboard shortcuts", "", "keyboard", urls.shortcuts())
    yield Item("Theme", "", "auto", command="theme")
    yield Item("Log out", "", "log-out", command="log-out")


def _views(visit: Visit, found: Iterable[tuple[str, View]]) -> Iterator[Item]:
    """Those that can still be opened: a table, or a column of it, may be gone."""
    for identity, view in found:
        resource = visit.console.resources.get(identity)
        if resource is None:
            continue
        try:
            query = view_menu.read(resource, view.query)
        except BadRequest:
            continue
        yield Item(view.name, resource.name_plural, "star", list_controls.list_url(resource, query))


def _record(visit: Visit, hit: Hit) -> Item:
    resource = visit.console.resources[hit.identity]
    name = f"{resource.name} {hit.key}"
    url = urls.details(hit.identity, hit.key)
    return Item(hit.label or name, name if hit.label else "", _icon(visit, resource), url)


def _icon(visit: Visit, resource: Resource) -> str:
    return visit.console.view_of(resource).icon or "table"


DOORS = [Door("GET", "/go", Permission.VIEW, show)]

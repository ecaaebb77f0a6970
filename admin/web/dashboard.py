"""The first page: every table with its size, what was done last, and where to begin while there is nothing yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from admin.reads import dashboard, operations
from admin.reads.counts import Count, Exact
from admin.reads.operations import Listed, Wanted
from admin.reads.wording import inside
from admin.resource import Resource
from admin.web import operation_entries, urls
from admin.web.count_sentence import CountSentence, sentence
from admin.web.gate import Permission
from admin.web.operation_entries import Entry
from admin.web.routes import Door
from admin.web.visit import Visit

RECENT = 8
"""Operations on the first page: what was done this hour, not a second list of all."""


@dataclass(frozen=True)
class TableLine:
    """One table. The URLs are empty for what the role may not do."""

    name: str
    icon: str
    help: str
    count: CountSentence
    url: str
    new_text: str
    new_url: str
    import_url: str


@dataclass(frozen=True)
class TableGroup:
    """Tables under one heading, as in the menu; the heading is empty for those without a category."""

    label: str
    tables: tuple[TableLine, ...]


@dataclass(frozen=True)
class Dashboard:
    """Everything that `dashboard/page.html` prints. `empty`: no table has a row yet."""

    groups: tuple[TableGroup, ...]
    recent: tuple[Entry, ...]
    empty: bool
    undo_days: int


async def show(visit: Visit) -> Response:
    """`GET /`."""
    resources = visit.console.resources.values()
    async with visit.transaction() as session:
        counts = await dashboard.sizes(session, resources)
        done = await operations.listed(session, Wanted(), limit=RECENT)
    return visit.page("dashboard/page.html", dashboard=build(visit, counts, done.entries))


def build(visit: Visit, counts: Mapping[str, Count], done: Sequence[Listed]) -> Dashboard:
    """The page from the sizes of the tables and the last operations."""
    groups: dict[str, list[TableLine]] = {}
    for resource in visit.console.resources.values():
        category = visit.console.view_of(resource).category
        groups.setdefault(category, []).append(_line(visit, resource, counts[resource.identity]))
    return Dashboard(
        groups=tuple(TableGroup(label, tuple(tables)) for label, tables in groups.items()),
        recent=tuple(operation_entries.entry(visit, one) for one in done),
        empty=all(count == Exact(0) for count in counts.values()),
        undo_days=visit.console.settings.undo_days,
    )


def _line(visit: Visit, resource: Resource, count: Count) -> TableLine:
    view, identity = visit.console.view_of(resource), resource.identity
    return TableLine(
        name=resource.name_plural,
        icon=view.icon or "table",
        help=view.help_text,
        count=sentence(count),
        url=urls.listing(identity),
        new_text=f"New {inside(resource.name)}",
        new_url=urls.create(identity) if visit.may(Permission.CREATE, resource) else "",
        import_url=urls.import_upload(identity) if visit.may(Permission.IMPORT, resource) else "",
    )


DOORS = [Door("GET", "/", Permission.VIEW, show)]

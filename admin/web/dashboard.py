"""The first page: every table with its size and growth, what was done last, what runs, what leaves the trash, and for
admins how the database is; and where to begin while there is nothing yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from admin.reads import dashboard, growth, health, operations, trash
from admin.reads.counts import Count, Exact
from admin.reads.growth import Grown
from admin.reads.operations import Wanted
from admin.reads.wording import inside
from admin.resource import Resource
from admin.web import charts, dashboard_imports, dashboard_notes, operation_entries, urls
from admin.web.charts import Chart
from admin.web.count_sentence import CountSentence, sentence
from admin.web.dashboard_imports import Running
from admin.web.dashboard_notes import Leaving, Vital
from admin.web.gate import Permission
from admin.web.operation_entries import Entry
from admin.web.routes import Door
from admin.web.visit import Visit

RECENT = 8
"""Operations on the first page: what was done this hour, not a second list of all."""


@dataclass(frozen=True)
class TableLine:
    """One table. The URLs are empty for what the role may not do; no chart where its growth is not known."""

    name: str
    icon: str
    help: str
    count: CountSentence
    size: str
    chart: Chart | None
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
    """Everything that `dashboard/page.html` prints. `empty`: no table has a row yet; `begin`: the one to begin with."""

    groups: tuple[TableGroup, ...]
    recent: tuple[Entry, ...]
    imports: tuple[Running, ...]
    leaving: tuple[Leaving, ...]
    vitals: tuple[Vital, ...]
    empty: bool
    begin: TableLine | None
    undo_days: int
    people_url: str


async def show(visit: Visit) -> Response:
    """`GET /`."""
    resources = list(visit.console.resources.values())
    days = visit.console.settings.undo_days
    async with visit.transaction() as session:
        counts = await dashboard.sizes(session, resources)
        grown = await growth.of(session, resources)
        done = await operations.listed(session, Wanted(), limit=RECENT)
        running = await dashboard_imports.under_way(session, visit)
        leaving = await trash.leaving(session, resources, days)
        body = await health.of(session) if visit.may(Permission.PEOPLE) else None
    groups, empty = _groups(visit, counts, grown), all(count == Exact(0) for count in counts.values())
    page = Dashboard(
        groups=groups,
        recent=tuple(operation_entries.entry(visit, one) for one in done.entries),
        imports=running,
        leaving=tuple(dashboard_notes.leaving(visit, one) for one in leaving),
        vitals=dashboard_notes.vitals(body, dashboard_notes.pool_of(visit)) if body else (),
        empty=empty,
        begin=_begin(visit, groups) if empty else None,
        undo_days=days,
        people_url=urls.people() if visit.may(Permission.PEOPLE) else "",
    )
    return visit.page("dashboard/page.html", dashboard=page)


def _groups(visit: Visit, counts: Mapping[str, Count], grown: Mapping[str, Grown]) -> tuple[TableGroup, ...]:
    groups: dict[str, list[TableLine]] = {}
    for resource in visit.console.resources.values():
        line = _line(visit, resource, counts[resource.identity], grown.get(resource.identity))
        groups.setdefault(visit.console.view_of(resource).category, []).append(line)
    return tuple(TableGroup(label, tuple(tables)) for label, tables in groups.items())


def _begin(visit: Visit, groups: tuple[TableGroup, ...]) -> TableLine | None:
    """A table that refers to no other and that the person may add to; None where they may add to none."""
    alone = {one.name_plural for one in visit.console.resources.values() if not one.traits.parents}
    lines = (line for group in groups for line in group.tables if line.new_url or line.import_url)
    return next((line for line in lines if line.name in alone), None)


def _line(visit: Visit, resource: Resource, count: Count, grown: Grown | None) -> TableLine:
    view, identity = visit.console.view_of(resource), resource.identity
    return TableLine(
        name=resource.name_plural,
        icon=view.icon or "table",
        help=view.help_text,
        count=sentence(count),
        size=charts.amount(grown.size) if grown else "",
        chart=charts.months(grown) if grown and count != Exact(0) else None,
        url=urls.listing(identity),
        new_text=f"New {inside(resource.name)}",
        new_url=urls.create(identity) if visit.may(Permission.CREATE, resource) else "",
        import_url=urls.import_upload(identity) if visit.may(Permission.IMPORT, resource) else "",
    )


DOORS = [Door("GET", "/", Permission.VIEW, show)]

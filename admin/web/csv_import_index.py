"""The page on which a file is handed in, and an import as a line of a list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from admin.reads.csv_import import Summary
from admin.web import urls
from admin.web.csv_import_tabs import VERDICTS
from admin.web.csv_import_view import STEPS
from admin.web.visit import Visit
from admin.writes.csv_import import mapping

STATES = {
    "staging": ("preparing", "grey"), "review": ("to review", "blue"), "queued": ("waiting", "grey"),
    "running": ("running", "blue"), "done": ("done", "green"), "failed": ("failed", "red"),
    "cancelled": ("cancelled", "grey"), "undone": ("undone", "amber"),
}  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """The page on which a file is handed in."""

    name: str
    steps: tuple[str, ...]
    url: str
    list_url: str
    example_url: str
    limit: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    error: str | None


def upload(visit: Visit, error: str | None = None) -> Upload:
    resource = visit.resource
    return Upload(
        name=resource.name_plural,
        steps=tuple(STEPS),
        url=urls.import_upload(resource.identity),
        list_url=urls.listing(resource.identity),
        example_url=urls.import_example(resource.identity),
        limit=f"{visit.console.settings.max_upload_mb:,} MB",
        columns=tuple(column.name for column in mapping.writable(resource)),
        required=tuple(column.name for column in mapping.required(resource)),
        error=error,
    )


@dataclass(frozen=True)
class Entry:
    """One import in the list of imports."""

    file: str
    url: str
    table: str
    person: str
    at: str
    at_utc: str
    state: str
    tone: str
    numbers: str


def entry(visit: Visit, summary: Summary) -> Entry:
    resource = visit.console.resources.get(summary.identity)
    state, tone = STATES[summary.state]
    report = summary.report or {}
    numbers = [f"{report[name]:,} {name}" for name in VERDICTS if report.get(name)]
    at = summary.at.astimezone(dt.UTC)
    return Entry(
        file=summary.file_name,
        url=urls.import_page(summary.id),
        table=resource.name_plural if resource else summary.identity,
        person=summary.person,
        at=f"{at:%Y-%m-%d %H:%M} UTC",
        at_utc=f"{at.replace(tzinfo=None).isoformat()}Z",
        state=state,
        tone=tone,
        numbers=", ".join(numbers),
    )

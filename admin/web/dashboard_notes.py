"""What the first page says of the trash and of the database, in sentences that name what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import QueuePool

from admin.reads import trash
from admin.reads.health import Health
from admin.reads.wording import counted, inside
from admin.web import charts, urls
from admin.web.visit import Visit

BUSY = 0.8
"""The share of connections in use from which there is something to do."""


@dataclass(frozen=True)
class Leaving:
    """Rows of a table that are purged soon, with the list of its trash."""

    text: str
    when: str
    url: str


@dataclass(frozen=True)
class Vital:
    """One thing about the database. `tone` is green where all is well, amber where `help` says what to do."""

    label: str
    text: str
    tone: str = ""
    help: str = ""


def leaving(visit: Visit, found: trash.Leaving) -> Leaving:
    resource = visit.console.resources[found.identity]
    rows = counted(found.rows, inside(resource.name), inside(resource.name_plural))
    days = (found.first - dt.datetime.now(dt.UTC)).days
    when = "today" if days < 1 else "tomorrow" if days == 1 else f"in {days} days"
    query = "deleted=only"
    return Leaving(f"more than {rows}" if found.more else rows, f"first {when}", urls.listing(found.identity, query))


def pool_of(visit: Visit) -> tuple[int, int] | None:
    """Connections of this process in use, and the most there can be; None where a pooler keeps them."""
    pool, settings = visit.console.sessions.kw["bind"].pool, visit.console.settings
    return (pool.checkedout(), settings.pool_size + settings.pool_overflow) if isinstance(pool, QueuePool) else None


def vitals(body: Health, pool: tuple[int, int] | None) -> tuple[Vital, ...]:
    """Numbers first, then what an admin may want to do something about."""
    return (*_numbers(body, pool), *_findings(body))


def _numbers(body: Health, pool: tuple[int, int] | None) -> Iterator[Vital]:
    yield Vital("Database", charts.amount(body.size))
    if pool is not None:
        used, most = pool
        full = used >= BUSY * most
        yield Vital(
            "Pool of this process", f"{used} of {most} in use", "amber" if full else "",
            "Requests begin to wait: see LARDER_POOL_SIZE." if full else "",
        )  # fmt: skip
    full = body.connections >= BUSY * body.most_connections
    yield Vital(
        "Connections to Postgres", f"{body.connections} of {body.most_connections}", "amber" if full else "",
        "Lower LARDER_POOL_SIZE, or raise max_connections." if full else "",
    )  # fmt: skip
    yield Vital("Waiting for a lock", str(body.waiting), "amber" if body.waiting else "")


def _findings(body: Health) -> Iterator[Vital]:
    since = f" since {body.since:%Y-%m-%d}" if body.since else ""
    found = (
        ("Broken indexes", body.broken, "They serve no query: reindex them."),
        ("Foreign keys without an index", body.unindexed, "Deleting a parent reads the whole table."),
        (
            "Large tables often read whole",
            body.scanned,
            "See “How this page was made” below their lists for the index.",
        ),
        (f"Indexes never used{since}", body.unused, "They cost every write; drop them if no other server uses them."),
        ("Many dead rows", body.dead, "Autovacuum does not keep up: look at its settings for the table."),
    )
    quiet = True
    for label, names, help_ in found:
        if names:
            quiet = False
            yield Vital(label, _listed(names), "amber", help_)
    if quiet:
        yield Vital("Indexes and dead rows", "All is well", "green")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)

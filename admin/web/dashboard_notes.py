"""What the first page says of the trash and of the database, in sentences that name what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from admin.pool import LATELY_S, WatchedPool
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


@dataclass(frozen=True)
class Pool:
    """Connections of this process in use, the most there can be, and how many requests waited lately, the longest
    for so many seconds."""

    used: int
    most: int
    waits: int
    longest: float


def pool_of(visit: Visit) -> Pool | None:
    """The pool of this process; None where a pooler keeps the connections."""
    pool, settings = visit.console.sessions.kw["bind"].pool, visit.console.settings
    if not isinstance(pool, WatchedPool):
        return None
    return Pool(pool.checkedout(), settings.pool_size + settings.pool_overflow, *pool.waits.lately())


def vitals(body: Health, pool: Pool | None) -> tuple[Vital, ...]:
    """Numbers first, then what an admin may want to do something about."""
    return (*_numbers(body, pool), *_findings(body))


def _numbers(body: Health, pool: Pool | None) -> Iterator[Vital]:
    yield Vital("Database", charts.amount(body.size))
    if pool is not None:
        full = pool.used >= BUSY * pool.most
        yield Vital(
            "Pool of this process", f"{pool.used} of {pool.most} in use", "amber" if full else "",
            "Requests begin to wait: see LARDER_POOL_SIZE." if full else "",
        )  # fmt: skip
        waits = f"{pool.waits:,}, the longest {pool.longest:,.1f} s" if pool.waits else "none"
        yield Vital(
            f"Waits for it, last {LATELY_S // 60} min", waits, "amber" if pool.waits else "",
            "More requests at once than connections: raise LARDER_POOL_SIZE." if pool.waits else "",
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

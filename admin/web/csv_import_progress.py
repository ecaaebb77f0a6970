"""How far an import is, as its page and its JSON show it: rows, rate, time left, and what is being done."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import csv_import_progress as progress
from admin.reads.csv_import_progress import Progress
from admin.web.csv_import_stages import CHECKING as CHECKING_ROWS
from admin.web.csv_import_stages import PAGES, stage
from admin.web.csv_import_stages import READING as READING_FILE
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.store import Stored

WAITING = "Waiting for a worker. At most two imports of one person run at once, four in all, and one into a table."
NOBODY = (
    "No worker is running, so this waits. It begins by itself as soon as whoever runs the console starts one "
    "(python -m admin worker), and can be cancelled until then."
)
READING = "Reading the file."
JUDGING = "Checking what every row would do. Nothing is changed by that."
AT_ONCE = 1
"""Seconds within which the reading has begun."""
STOPPING = "Stopping. What was written so far is being taken back."
CHECKING = "Checking every row once more against the table as it is now."
WRITING = "Writing rows. Nobody sees one of them before all are there."
FINISHING = "Finishing: constraints, indexes, and what an undo needs."


@dataclass(frozen=True)
class Shown:
    """What is shown. `rate` is rows a second; it and `seconds_left` are None while nothing can be said."""

    rows_done: int
    rows_total: int
    step: str = ""
    rate: int | None = None
    seconds_left: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "amount": self.amount, "pace": self.pace}

    @property
    def amount(self) -> str:
        """“612,000 of 1,000,000 rows”"""
        if not self.rows_total:
            return ""
        return f"{self.rows_done:,} of {self.rows_total:,} rows"

    @property
    def pace(self) -> str:
        """“51,000 rows a second, about 8 seconds left”"""
        if self.rate is None or self.seconds_left is None:
            return ""
        left = self.seconds_left
        time = f"{left} seconds" if left < 100 else f"{round(left / 60)} minutes"
        return f"{self.rate:,} rows a second, about {time} left"


async def look(session: AsyncSession, stored: Stored, state: str) -> Shown:
    """Where the import is right now."""
    if not at_work(stored, state):
        total = stored.staged.rows if stored.staged else 0
        return Shown(total if state in ("done", "undone") else 0, total)
    return shown(stored, state, await progress.now(session, stored.id))


def at_work(stored: Stored, state: str) -> bool:
    """Whether it is a worker's turn."""
    return PAGES[stage(stored, state)][0] == "running"


def shown(stored: Stored, state: str, now: Progress) -> Shown:
    """How far an import is that is at work."""
    if stage(stored, state) == READING_FILE:
        return _reading(stored.record.file_bytes, now)
    total = stored.staged.rows if stored.staged else 0
    if stage(stored, state) == CHECKING_ROWS:
        return _checking(total, now)
    return _running(stored.report, now) if stored.report else Shown(0, total)


def _reading(size: int, now: Progress) -> Shown:
    """A total is known once it can be told from the size of the file; until then the bar only shows that it goes on."""
    if now.seconds is None:
        return Shown(0, 0, WAITING if now.worked else NOBODY)
    if now.stopping:
        return Shown(0, 0, STOPPING)
    if now.read_rows is None:
        return Shown(0, 0, JUDGING if now.seconds > AT_ONCE else READING)
    share = min(now.read_bytes / max(size, 1), 1)
    total = max(round(now.read_rows / share), now.read_rows) if share else 0
    rate = now.read_rows / max(now.seconds, 0.1)
    return Shown(now.read_rows, total, READING, round(rate), round((total - now.read_rows) / max(rate, 1)) + 1)


def _checking(total: int, now: Progress) -> Shown:
    """A check counts nothing on its way: the bar only shows that it goes on."""
    if now.seconds is None:
        return Shown(0, 0, WAITING if now.worked else NOBODY)
    return Shown(0, 0, STOPPING if now.stopping else f"{JUDGING[:-1]}: {total:,} rows.")


def _running(report: Report, now: Progress) -> Shown:
    if now.seconds is None:
        return Shown(0, report.total, WAITING if now.worked else NOBODY)
    if now.stopping:
        return Shown(0, report.total, STOPPING)
    written = min(now.counted, report.importable)
    if not written:
        return Shown(0, report.total, CHECKING)
    # Rows that are not written are done as soon as the writing begins.
    done = report.total - report.importable + written
    if written == report.importable:
        return Shown(done, report.total, FINISHING)
    rate = written / max(now.seconds, 0.1)
    return Shown(done, report.total, WRITING, round(rate), round((report.importable - written) / rate) + 1)

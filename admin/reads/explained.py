"""How a page was made: the statements of a request, how long each took, and the planner's plan for it.

Only for whoever asks: without a recorder nothing is listened to. The listeners sit on the one connection of a
transaction and go with it. A plan is asked for just before its statement runs, under the same settings and the same
timeout, so it is the plan of that very statement, also of one that was stopped. Values are left out: a statement is
shown with a question mark for each, and of a plan only what is read, and by which index.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncSession

OFTEN = 2
"""A statement of one shape that is sent more often than this in one request is worth a warning."""

PLACE = re.compile(r"%\(\w+\)s(?:::\w+(?:\(\d+\))?)?")
SEVERAL = re.compile(r"\?(?:, \?)+")
SELECTS = ("select", "with")
SETTINGS = "select current_setting("
"""What sets a timeout and puts it back; no question to the database."""


@dataclass(frozen=True)
class Read:
    """One way in which a plan reads rows: what it does in Postgres's words, and how many rows it expects."""

    text: str
    rows: int
    whole: bool
    """It reads the whole table."""


@dataclass
class Sent:
    """One statement. `purpose` says what it was for; `ms` and `rows` are None for one that was stopped."""

    purpose: str
    sql: str
    reads: list[Read] = field(default_factory=list)
    ms: float | None = None
    rows: int | None = None


class Recorder:
    """What a request sends, in order; `purpose` is what it is doing at the moment."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.purpose = ""
        self._started = 0.0
        self._asking = False

    @property
    def repeated(self) -> list[tuple[str, int]]:
        """Statements of the same shape that were sent too often, and how often."""
        return [(sql, times) for sql, times in Counter(one.sql for one in self.sent).items() if times > OFTEN]

    @contextmanager
    def doing(self, purpose: str) -> Iterator[None]:
        """What is sent inside is for this."""
        before, self.purpose = self.purpose, purpose
        yield
        self.purpose = before

    def before(self, connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sql = shape(statement)
        if self._asking or not sql.lower().startswith((*SELECTS, "explain")) or sql.lower().startswith(SETTINGS):
            return
        one = Sent(self.purpose, sql)
        self.sent.append(one)
        if sql.lower().startswith(SELECTS):
            self._asking = True
            try:
                plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
            finally:
                self._asking = False
            one.reads = reads(plan[0]["Plan"])
        self._started = time.perf_counter()

    def after(self, _connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        if self._asking or not self.sent or self.sent[-1].ms is not None or self.sent[-1].sql != shape(statement):
            return
        self.sent[-1].ms = (time.perf_counter() - self._started) * 1000
        self.sent[-1].rows = cursor.rowcount


@asynccontextmanager
async def watched(session: AsyncSession, recorder: Recorder | None) -> AsyncIterator[None]:
    """Record what is sent inside, in the transaction of this session; without a recorder nothing happens."""
    if recorder is None:
        yield
        return
    connection = (await session.connection()).sync_connection
    assert connection is not None  # noqa: S101 it was opened the line before
    event.listen(connection, "before_cursor_execute", recorder.before)
    event.listen(connection, "after_cursor_execute", recorder.after)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", recorder.before)
        event.remove(connection, "after_cursor_execute", recorder.after)


def shape(statement: str) -> str:
    """A statement without its values and its line breaks: the same for any number of values in an IN."""
    return SEVERAL.sub("?, …", PLACE.sub("?", " ".join(statement.split())))


def reads(plan: dict[str, Any]) -> list[Read]:
    """What a plan reads and sorts, from its top to its leaves."""
    kind = plan["Node Type"]
    name, index = plan.get("Relation Name"), plan.get("Index Name")
    own: list[Read] = []
    if "Scan" in kind and (name or index):
        words = " ".join(filter(None, [kind, f"using {index}" if index else "", f"on {name}" if name else ""]))
        own = [Read(words, int(plan["Plan Rows"]), kind == "Seq Scan")]
    elif "Sort" in kind:
        own = [Read(kind, int(plan["Plan Rows"]), False)]
    return own + [one for child in plan.get("Plans", ()) for one in reads(child)]

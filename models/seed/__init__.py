"""Demo data that looks real, made by the database itself: ten million rows in minutes, the same in every run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import ColumnElement, Connection, column, func, select, table, text

from models.seed import accounts, events, functions, library, shop, trash

Scale = Literal["demo", "large"]
Progress = Callable[[str, int, int], None]

# Parents before children.
STATEMENTS = {
    "author": library.AUTHOR,
    "book": library.BOOK,
    "review": library.REVIEW,
    "user": accounts.USER,
    "api_key": accounts.API_KEY,
    "document": accounts.DOCUMENT,
    "event": events.EVENT,
    "customer": shop.CUSTOMER,
    "invoice": shop.INVOICE,
    "inventory_item": shop.INVENTORY_ITEM,
    "order": shop.ORDER,
    "line_item": shop.LINE_ITEM,
    "setting": events.SETTING,
}

ROWS: dict[Scale, dict[str, int]] = {
    "demo": {
        "author": 320, "book": 1_600, "review": 4_200, "user": 240, "api_key": 360, "document": 2_400, "event": 12_000,
        "customer": 2_500, "invoice": 3_200, "inventory_item": 420, "order": 2_800, "line_item": 8_000, "setting": 24,
    },
    "large": {
        "author": 50_000, "book": 250_000, "review": 500_000, "user": 50_000, "api_key": 100_000,
        "document": 1_000_000, "event": 10_000_000, "customer": 1_000_000, "invoice": 500_000,
        "inventory_item": 20_000, "order": 500_000, "line_item": 1_500_000, "setting": 24,
    },
}  # fmt: skip

BATCH = 250_000
"""Rows of one INSERT: few enough to report on, many enough that starting it costs nothing."""
ONE_AT_A_TIME = 5_273_372
WITHOUT_NUMBER = ("api_key", "setting")


def seed(
    connection: Connection,
    scale: Scale = "demo",
    rows: Mapping[str, int] | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Fill every table up to the number of rows of `scale`, or of `rows` where it names the table.

    Returns how many rows were added to each table; a second run adds none. `progress` is called with table, rows
    and rows wanted now and then, and with two equal numbers when a table is done. The connection must belong to
    the tables' owner, and the caller commits: all of the data arrives, or none. Raises ValueError for a table
    that is none of these.
    """
    wanted = {**ROWS[scale], **(rows or {})}
    if unknown := wanted.keys() - STATEMENTS.keys():
        raise ValueError(f"There is no table {', '.join(sorted(unknown))} to fill.")
    connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    functions.make(connection)
    report = progress or (lambda *_: None)
    added = {name: fill(connection, name, wanted[name], report) for name in STATEMENTS}
    if any(added.values()):
        trash.write_down(connection)
    return added


def fill(connection: Connection, name: str, wanted: int, progress: Progress) -> int:
    """Add what is missing to one table, and let the planner know of it."""
    before = have = number(connection, name, func.count())
    if have < wanted:
        # Numbers go on after the highest key, so that no name made of a number is made twice.
        first = 1 + (have if name in WITHOUT_NUMBER else number(connection, name, func.max(column("id"))))
        last = first + wanted - have - 1
        with without_insert_triggers(connection, name):
            for start in range(first, last + 1, BATCH):
                values = {"first": start, "last": min(start + BATCH - 1, last), "origin": first, "final": last}
                have += connection.execute(text(STATEMENTS[name]), values).rowcount
                if have < wanted:
                    progress(name, have, wanted)
        connection.execute(text(f'ANALYZE "{name}"'))
    progress(name, have, have)
    return have - before


def number(connection: Connection, name: str, value: ColumnElement[int]) -> int:
    return connection.scalar(select(value).select_from(table(name))) or 0


@contextmanager
def without_insert_triggers(connection: Connection, name: str) -> Iterator[None]:
    """Demo data needs no history: ten million keys noted down for an undo would only take room and time."""
    triggers = connection.scalars(INSERT_TRIGGERS, {"table": f'"{name}"'}).all()
    for trigger in triggers:
        connection.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER "{trigger}"'))
    yield
    for trigger in triggers:
        connection.execute(text(f'ALTER TABLE "{name}" ENABLE TRIGGER "{trigger}"'))


# The ordinary triggers for inserts (bit 4); those of foreign keys are internal and stay.
INSERT_TRIGGERS = text(
    "SELECT tgname FROM pg_trigger WHERE tgrelid = cast(:table AS regclass)"
    " AND NOT tgisinternal AND tgenabled = 'O' AND tgtype & 4 = 4"
)

"""Jumping in a list that scrolls: to a value of what it is sorted by, or to a percentile of the table.

Both are plain GET forms; the list answers with the address of the place, whose cursor can be shared and kept.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from admin import values
from admin.errors import BadRequest
from admin.reads import keyset, listing, places
from admin.reads.ordering import SortKey
from admin.reads.places import Spread
from admin.reads.query import ListQuery
from admin.reads.wording import inside
from admin.resource import Resource
from admin.traits import Column
from admin.values import BadValue
from admin.web import list_controls
from admin.web.list_controls import Pairs
from admin.web.list_found import Found
from admin.web.visit import Visit

VALUE, PERCENT = FIELDS = ("jump", "jump-percent")

INPUTS = {"date": "date", "timestamp": "date", "integer": "number", "numeric": "number", "float": "number"}
SHOWN = 24
"""Characters of a text on the scrubber."""


@dataclass(frozen=True)
class Jump:
    """The controls. `labels` are what stands at 0, 1, … 100 percent, empty where nothing is known; `percent` is where
    the page's first row stands, `place` what it has there: the statistics may know of neither."""

    label: str
    input: str
    pairs: Pairs
    percent: int
    place: str
    labels: tuple[str, ...]


def control(resource: Resource, query: ListQuery, found: Found) -> Jump | None:
    """What a list that scrolls offers; None where nobody knows a value to jump to, or all rows are on the page."""
    more = found.rows.has_next or found.rows.has_previous
    key = places.sorted_by(resource, query) if query.mode == "scroll" and more else None
    if key is None or key.column is None:
        return None
    value = _first(resource, query, found)
    return Jump(
        label=inside(resource.label(key.column.name)),
        input=INPUTS.get(key.column.kind, "text"),
        pairs=list_controls.carried(resource, query),
        percent=found.spread.percent(value) if found.spread else 0,
        place=_label(key.column, value) if found.spread and value is not None else "",
        labels=_labels(key.column, found.spread) if found.spread else (),
    )


async def sent(visit: Visit, query: ListQuery, items: Sequence[tuple[str, str]]) -> Response | None:
    """The way to the place that the query string asks for, or None. Raises `BadRequest` for what is no place."""
    given = {name: text for name, text in items if name in FIELDS and text}
    if not given:
        return None
    key = places.sorted_by(visit.resource, query)
    if key is None or key.column is None:
        raise BadRequest("Nobody can jump in this order: sort the list by a number, a date or a text.")
    async with visit.transaction() as session:
        if VALUE in given:
            value = _value(key, key.column, given[VALUE])
            cursor = await places.ahead_of(session, visit.resource, query, value)
        else:
            spread = await places.spread(session, visit.resource, query)
            cursor = await places.at_percent(session, visit.resource, query, spread, _percent(given[PERCENT]))
    there = replace(query.restarted(mode="scroll"), after=cursor)
    return visit.redirect(list_controls.list_url(visit.resource, there))


def _value(key: SortKey, column: Column, text: str) -> Any:
    """Where a value begins when coming from the list's start: in a descending list a day begins with its end, and the
    first letters of a text with the last text that has them."""
    try:
        value = values.parse(column, text)
    except BadValue as reason:
        raise BadRequest(f"The parameter jump makes no sense: “{text[:80]}” {reason}.") from None
    if key.descending and column.kind == "text":
        return value + "\U0010ffff"
    if key.descending and column.kind == "timestamp" and values.DATE.fullmatch(text.strip()):
        return value + dt.timedelta(days=1, microseconds=-1) if value.date() < dt.date.max else value
    return value


def _percent(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= 100):
        raise BadRequest("The parameter jump-percent makes no sense: it is a whole number from 0 to 100.")
    return int(text)


def _first(resource: Resource, query: ListQuery, found: Found) -> Any:
    """What the page's first row has in the column that the list is sorted by, for placing it among what is known."""
    if not found.rows.top or not found.spread:
        return None
    return keyset.read(resource, listing.cursor_order(resource, query), found.rows.top)[0]


@functools.lru_cache(maxsize=100)
def _labels(column: Column, spread: Spread) -> tuple[str, ...]:
    return tuple(_label(column, one) for one in spread.values)


def _label(column: Column, value: Any) -> str:
    return f"{value:%Y-%m-%d}" if column.kind == "timestamp" else values.show(column, value)[:SHOWN]

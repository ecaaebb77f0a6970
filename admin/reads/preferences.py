"""What a person has chosen for a table's list, wherever they log in: kept with the person, not in a browser."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import plans
from admin.reads.dashboard import CLASSES, quoted
from admin.reads.query import Mode
from admin.reads.visibility import PLAIN
from admin.resource import Resource

LISTS = "lists"
"""In `preferences`: what was chosen for lists, by identity and name of the choice."""

MODE = "mode"

LARGE = 100_000
"""Estimated rows from which a list starts in scroll: nobody turns two thousand pages."""

LATELY_S = 30.0
"""For so long the size of a table is taken to be what it was: asking would take a tenth of the time of a page."""

_sized_lately: WeakKeyDictionary[Any, dict[type[Any], tuple[float, float]]] = WeakKeyDictionary()
"""Engine → model → until when, and estimated rows. It only decides between pages and scroll."""


@dataclass(frozen=True)
class Lists:
    """What a person keeps for lists: what they chose, and the tables for which there is a view that they can open.

    It comes with the question who is asking, so that a page does not ask for it once more.
    """

    preferences: Mapping[str, Any] = field(default_factory=dict)
    viewed: frozenset[str] = frozenset()

    def of(self, identity: str) -> Mapping[str, Any]:
        """The choices for a table's list by name; what was stored in another shape is passed over."""
        lists = self.preferences.get(LISTS)
        chosen = lists.get(identity) if isinstance(lists, dict) else None
        return chosen if isinstance(chosen, dict) else {}


async def mode(session: AsyncSession, resource: Resource, chosen: Any) -> Mode:
    """How the list of a table starts: as the person chose last, else in scroll where the table is large."""
    if chosen in ("pages", "scroll"):
        return cast("Mode", chosen)
    known = _sized_lately.setdefault(session.get_bind(), {})
    until, rows = known.get(resource.model, (0.0, 0.0))
    if until < time.monotonic():
        rows = await _estimated(session, resource)
        known[resource.model] = (time.monotonic() + LATELY_S, rows)
    return "scroll" if rows > LARGE else "pages"


async def _estimated(session: AsyncSession, resource: Resource) -> float:
    rows = select(CLASSES.c.reltuples).where(CLASSES.c.oid == func.to_regclass(quoted(resource.traits.table)))
    found = await plans.rows(session, rows.execution_options(**PLAIN))
    return float(found[0][0]) if found else 0.0

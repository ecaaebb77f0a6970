"""Rows that others changed while somebody looked at a page of many: which, who, when and what, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.meanwhile import Meanwhile
from admin.web import told_values, urls
from admin.web.record_history import WORDS
from admin.web.told_values import Change
from admin.web.visit import Visit


@dataclass(frozen=True)
class Move:
    """One row and what was done to it: “Changed by Ben on …”; `url` is empty where it is gone."""

    label: str
    url: str
    said: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Moves:
    """The first rows, and how many more there are."""

    rows: tuple[Move, ...]
    more: int


async def told(session: AsyncSession, visit: Visit, found: Meanwhile) -> Moves | None:
    """None where nothing can be told of anybody."""
    if not found.told:
        return None
    resource = visit.resource
    named = await told_values.names(session, [(resource, [one for row in found.told for one in row.entry.changes])])
    rows = tuple(
        Move(
            row.label,
            "" if row.gone else urls.details(resource.identity, row.key),
            f"{WORDS[row.entry.kind]} {row.entry.said}",
            tuple(told_values.changes(visit, resource, row.entry.changes, named[resource.identity])),
        )
        for row in found.told
    )
    return Moves(rows, found.more)

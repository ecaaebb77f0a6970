"""What a deletion would do to other tables, asked before it happens: one bounded question for each foreign key.

The database's catalogue is asked, not the models: it decides what a cascade takes along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import column, func, select, table, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import catalog, catalog_rules, wording
from admin.reads.catalog_rules import ForeignKey
from admin.reads.selection import Keys, key_columns, with_keys
from admin.resource import Resource

Effect = Literal["deleted", "emptied", "blocked"]

COUNTED_TO = 10_000

EFFECTS: dict[str, Effect] = {
    "cascade": "deleted",
    "set null": "emptied",
    "set default": "emptied",
    "no action": "blocked",
    "restrict": "blocked",
}


@dataclass(frozen=True)
class Impact:
    """What happens to the rows of `table` (schema in front) that refer to rows to be deleted.

    deleted: they go along; emptied: their reference is taken away; blocked: as long as they refer, nothing can be
    deleted. `rows` is at most `COUNTED_TO` + 1, which means more than that.
    """

    table: str
    effect: Effect
    rows: int

    @property
    def said(self) -> str:
        """“1,204 line items”, “more than 10,000 events”."""
        words = wording.table_words(self.table)
        if self.rows > COUNTED_TO:
            return f"more than {COUNTED_TO:,} {wording.plural(words)}"
        return wording.counted(self.rows, words, wording.plural(words))


async def impact(session: AsyncSession, resource: Resource, keys: Keys) -> list[Impact]:
    """What deleting these rows for good would do, the tables directly below it; without those it does nothing to."""
    own = await catalog.table_of(session, resource.traits)
    found = []
    for key in await catalog_rules.references_to(session, own):
        rows = await _referring(session, resource, key, keys)
        if rows:
            found.append(Impact(key.child, EFFECTS[key.on_delete], rows))
    return found


async def _referring(session: AsyncSession, resource: Resource, key: ForeignKey, keys: Keys) -> int:
    by_name = {column.name: column for column in resource.traits.table.columns}
    if any(name not in by_name for name in key.parent_names):
        return 0
    schema, _, name = key.child.partition(".")
    child = table(name, *(column(c) for c in key.child_names), schema=schema).alias("child")
    theirs = select(*(by_name[c] for c in key.parent_names)).where(with_keys(key_columns(resource.traits), keys))
    refers = tuple_(*child.c) if len(key.child_names) > 1 else next(iter(child.c))
    bounded = select(child.c[0]).where(refers.in_(theirs)).limit(COUNTED_TO + 1).subquery()
    return int(await session.scalar(select(func.count()).select_from(bounded)) or 0)

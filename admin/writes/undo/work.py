"""The work of an undo as a temporary table: one row for each row that the operation changed, with what to do about it.

An operation may have changed a row several times; only its net effect counts. `added` rows did not exist before,
`removed` rows do not exist after it, `changed` rows are in between. `before` is the row as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import catalog_rules
from admin.reads.catalog import CatalogTable
from admin.tables import Operation

CREATE = """
    create temporary table larder_undo (
      n bigint generated always as identity, table_name text, net text, key jsonb, before jsonb, first_id bigint,
      last_id bigint,
      put jsonb, kept text[], now jsonb, reason text, way text, what text
    ) on commit drop
"""

# One sort and no join: the planner knows nothing about an operation that has just been written.
FILL = """
    insert into larder_undo (table_name, net, key, before, first_id, last_id)
    with event as (
      select id, table_name, key, new_key, kind, before from larder.before_image
      where operation_id = :operation and at = :at
      union all
      select id, table_name, element, null, 'I', null
      from larder.inserted_keys cross join jsonb_array_elements(keys) as element
      where operation_id = :operation and at = :at),
    net as (
      select table_name, key, before, id as first_id, kind <> 'I' as was_there,
        last_value(id) over whole as last_id, last_value(new_key) over whole as new_key,
        last_value(kind) over whole <> 'D' as is_there,
        row_number() over (partition by table_name, key order by id) as place
      from event window whole as (partition by table_name, key order by id
                                  rows between unbounded preceding and unbounded following))
    select table_name, case when not was_there then 'added' when is_there then 'changed' else 'removed' end,
      coalesce(new_key, key), before, first_id, last_id
    from net where place = 1 and (was_there or is_there) order by table_name, key
"""

# An operation that has only added rows has added each of them once: a million need no sorting.
JUST_ADDED = """
    select not exists (select from larder.before_image where operation_id = :operation and at = :at)
"""
FILL_ADDED = """
    insert into larder_undo (table_name, net, key, first_id, last_id)
    select table_name, 'added', element, id, id
    from larder.inserted_keys cross join jsonb_array_elements(keys) as element
    where operation_id = :operation and at = :at order by id
"""

# Once its key was changed, a row goes on under the new one; there it is the same row, not another.
FORGET_MOVED = """
    delete from larder_undo as w using larder.before_image as moved
    where moved.operation_id = :operation and moved.at = :at and moved.new_key is not null
      and w.table_name = moved.table_name and w.key = moved.new_key and w.first_id > moved.id
"""

GROUPS = """
    select table_name, net, count(*) as rows, min(n) as first, max(n) as last
    from larder_undo group by table_name, net order by max(last_id) desc
"""


@dataclass(frozen=True)
class Group:
    """The rows of one table that need the same treatment; their numbers `n` lie between `first` and `last`."""

    table_name: str
    net: str
    rows: int
    first: int
    last: int


@dataclass(frozen=True)
class Step:
    """One group, its table as it is now, and the ids and moment that tell the operation's changes from later ones."""

    session: AsyncSession
    operation: Operation
    undo_id: int
    group: Group
    table: CatalogTable

    async def run(self, statement: str, **values: object) -> int:
        """Execute SQL about this group, composed of what the catalogue quoted; returns how many rows it changed."""
        result = await self.session.execute(text(statement), self._known(values))
        return int(result.rowcount)  # type: ignore[attr-defined] # a DML statement's result has it

    async def value(self, statement: str) -> int:
        """The number that a query about this group asks for."""
        return int(await self.session.scalar(text(statement), self._known({})) or 0)

    async def open_rows(self) -> int:
        """How many rows of the group nothing stands in the way of."""
        return await self.value(f"select count(*) from larder_undo as w where {OPEN}")  # noqa: S608 composed of constants

    def _known(self, values: dict[str, object]) -> dict[str, object]:
        known = {"table": self.group.table_name, "net": self.group.net, "undo": self.undo_id}
        return known | {"operation": self.operation.id, "at": self.operation.at, **values}


OPEN = "w.table_name = :table and w.net = :net and w.reason is null"
"""SQL condition: this row of the work belongs to the step, and nothing stands in its way as far as is known."""

LATER = """
    from larder.before_image as b
    where b.table_name = w.table_name and b.key = w.key and b.id > w.last_id and b.at >= :at
    and b.operation_id is distinct from :operation and b.operation_id is distinct from :undo
"""
"""SQL: the before-images `b` made by those who changed the row after the operation (not by this undo itself)."""


async def fill(session: AsyncSession, operation: Operation) -> list[Group]:
    """Make the work of an operation; its groups in the order in which they are to be undone."""
    await session.execute(text("drop table if exists pg_temp.larder_undo"))
    await session.execute(text(CREATE))
    known = {"operation": operation.id, "at": operation.at}
    just_added = await session.scalar(text(JUST_ADDED), known)
    await session.execute(text(FILL_ADDED if just_added else FILL), known)
    await session.execute(text("create index on larder_undo (table_name, key)"))
    await session.execute(text("analyze larder_undo"))
    await session.execute(text(FORGET_MOVED), known)
    groups = [Group(*row) for row in await session.execute(text(GROUPS))]
    return in_order(
        groups, await catalog_rules.links(session, {group.table_name for group in groups}) if groups else set()
    )


def in_order(groups: list[Group], links: set[tuple[str, str]]) -> list[Group]:
    """Backwards as it was done, except where a foreign key needs its parent first: cascades write parents before
    children. `links` are (child, parent) pairs of table names."""
    waiting, ordered = list(groups), []
    while waiting:
        free = [one for one in waiting if not any(_comes_first(other, one, links) for other in waiting)]
        ordered.append((free or waiting)[0])
        waiting.remove(ordered[-1])
    return ordered


def _comes_first(one: Group, other: Group, links: set[tuple[str, str]]) -> bool:
    """A parent is back before its children; they have left before it is taken away."""
    if one.table_name == other.table_name:
        return False
    if one.net == "removed" and other.net != "added":
        return (other.table_name, one.table_name) in links
    return other.net == "added" and one.net != "removed" and (one.table_name, other.table_name) in links

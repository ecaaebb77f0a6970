"""The work of an undo as a temporary table: one row for each row that the operation changed, with what to do about it.

An operation may have changed a row several times; only its net effect counts. `added` rows did not exist before,
`removed` rows do not exist after it, `changed` rows are in between. `before` is the row as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.catalog import CatalogTable
from admin.tables import Operation

CREATE = """
    create temporary table larder_undo (
      n bigint generated always as identity, table_name text, net text, key jsonb, before jsonb, last_id bigint,
      put jsonb, kept text[], now jsonb, reason text, way text, what text, done boolean not null default false
    ) on commit drop
"""

# A key that a row was moved to within the operation stands for the row under its old key.
FILL = """
    insert into larder_undo (table_name, net, key, before, last_id)
    with image as materialized (
      select id, table_name, key, new_key, kind, before from larder.before_image
      where operation_id = :operation and at = :at),
    inserted as (
      select table_name, element as key, min(id) as first_id, max(id) as last_id
      from larder.inserted_keys cross join jsonb_array_elements(keys) as element
      where operation_id = :operation and at = :at group by table_name, element),
    first as (select distinct on (table_name, key) * from image order by table_name, key, id),
    last as (select distinct on (table_name, key) * from image order by table_name, key, id desc),
    net as (
      select table_name, key, coalesce(last.new_key, key) as now_key, first.before,
        greatest(last.id, inserted.last_id) as last_id,
        first.id is not null and (inserted.first_id is null or first.id < inserted.first_id) as was_there,
        last.id is null or last.kind <> 'D' or coalesce(inserted.last_id > last.id, false) as is_there
      from first join last using (table_name, key) full join inserted using (table_name, key)
      where not exists (select from image moved where moved.table_name = first.table_name
                        and moved.new_key = first.key and moved.id < first.id))
    select table_name, case when not was_there then 'added' when is_there then 'changed' else 'removed' end,
      case when was_there and not is_there then key else now_key end, before, last_id
    from net where was_there or is_there order by table_name, key
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

    async def run(self, statement: str, **values: object) -> None:
        """Execute SQL about this group, composed of what the catalogue quoted."""
        known = {"table": self.group.table_name, "net": self.group.net, "undo": self.undo_id}
        known |= {"operation": self.operation.id, "at": self.operation.at, **values}
        await self.session.execute(text(statement), known)


OPEN = "w.table_name = :table and w.net = :net and w.reason is null and not w.done"
"""SQL condition: this row of the work belongs to the step and is still to be done."""

LATER = """
    from larder.before_image as b
    where b.table_name = w.table_name and b.key = w.key and b.id > w.last_id and b.at >= :at
    and b.operation_id is distinct from :operation and b.operation_id is distinct from :undo
"""
"""SQL: the before-images `b` made by those who changed the row after the operation (not by this undo itself)."""


async def fill(session: AsyncSession, operation: Operation) -> list[Group]:
    """Make the work of an operation; its groups in the order in which they are to be undone: backwards."""
    await session.execute(text("drop table if exists pg_temp.larder_undo"))
    await session.execute(text(CREATE))
    await session.execute(text(FILL), {"operation": operation.id, "at": operation.at})
    await session.execute(text("create index on larder_undo (table_name, key) where net <> 'added'"))
    await session.execute(text("analyze larder_undo"))
    return [Group(*row) for row in await session.execute(text(GROUPS))]

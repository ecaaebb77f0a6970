"""What is in the way of rows that an undo would write, found for all of them at once, before it tries.

`candidates` is SQL of the rows as they are to be: every column under its own name, beside `larder_n` and `larder_key`.
The database's catalogue says which unique indexes and foreign keys they must agree with. What is not found here (an
exclusion constraint, a check that was added since) makes the statement fail, and then the rows are tried in halves.
"""

# ruff: noqa: S608 -- every identifier in this SQL comes quoted from the catalogue, every value is a parameter

from __future__ import annotations

from admin.reads import catalog, catalog_rules, wording
from admin.reads.catalog_rules import ForeignKey, UniqueIndex
from admin.writes.undo.work import OPEN, Step


async def find(step: Step, candidates: str) -> None:
    """Mark the rows that cannot be written: a unique value is taken, or a parent is missing."""
    for index in await catalog_rules.unique_indexes(step.session, step.table):
        await step.run(_taken(step, index, candidates), what=_called(index))
    for key in await catalog_rules.references_from(step.session, step.table):
        await step.run(_orphaned(step, key, candidates), parent=key.parent)


def _called(index: UniqueIndex) -> str:
    names = [name.replace("_", " ") for name in index.names or ()]
    return wording.listed(names) if names else "a value that must be unique"


def _taken(step: Step, index: UniqueIndex, candidates: str) -> str:
    """A row in the way holds the same values, and is not itself rewritten in this step."""
    table = step.table
    wanted = ", ".join(f"({sql}) as larder_{place}" for place, sql in enumerate(index.expressions))
    same = "=" if index.nulls_distinct else "is not distinct from"
    equal = " and ".join(f"({sql}) {same} c.larder_{place}" for place, sql in enumerate(index.expressions))
    condition = f"({index.condition})" if index.condition else "true"
    return f"""
        update larder_undo as w set reason = 'taken', way = found.key::text, what = :what
        from (select larder_n, larder_key, {wanted} from ({candidates}) as c where {condition}) as c
        cross join lateral (
          select {table.key_of("t")} as key from {table.sql} as t
          where {equal} and {condition} and not ({table.has_key("t", "c.larder_key")})
            and not exists (select from larder_undo as w where w.key = {table.key_of("t")} and {OPEN})
          limit 1) as found
        where w.n = c.larder_n
    """


def _orphaned(step: Step, key: ForeignKey, candidates: str) -> str:
    """No parent has the value that the row refers to; one that is written in the same step counts as there."""
    columns = [catalog.quoted(name) for name in key.child_names]
    parents = [catalog.quoted(name) for name in key.parent_names]
    equal = " and ".join(f"p.{parent} = c.{own}" for own, parent in zip(columns, parents, strict=True))
    filled = " and ".join(f"c.{own} is not null" for own in columns)
    beside = ""
    if key.parent == step.table.name and key.parent_names == tuple(column.name for column in step.table.key):
        own_key = ", ".join(f"c.{own}::text" for own in columns)
        beside = f"and not exists (select from larder_undo as w where w.key = to_jsonb(array[{own_key}]) and {OPEN})"
    shown = " || ', ' || ".join(f"c.{own}::text" for own in columns)
    return f"""
        update larder_undo as w set reason = 'parent', way = {shown}, what = :parent
        from ({candidates}) as c
        where w.n = c.larder_n and {filled}
          and not exists (select from {key.parent_sql} as p where {equal}) {beside}
    """

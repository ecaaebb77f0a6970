"""Unique values that rows of one undo have to take back from one another, as after an import in which two swapped.

A unique index refuses the first of two rows that swap. So those whose value another one takes step aside: for as long
as it takes to write them all, they hold a value that nobody has. See `csv_import.exchange`, which did the same.
"""

# ruff: noqa: S608 -- every identifier in this SQL comes quoted from the catalogue, every value is a parameter

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from admin.reads import catalog_rules
from admin.writes import constraints
from admin.writes.undo.work import OPEN, Step

NULLABLE = text("""
    select attname from pg_attribute where attrelid = cast(:relation as regclass) and attnum > 0 and not attnotnull
""")
TEXTS = ("text", "character varying")


async def together(step: Step, statement: str, condition: str) -> int | None:
    """Write all rows of a statement after those that are in each other's way have stepped aside.

    `condition` says which rows it writes. None, and nothing is changed, when that does not help.
    """
    try:
        async with step.session.begin_nested():
            moved = [await step.run(f"{one} and {condition}") for one in await _aside(step)]
            return await step.run(statement, first=step.group.first, last=step.group.last) if any(moved) else None
    except DBAPIError as error:
        if not constraints.is_about_rows(error):
            raise
        return None


async def _aside(step: Step) -> list[str]:
    """A statement for each column that is unique by itself and takes a value that nobody has."""
    table = step.table
    nullable = set(await step.session.scalars(NULLABLE, {"relation": table.sql}))
    indexes, found = await catalog_rules.unique_indexes(step.session, table), []
    for column in table.columns:
        alone = any(index.names == (column.name,) for index in indexes)
        value = "gen_random_uuid()::text" if column.type in TEXTS else "null" if column.name in nullable else None
        if alone and value and column not in table.key:
            found.append(f"""
                update {table.sql} as t set {column.sql} = {value} from larder_undo as w
                where {table.has_key("t", "w.key")} and {OPEN} and w.put ? {column.literal} and exists (
                  select from larder_undo as o where o.table_name = w.table_name and o.net = w.net and o.reason is null
                  and o.n <> w.n and o.put ->> {column.literal} = t.{column.sql}::text)
            """)
    return found

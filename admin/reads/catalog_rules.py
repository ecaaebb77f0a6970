"""What the catalogue says that rows must agree with: foreign keys from and to a table, and its unique indexes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.catalog import CatalogTable, escaped


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key between two tables; `on_delete` is one of: no action, restrict, cascade, set null, set default.

    `child` and `parent` are table names with their schema in front; `_sql` is quoted, `_names` are plain.
    """

    name: str
    child: str
    child_sql: str
    child_names: tuple[str, ...]
    parent: str
    parent_sql: str
    parent_names: tuple[str, ...]
    on_delete: str


@dataclass(frozen=True)
class UniqueIndex:
    """A unique index: its expressions and its condition as SQL over bare column names; `names` are its columns, None
    where it is about an expression of them."""

    name: str
    names: tuple[str, ...] | None
    expressions: tuple[str, ...]
    condition: str | None
    nulls_distinct: bool


OF_TABLE = """
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname || '.' || c.relname = :table
"""

FOREIGN_KEYS = """
    select conname as name,
      cn.nspname || '.' || cc.relname as child, format('%I.%I', cn.nspname, cc.relname) as child_sql,
      (select array_agg(attname::text order by place)
       from unnest(conkey) with ordinality as part (attnum, place)
       join pg_attribute using (attnum) where attrelid = conrelid) as child_names,
      pn.nspname || '.' || pc.relname as parent, format('%I.%I', pn.nspname, pc.relname) as parent_sql,
      (select array_agg(attname::text order by place)
       from unnest(confkey) with ordinality as part (attnum, place)
       join pg_attribute using (attnum) where attrelid = confrelid) as parent_names,
      case confdeltype when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade'
        when 'n' then 'set null' else 'set default' end as on_delete
    from pg_constraint
    join pg_class cc on cc.oid = conrelid join pg_namespace cn on cn.oid = cc.relnamespace
    join pg_class pc on pc.oid = confrelid join pg_namespace pn on pn.oid = pc.relnamespace
    where contype = 'f' and conparentid = 0 and {side}.oid = ({of_table})
    order by child, conname
"""

LINKS = text("""
    select distinct cn.nspname || '.' || cc.relname as child, pn.nspname || '.' || pc.relname as parent
    from pg_constraint
    join pg_class cc on cc.oid = conrelid join pg_namespace cn on cn.oid = cc.relnamespace
    join pg_class pc on pc.oid = confrelid join pg_namespace pn on pn.oid = pc.relnamespace
    where contype = 'f' and cn.nspname || '.' || cc.relname in :names and pn.nspname || '.' || pc.relname in :names
""").bindparams(bindparam("names", expanding=True))

UNIQUE_INDEXES = text(f"""
    select c.relname as name, pg_get_expr(indpred, indrelid) as condition, not indnullsnotdistinct as nulls_distinct,
      (select array_agg(pg_get_indexdef(indexrelid, place, true) order by place)
       from generate_series(1, indnkeyatts::int) as place) as expressions,
      (select array_agg(attname::text order by place)
       from unnest(indkey::int2[]) with ordinality as part (attnum, place)
       left join pg_attribute a on a.attrelid = indrelid and a.attnum = part.attnum where place <= indnkeyatts) as names
    from pg_index join pg_class c on c.oid = indexrelid
    where indrelid = ({OF_TABLE}) and indisunique and indisvalid and not exists (
      select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_class'::regclass and d.objid = indexrelid and d.refobjid = indrelid
        and a.attgenerated <> '')
    order by not indisprimary, c.relname
""")  # noqa: S608 composed of constants


async def references_to(session: AsyncSession, table: str) -> list[ForeignKey]:
    """The foreign keys of other tables (or its own) that point to this one, by its name."""
    return await _foreign_keys(session, text(FOREIGN_KEYS.format(side="pc", of_table=OF_TABLE)), table)


async def references_from(session: AsyncSession, table: CatalogTable) -> list[ForeignKey]:
    """The foreign keys of this table."""
    return await _foreign_keys(session, text(FOREIGN_KEYS.format(side="cc", of_table=OF_TABLE)), table.name)


async def links(session: AsyncSession, names: Iterable[str]) -> set[tuple[str, str]]:
    """Which of these tables refer to which of them: (child, parent)."""
    rows = await session.execute(LINKS, {"names": list(names)})
    return {(row.child, row.parent) for row in rows}


async def unique_indexes(session: AsyncSession, table: CatalogTable) -> list[UniqueIndex]:
    """The unique indexes of a table, its primary key first; without those over generated columns."""
    rows = await session.execute(UNIQUE_INDEXES, {"table": table.name})
    return [
        UniqueIndex(
            name=row.name,
            names=None if None in row.names else tuple(row.names),
            expressions=tuple(map(escaped, row.expressions)),
            condition=row.condition and escaped(row.condition),
            nulls_distinct=row.nulls_distinct,
        )
        for row in rows
    ]


async def _foreign_keys(session: AsyncSession, statement: TextClause, table: str) -> list[ForeignKey]:
    rows = await session.execute(statement, {"table": table})
    return [
        ForeignKey(
            name=row.name,
            child=row.child,
            child_sql=escaped(row.child_sql),
            child_names=tuple(row.child_names),
            parent=row.parent,
            parent_sql=escaped(row.parent_sql),
            parent_names=tuple(row.parent_names),
            on_delete=row.on_delete,
        )
        for row in rows
    ]

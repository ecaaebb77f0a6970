"""What the database itself says of a table: exact types, NOT NULL, defaults and checks.

The model says what a column is for; only the catalog says what it takes. A check that is read here is the one that
the import will meet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sqlalchemy import FetchedValue, Table
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import statements as st

COLUMNS = """
select a.attname, format_type(base.oid, base.typmod), a.attnotnull or base.not_null, base.typname,
       a.attgenerated <> '' or a.attidentity = 'a',
       case when a.attgenerated = '' then
         coalesce(pg_get_expr(d.adbin, d.adrelid),
                  'nextval(' || quote_literal(pg_get_serial_sequence({name}, a.attname)) || '::regclass)')
       end,
       case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
       array(select distinct used.attname::text from pg_depend join pg_attribute used
               on used.attrelid = refobjid and used.attnum = refobjsubid
             where classid = 'pg_attrdef'::regclass and objid = d.oid and refobjid = a.attrelid and refobjsubid > 0
               and refobjsubid <> a.attnum),
       case when base.oid <> a.atttypid then format_type(a.atttypid, null) end
from pg_attribute a
cross join lateral (
  with recursive below (oid, typmod, not_null, depth) as (
    select a.atttypid, a.atttypmod, false, 0
    union all
    select t.typbasetype, t.typtypmod, not_null or t.typnotnull, depth + 1
    from below join pg_type t on t.oid = below.oid where t.typtype = 'd')
  select below.oid, typmod, not_null, typname from below join pg_type t on t.oid = below.oid order by depth desc limit 1
) as base
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = {name}::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""

CHECKS = """
select c.conname, pg_get_expr(c.conbin, c.conrelid), obj_description(c.oid, 'pg_constraint'),
       array(select a.attname::text from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey))
from pg_constraint c
where c.conrelid = {name}::regclass and c.contype = 'c' and {enforced}
order by c.conname
"""

ENFORCED = "to_jsonb(c) ->> 'conenforced' is distinct from 'false'"
"""Since PostgreSQL 18 a constraint may be there only to be read."""

STEADY = re.compile(
    r"'(?:[^']|'')*'(?:::[\w\s.\"()]+)?|[\d.+-]+|\w+|now\(\)|\(?'?[\d.-]+'?\)?(?:::[\w\s]+)?", re.IGNORECASE
)
"""Defaults that give the same value whenever they are asked in one transaction; others draw numbers."""


@dataclass(frozen=True)
class ColumnInfo:
    """One column as the database has it."""

    name: str
    type: str
    """With its modifiers, such as `numeric(10,2)`: what a cell is cast to. Of a domain, the type below it."""
    not_null: bool
    type_name: str
    computed: bool
    default: str | None
    """The expression, also for identity columns."""
    generated: str | None = None
    """The expression of a generated column, and the columns that it uses."""
    uses: tuple[str, ...] = ()
    domain: str | None = None
    """The name of the domain, which may have checks of its own."""

    @property
    def modifiers(self) -> tuple[int, ...]:
        """The numbers of the type: (10, 2) of numeric(10,2), (20,) of character varying(20)."""
        found = re.search(r"\(([0-9, -]+)\)", self.type)
        return tuple(map(int, found[1].split(","))) if found else ()

    @property
    def largest(self) -> int | None:
        """Largest value of an integer."""
        return {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}.get(self.type_name)

    @property
    def steady_default(self) -> str | None:
        """The default where it can be computed beforehand without drawing a number or making up a key."""
        return self.default if self.default and STEADY.fullmatch(self.default) else None


@dataclass(frozen=True)
class Check:
    """A CHECK constraint; `comment` is its sentence for people."""

    name: str
    expression: str
    comment: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True)
class TableInfo:
    """A table as the database has it, by names of database columns."""

    columns: dict[str, ColumnInfo]
    checks: tuple[Check, ...]


async def look_up(session: AsyncSession, table: Table) -> TableInfo:
    """Read the catalog, in two statements."""
    name = st.lit(st.table_name(table).as_string(None))
    columns = [
        replace(ColumnInfo(*row[:7]), uses=tuple(row[7]), domain=row[8], default=row[5] or _by_trigger(table, row[0]))
        for row in await st.rows(session, st.of(COLUMNS, name=name))
    ]
    checks = [
        Check(check, expression, comment, tuple(names))
        for check, expression, comment, names in await st.rows(
            session, st.of(CHECKS, name=name, enforced=st.raw(ENFORCED))
        )
    ]
    return TableInfo({column.name: column for column in columns}, tuple(checks))


def _by_trigger(table: Table, column: str) -> str | None:
    """The default of a column that a trigger fills in: only the model says so, and what it waits for is NULL."""
    known = table.columns.get(column)
    return "null" if known is not None and type(known.server_default) is FetchedValue else None

"""What the database's own catalogue says of a table: the truth for whoever changes rows without knowing their model.

Undo, the impact of a deletion and the search for a row in the way work on tables that nobody registered, too: a
cascade reaches them. Everything in a field named `sql` or `type` comes quoted from Postgres, with its colons
escaped, and may stand in a `text()` as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.traits import SECRET, Traits


@dataclass(frozen=True)
class CatalogColumn:
    """A column that can be written; `generated` ones are left out. `always`: an identity that no UPDATE may set."""

    name: str
    sql: str
    type: str
    always: bool

    @property
    def literal(self) -> str:
        """The name as an SQL string."""
        return escaped("'" + self.name.replace("'", "''") + "'")


@dataclass(frozen=True)
class CatalogTable:
    """A table as it is now. `name` has its schema in front, as in `before_image.table_name`; `sql` is quoted."""

    name: str
    sql: str
    columns: tuple[CatalogColumn, ...]
    key: tuple[CatalogColumn, ...]

    @property
    def secrets(self) -> tuple[CatalogColumn, ...]:
        """Columns whose values no image holds; a key is kept whatever it is called."""
        return tuple(one for one in self.columns if SECRET.search(one.name) and one not in self.key)

    def key_of(self, row: str) -> str:
        """SQL of the key of a row, by its alias, as JSON array of texts: what `before_image.key` holds."""
        return f"to_jsonb(array[{', '.join(f'{row}.{column.sql}::text' for column in self.key)}])"

    def image_of(self, row: str) -> str:
        """SQL of a row, by its alias, as `before_image.before` holds it."""
        kept = [column for column in self.columns if column not in self.secrets]
        names = ", ".join(column.literal for column in kept)
        return f"jsonb_object(array[{names}], array[{', '.join(f'{row}.{c.sql}::text' for c in kept)}])"

    def has_key(self, row: str, key: str) -> str:
        """SQL condition: a row, by its alias, has the key that the JSON array of texts `key` holds."""
        return " and ".join(f"{row}.{c.sql} = ({key} ->> {place})::{c.type}" for place, c in enumerate(self.key))


TABLES = text("""
    select n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as sql,
      (select jsonb_agg(jsonb_build_array(attname, quote_ident(attname), format_type(atttypid, atttypmod),
                                          attidentity = 'a') order by attnum)
       from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
      (select jsonb_agg(jsonb_build_array(attname, quote_ident(attname), format_type(atttypid, atttypmod),
                                          attidentity = 'a') order by place)
       from pg_index cross join unnest(indkey::int2[]) with ordinality as part (attnum, place)
       join pg_attribute using (attnum)
       where indrelid = c.oid and indisprimary and attrelid = c.oid) as key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname || '.' || c.relname in :names
""").bindparams(bindparam("names", expanding=True))


def name_of(traits: Traits) -> str:
    """The name of a model's table as the console's own tables hold it."""
    return f"{traits.table.schema or 'public'}.{traits.table.name}"


async def tables(session: AsyncSession, names: Iterable[str]) -> dict[str, CatalogTable]:
    """The tables of these names that exist now and have a primary key."""
    rows = await session.execute(TABLES, {"names": list(names)})
    return {
        row.name: CatalogTable(
            row.name,
            escaped(row.sql),
            tuple(
                CatalogColumn(name, escaped(sql), escaped(type_), always) for name, sql, type_, always in row.columns
            ),
            tuple(CatalogColumn(name, escaped(sql), escaped(type_), always) for name, sql, type_, always in row.key),
        )
        for row in rows
        if row.key
    }


async def table_of(session: AsyncSession, traits: Traits) -> CatalogTable:
    """The table of a model. Raises KeyError when it is not there or has no primary key."""
    name = name_of(traits)
    return (await tables(session, [name]))[name]


def quoted(name: str) -> str:
    """An identifier as SQL for `text()`."""
    return escaped('"' + name.replace('"', '""') + '"')


def escaped(sql: str) -> str:
    """SQLAlchemy's `text` takes a word after a colon for a parameter, unless the colon is escaped."""
    return sql.replace(":", "\\:")


PLAIN_TEXT = text("""
    select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),
      set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true),
      set_config('bytea_output', 'hex', true)
""")


async def write_plainly(session: AsyncSession) -> None:
    """Let Postgres write values in this transaction as the triggers do, so that their texts can be compared."""
    await session.execute(PLAIN_TEXT)


def as_json(value: Any) -> str:
    """A value for a parameter that is cast to jsonb."""
    return json.dumps(value)

"""What only the catalog says of rows beside one another: unique indexes over expressions or over some of the rows,
exclusion constraints, foreign keys of several columns.

Each is asked of the row as it would be, in one statement for all lines: against the rows that are there, and against
earlier lines of the file. What cannot be known beforehand (a key that the insert draws) is left to the run.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import catalog
from admin.writes.csv_import import statements as st

INDEXES = """
select am.amname, i.indisexclusion, not i.indnullsnotdistinct, pg_get_expr(i.indpred, i.indrelid),
  array(select pg_get_indexdef(i.indexrelid, place, true) from generate_series(1, i.indnkeyatts::int) place
        order by place),
  array(select coalesce('operator(' || quote_ident(n.nspname) || '.' || o.oprname || ')', '=')
        from generate_series(1, i.indnkeyatts::int) place left join pg_operator o on o.oid = c.conexclop[place]
        left join pg_namespace n on n.oid = o.oprnamespace order by place),
  array(select format('%I.%I', n.nspname, opcname)
        from unnest(i.indclass::oid[]) with ordinality as part (oid, place)
        join pg_opclass using (oid) join pg_namespace n on n.oid = opcnamespace order by place),
  array(select attname::text from pg_attribute a
        where a.attrelid = i.indrelid and a.attnum > 0 and (a.attnum = any (i.indkey::int2[]) or exists (
          select from pg_depend where classid = 'pg_class'::regclass and objid = i.indexrelid
          and refobjid = i.indrelid and refobjsubid = a.attnum)) order by a.attnum),
  0 <> all (i.indkey::int2[]), not i.indimmediate
from pg_index i join pg_class x on x.oid = i.indexrelid join pg_am am on am.oid = x.relam
left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x')
where i.indrelid = {name}::regclass and i.indisvalid and (i.indisunique or i.indisexclusion)
order by x.relname
"""

REFERENCES = """
select format('%I.%I', n.nspname, p.relname), p.relname,
  array(select attname::text from unnest(c.conkey) with ordinality as part (attnum, place)
        join pg_attribute using (attnum) where attrelid = c.conrelid order by place),
  array(select attname::text from unnest(c.confkey) with ordinality as part (attnum, place)
        join pg_attribute using (attnum) where attrelid = c.confrelid order by place)
from pg_constraint c join pg_class p on p.oid = c.confrelid join pg_namespace n on n.oid = p.relnamespace
where c.conrelid = {name}::regclass and c.contype = 'f' and c.conparentid = 0 and {enforced}
  and has_table_privilege(p.oid, 'select')
order by c.conname
"""


@dataclass(frozen=True)
class Guard:
    """No two rows may agree in all `expressions` by their `operators`, among those for which `condition` holds.

    Everything is SQL over bare names of columns; `columns` are all those that it depends on.
    """

    method: str
    excludes: bool
    nulls_distinct: bool
    condition: str
    expressions: tuple[str, ...]
    operators: tuple[str, ...]
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    plain: bool
    """Whether the expressions are columns, nothing else."""
    deferrable: bool
    """Whether it can be asked when all rows of a statement are written, rather than row by row."""

    @property
    def parts(self) -> list[str]:
        """The names under which a statement gives the expressions."""
        return [f"larder_{n}" for n in range(1, len(self.expressions) + 1)]

    @property
    def named(self) -> Composable:
        """The expressions under their names, for a SELECT."""
        pairs = zip(self.expressions, self.parts, strict=True)
        return st.joined(st.COMMA, [st.of("{e} as {n}", e=st.raw(e), n=st.name(n)) for e, n in pairs])

    @property
    def same(self) -> Composable:
        """Two rows, w and o, agree. Where NULL counts as a value, they may agree in that."""
        null = "" if self.nulls_distinct else " or w.{n} is null and o.{n} is null"
        pairs = zip(self.parts, self.operators, strict=True)
        return st.joined(
            st.AND, [st.of("(o.{n} {op} w.{n}" + null + ")", n=st.name(n), op=st.raw(op)) for n, op in pairs]
        )


@dataclass(frozen=True)
class Reference:
    """A foreign key: these columns name a row of the parent by those."""

    parent: str
    parent_name: str
    columns: tuple[str, ...]
    named: tuple[str, ...]


async def of_table(session: AsyncSession, table: Table) -> list[Guard]:
    """Every unique index and exclusion constraint."""
    name = st.lit(st.table_name(table).as_string(None))
    found = []
    for row in await st.rows(session, st.of(INDEXES, name=name)):
        method, excludes, nulls_distinct, condition, expressions, operators, classes, columns, *told = row
        lists = (tuple(expressions), tuple(operators), tuple(classes), tuple(columns))
        found.append(Guard(method, excludes, nulls_distinct, condition or "true", *lists, *told))
    return found


async def references(session: AsyncSession, table: Table) -> list[Reference]:
    """Every foreign key."""
    statement = st.of(REFERENCES, name=st.lit(st.table_name(table).as_string(None)), enforced=st.raw(catalog.ENFORCED))
    return [
        Reference(parent, parent_name, tuple(columns), tuple(named))
        for parent, parent_name, columns, named in await st.rows(session, statement)
    ]

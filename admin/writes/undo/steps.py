"""The three ways to take something back: put changed rows back, bring removed rows back, take added rows away.

Each locks its rows in key order, judges every row, and then writes all that can be written in one statement. Rows are
told apart by SQL alone: an undo of ten thousand rows costs the same round trips as one of a single row.
"""

# ruff: noqa: S608 -- every identifier in this SQL comes quoted from the catalogue, every value is a parameter

from __future__ import annotations

from sqlalchemy import text

from admin.reads import catalog, catalog_rules
from admin.reads.catalog import CatalogColumn
from admin.reads.catalog_rules import ForeignKey
from admin.writes.undo import obstacles, secrets
from admin.writes.undo.halves import in_halves
from admin.writes.undo.work import LATER, OPEN, Step

TOUCHED = "updated_at"
"""Changes with every change, so that it says nothing about who changed what; the table's own trigger keeps it true."""


TRASH = "deleted_at"
"""The mark of a row in the trash, on whatever table: the same name as in `admin.traits`."""

COLUMNS_THEN = text("select jsonb_object_keys(before) from larder_undo where n = :n")


async def put_back(step: Step) -> None:
    """Rows that were changed: write their old values, column by column where somebody changed the row since."""
    table = step.table
    await _lock(step)
    await step.run(f"update larder_undo as w set put = w.before where {OPEN} and not exists (select {LATER})")
    await step.run(f"""
        update larder_undo as w set put = c.put, kept = c.kept, now = c.now,
          reason = case when c.put is not null then null when c.kept is null then 'already' else 'changed' end
        from (
          select n, now, jsonb_object_agg(name, was) filter (where now -> name = written -> name) as put,
            array_agg(name) filter (where now -> name <> written -> name and now -> name <> was) as kept
          from (
            select w.n, {table.image_of("t")} as now, w.before, later.before as written
            from larder_undo as w join {table.sql} as t on {table.has_key("t", "w.key")}
            cross join lateral (select b.before {LATER} order by b.id limit 1) as later
            where {OPEN} and w.put is null
          ) as one left join lateral jsonb_each(one.before) as old (name, was)
            on was is distinct from written -> name and name <> '{TOUCHED}' and now ? name
          group by n, now
        ) as c where c.n = w.n
    """)
    await secrets.keep(step)
    values = {
        c.name: f"case when w.put ? {c.literal} then {_cast('w.put', c)} else t.{c.sql} end" for c in table.columns
    } | {c.name: f"t.{c.sql}" for c in table.secrets}
    candidates = ", ".join(f"{values[column.name]} as {column.sql}" for column in table.columns)
    await obstacles.find(step, f"""
        select w.n as larder_n, w.key as larder_key, {candidates}
        from larder_undo as w join {table.sql} as t on {table.has_key("t", "w.key")} where {OPEN}
    """)  # fmt: skip
    assignments = ", ".join(
        f"{c.sql} = {values[c.name]}" for c in table.columns if not c.always and c not in table.secrets
    )
    write = f"""
        update {table.sql} as t set {assignments} from larder_undo as w
        where {table.has_key("t", "w.key")} and {OPEN} and w.n between :first and :last
    """
    # A row that goes back into the trash first frees the unique value that another one comes back with.
    leaving = f"(w.put ->> '{TRASH}') is not null"
    trash = any(column.name == TRASH for column in table.columns)
    parts = (leaving, f"not {leaving}") if trash else ("true",)
    writes = {f"{write} and {part}": part for part in parts}
    await in_halves(step, *writes, aside=writes)


async def bring_back(step: Step) -> None:
    """Rows that were removed: insert them again, with their keys."""
    table = step.table
    await step.run(f"""
        update larder_undo as w set reason = 'exists' where {OPEN}
        and exists (select from {table.sql} as t where {table.has_key("t", "w.key")})
    """)
    await secrets.require_none(step)
    kept = set(await step.session.scalars(COLUMNS_THEN, {"n": step.group.first}))
    whole = ", ".join(f"{_cast('w.before', column)} as {column.sql}" for column in table.columns)
    candidates = f"select w.n as larder_n, w.key as larder_key, {whole} from larder_undo as w where {OPEN}"
    await obstacles.find(step, candidates)
    columns = [column for column in table.columns if column.name in kept]
    await in_halves(step, f"""
        insert into {table.sql} ({", ".join(column.sql for column in columns)}) overriding system value
        select {", ".join(_cast("w.before", column) for column in columns)} from larder_undo as w
        where {OPEN} and w.n between :first and :last order by w.n
    """)  # fmt: skip


async def take_away(step: Step) -> None:
    """Rows that were added: delete them, unless somebody changed them since or other rows refer to them."""
    table = step.table
    await _lock(step)
    # What was changed and changed back since, by an undo as a rule, is as the operation left it.
    await step.run(f"""
        update larder_undo as w set reason = 'changed'
        from (
          select w.n, w.key, later.before
          from larder_undo as w cross join lateral (select b.before {LATER} order by b.id limit 1) as later
          where {OPEN} offset 0
        ) as c join {table.sql} as t on {table.has_key("t", "c.key")}
        where w.n = c.n and not {table.image_of("t")} @> (c.before - '{TOUCHED}')
    """)
    for key in await catalog_rules.references_to(step.session, table.name):
        await step.run(_referenced(step, key), child=key.child)
    await in_halves(step, f"""
        delete from {table.sql} as t using larder_undo as w
        where {table.has_key("t", "w.key")} and {OPEN} and w.n between :first and :last
    """)  # fmt: skip


def _referenced(step: Step, key: ForeignKey) -> str:
    """Rows of others would go along, or be emptied, or block: such a row stays. Those taken away beside it do not."""
    table = step.table
    child, parent = ([catalog.quoted(name) for name in names] for names in (key.child_names, key.parent_names))
    refers = " and ".join(f"c.{one} = t.{other}" for one, other in zip(child, parent, strict=True))
    beside = f"and not exists (select from larder_undo as w where w.key = {table.key_of('c')} and {OPEN})"
    return f"""
        update larder_undo as w set reason = 'referenced', what = :child where {OPEN}
        and exists (select from {table.sql} as t join {key.child_sql} as c on {refers}
                    where {table.has_key("t", "w.key")} {beside if key.child == table.name else ""})
    """


async def _lock(step: Step) -> None:
    """Lock the rows, and mark those that are gone."""
    table = step.table
    order = ", ".join(f"t.{column.sql}" for column in table.key)
    locked = await step.value(f"""
        select count(*) from (
          select from {table.sql} as t join larder_undo as w on {table.has_key("t", "w.key")} where {OPEN}
          order by {order} for update of t) as locked
    """)
    if locked < step.group.rows:
        await step.run(f"""
            update larder_undo as w set reason = 'gone' where {OPEN}
            and not exists (select from {table.sql} as t where {table.has_key("t", "w.key")})
        """)


def _cast(source: str, column: CatalogColumn) -> str:
    return f"({source} ->> {column.literal})::{column.type}"

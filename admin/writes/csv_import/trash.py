"""Rows of the file whose key is in the trash: found there, brought back by the same update that changes them.

What went into the trash together with such a row comes back with it, as it does in a restore by hand. The moment of
its deletion says what that is; it is kept with the match, since the update takes it away.
"""

from __future__ import annotations

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import belongings
from admin.reads.belongings import Belonging
from admin.traits import Traits
from admin.writes.csv_import import outcome
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Plan

LATEST = """
left join (
  select distinct on ({key}) q.*, q.xmin as version from {table} q where {deleted} is not null
  order by {key}, {deleted} desc, {pk}
) d on {same} and {absent}
"""
"""The row of that key that was deleted last, for lines that found no live one."""

ALONG = """
update {child} as x set {mark} = null
from {match} m join {rows} r using (line) join {table} t on {found} {between}
where r.verdict = 'changed' and m.deleted is not null and {live} and x.{column} = {above} and x.{mark} = m.deleted
"""


def latest(plan: Plan, same: Composable) -> Composable:
    """The join that finds rows in the trash as d, beside live ones as t. `same`: d has the key of the line."""
    assert plan.key is not None  # noqa: S101 restoring needs a key, see `Plan.restores`
    return st.of(
        LATEST,
        key=st.joined(st.COMMA, [st.name("q", plan.db(column)) for column in plan.key.columns]),
        table=plan.table, deleted=_mark(plan, "q"), same=same,
        pk=st.joined(st.COMMA, [st.name("q", plan.db(column)) for column in plan.traits.key]),
        absent=st.of("{t} is null", t=st.name("t", plan.db(plan.traits.key[0]))),
    )  # fmt: skip


def comes_back(plan: Plan) -> Composable:
    """Whether a line brings a row back, in a statement over t."""
    return st.of("({d} is not null)", d=_mark(plan, "t"))


def orphaned(plan: Plan) -> list[tuple[Composable, str]]:
    """Conditions under which a row would come back to a parent that is in the trash itself, and what that is called."""
    found: list[tuple[Composable, str]] = []
    for owner, how in belongings.owners(plan.traits):
        condition = st.of(
            "({back} and exists (select from {owner} q where q.{key} = {fk} and q.{mark} is not null))",
            back=comes_back(plan), owner=st.table_name(owner.table), key=st.name(how.parent_column.name),
            fk=outcome.would_be(plan, how.column.name) or st.name("t", how.column.name),
            mark=st.name(owner.columns[owner.deleted_at or ""].sa.name),
        )  # fmt: skip
        found.append((condition, owner.table.name.replace("_", " ")))
    return found


async def restore_along(session: AsyncSession, plan: Plan) -> None:
    """Bring back what went into the trash in the same moment as the rows that were restored."""
    await _level(session, plan, plan.traits, "t", st.of(""))


async def _level(session: AsyncSession, plan: Plan, parent: Traits, alias: str, between: Composable) -> None:
    for number, one in enumerate(belongings.trashed_with(parent)):
        if one.child.model is parent.model:
            continue
        await st.run(session, _along(plan, one, alias, between))
        name = f"{alias}_{number}"
        joined = st.of(
            "{before} join {child} {name} on {fk} = {key}",
            before=between, child=st.table_name(one.child.table), name=st.name(name),
            fk=st.name(name, one.column.name), key=st.name(alias, one.parent_column.name),
        )  # fmt: skip
        await _level(session, plan, one.child, name, joined)


def _along(plan: Plan, one: Belonging, alias: str, between: Composable) -> Composable:
    return st.of(
        ALONG,
        child=st.table_name(one.child.table), mark=st.name(one.in_trash.name), match=plan.staging("match"),
        rows=plan.staging("row"), table=plan.table, found=outcome.found(plan, "r"), between=between,
        live=plan.live("t"), column=st.name(one.column.name), above=st.name(alias, one.parent_column.name),
    )  # fmt: skip


def _mark(plan: Plan, alias: str) -> Composable:
    return st.name(alias, plan.db(plan.traits.deleted_at or ""))

"""Parents that a file names: whether they are there and live, and which would be created."""

from __future__ import annotations

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.traits import traits_of
from admin.writes.csv_import import family, outcome
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Mapped, Plan, live

MISSING = """
insert into {errors}
select c.line, {cell}, {column}, left({v}::text, 200), f.reason, f.reason, true
{joined}
left join {parent} p on p.{by} = {v} and {live}
cross join lateral (select case when exists (select from {parent} q where q.{by} = {v}) then {trash} else {none} end)
  as f (reason)
where {v} is not null and p.{by} is null and not {kept}
  and c.line not in (select line from {need} where cell = {cell})
"""

BESIDE = """
insert into {need}
select c.line, {cell}, {column}, left({v}::text, 200), {rule}, 'line ' || g.line || ', its parent, is rejected', g.line
{joined}
left join {parent} p on p.{by} = {v} and {live}
join (select {given} as value, min(line) as line from {cells} c group by 1) g on g.value = {v}
where p.{by} is null and not {kept}
"""

CREATED = """
insert into {parent} ({via})
select distinct {v} {joined}
left join {parent} p on p.{via} = {v} and {live}
where {v} is not null and p.{via} is null and c.line not in (select line from {errors}) and not {beside}
order by 1
"""


async def check(session: AsyncSession, plan: Plan) -> None:
    """List lines whose parent is not there, one anti-join a column; parents in the trash count as not there, and those
    that another line of the file adds or brings back count as there if that line stands."""
    for mapped in plan.mapped:
        if mapped.column.references is None:
            continue
        given = family.given(plan, mapped)
        if given is not None:
            rule = st.lit("has a parent in this file that is rejected")
            await st.run(session, _named(plan, mapped, BESIDE, given=given.v, rule=rule))
        if not (mapped.parent and mapped.parent.create):
            await st.run(session, _named(plan, mapped, MISSING))


def _named(plan: Plan, mapped: Mapped, template: str, **more: Composable) -> Composable:
    references = mapped.column.references
    assert references is not None  # noqa: S101 the caller asks for foreign keys only
    traits = traits_of(references.model)
    by = mapped.parent.via if mapped.parent else traits.columns[references.column]
    noun = traits.table.name.replace("_", " ")
    # The row keeps the parent that it has, even when that one is in the trash.
    kept = st.of("(m.k1 is not null and coalesce({v} = {t}, false))", v=mapped.value, t=mapped.here)
    return st.of(
        template,
        errors=plan.staging("error"), need=plan.staging("need"), cells=plan.staging("cell"), cell=st.lit(mapped.cell),
        column=st.lit(mapped.column.name), v=mapped.v, joined=outcome.joined(plan), parent=st.table_name(traits.table),
        by=st.name(by.sa.name), live=live(traits, "p"), trash=st.lit(f"this {noun} is in the trash"),
        none=st.lit(f"there is no {noun} with this {by.name}"), kept=kept, **more,
    )  # fmt: skip


async def create(session: AsyncSession, plan: Plan) -> dict[str, int]:
    """Add the missing parents that the person chose to have created; returns how many of each column."""
    made = {}
    for mapped in plan.mapped:
        if mapped.parent and mapped.parent.create:
            result = await st.run(session, _statement(plan, mapped, CREATED))
            made[mapped.column.name] = result.rowcount
    return made


async def count_missing(session: AsyncSession, plan: Plan) -> dict[str, int]:
    """How many distinct parents are named that are not there, by column; whether or not they are to be created."""
    found = {}
    for mapped in plan.mapped:
        if mapped.parent:
            statement = _statement(plan, mapped, COUNTED)
            found[mapped.column.name] = await st.value(session, statement)
    return {column: number for column, number in found.items() if number}


COUNTED = """
select count(distinct {v}) {joined}
left join {parent} p on p.{via} = {v} and {live}
where {v} is not null and p.{via} is null and not {beside}
"""


def _statement(plan: Plan, mapped: Mapped, template: str) -> Composable:
    assert mapped.parent is not None  # noqa: S101 the callers ask for columns that name a parent
    return st.of(
        template,
        parent=mapped.parent.table, via=st.name(mapped.parent.via.sa.name), v=mapped.v,
        joined=outcome.joined(plan), live=mapped.parent.live("p"), errors=plan.staging("error"),
        beside=_beside(plan, mapped),
    )  # fmt: skip


def _beside(plan: Plan, mapped: Mapped) -> Composable:
    """Whether a parent that is not there stands on another line of the file."""
    given = family.given(plan, mapped)
    if given is None:
        return st.of("false")
    values = st.of("select {v} from {cells} c where {v} is not null", v=given.v, cells=plan.staging("cell"))
    return st.of("({v} in ({values}))", v=mapped.v, values=values)

"""Rules about a line as a whole: required columns, the row it must find, the table's own CHECK constraints.

The verdicts say in passing whether any is broken. Only then all are counted, in one scan, and those that some line
breaks are listed, in a scan each.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import outcome, trash
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.catalog import Check
from admin.writes.csv_import.plan import Mapped, Plan


@dataclass(frozen=True)
class RowRule:
    """A condition under which a line is rejected, and where in the line to look."""

    broken: Composable
    name: str
    mapped: Mapped | None
    column: str


LISTED = """
insert into {errors}
select c.line, {cell}, {column}, left(s.value, 200), {name}, {name}, true
{joined} cross join lateral (select {value}) as s (value)
where {broken}
"""


async def check(session: AsyncSession, plan: Plan) -> None:
    """List the lines that break a rule about the whole line. Asked when some do."""
    found = rules(plan)
    counts = [st.of("count(*) filter (where {b})", b=rule.broken) for rule in found]
    statement = st.of("select {c} {joined}", c=st.joined(st.COMMA, counts), joined=outcome.joined(plan))
    (broken,) = await st.rows(session, statement)
    for rule, count in zip(found, broken, strict=True):
        if count:
            await st.run(session, _listed(plan, rule))


def any_broken(plan: Plan) -> Composable:
    """Whether a line breaks any of the rules."""
    parts = [rule.broken for rule in rules(plan)]
    return st.of("coalesce({any}, false)", any=st.joined(st.OR, parts)) if parts else st.of("false")


def rules(plan: Plan) -> list[RowRule]:
    """Every rule that this file could break with these choices."""
    return [*_allowed(plan), *_required(plan), *_absent(plan), *_same_key(plan), *_checks(plan), *_finds(plan)]


def _listed(plan: Plan, rule: RowRule) -> Composable:
    return st.of(
        LISTED,
        errors=plan.staging("error"), cell=st.lit(rule.mapped.cell if rule.mapped else None),
        column=st.lit(rule.column), name=st.lit(rule.name), joined=outcome.joined(plan), broken=rule.broken,
        value=st.of("{v}::text", v=rule.mapped.v) if rule.mapped else st.of("null::text"),
    )  # fmt: skip


def _allowed(plan: Plan) -> list[RowRule]:
    """What the table's registration switches off, an import cannot do either."""
    first, found = plan.traits.key[0], []
    if "create" not in plan.resource.acts:
        found.append(RowRule(outcome.IS_NEW, "rows cannot be added to this table", None, first))
    if "edit" not in plan.resource.acts:
        changed = st.of("(m.k1 is not null and ({d}))", d=outcome.any_differs(plan))
        found.append(RowRule(changed, "rows of this table cannot be changed", None, first))
    return found


def _required(plan: Plan) -> list[RowRule]:
    """Empty cells where the column cannot be NULL; an update keeps what is there unless told to clear it."""
    found = []
    for mapped in plan.mapped:
        if not mapped.info.not_null:
            continue
        cases = [] if mapped.info.default or plan.options.mode == "update" else [outcome.IS_NEW]
        if plan.options.empty == "clear" and mapped in plan.written:
            cases.append(st.of("m.k1 is not null"))
        if cases:
            broken = st.of("({e} is null and ({cases}))", e=mapped.e, cases=st.joined(st.OR, cases))
            found.append(RowRule(broken, "is required, but empty", mapped, mapped.column.name))
    return found


def _absent(plan: Plan) -> list[RowRule]:
    """Columns that a new row needs and the file does not have."""
    given = {mapped.info.name for mapped in plan.mapped}
    if plan.options.mode == "update":
        return []
    return [
        RowRule(outcome.IS_NEW, "is required for a new row, but not in the file", None, info.name)
        for info in plan.info.columns.values()
        if info.not_null and not info.default and not info.computed and info.name not in given
    ]


def _same_key(plan: Plan) -> list[RowRule]:
    """A row found by another key keeps its primary key."""
    if plan.key is None:
        return []
    found = []
    for n, column in enumerate(plan.traits.key, 1):
        mapped = plan.of(column)
        if mapped is not None and column not in plan.key.columns:
            broken = st.of("(m.k1 is not null and {v} <> {k})", v=mapped.value, k=st.name("m", f"k{n}"))
            found.append(
                RowRule(broken, f"is not the {column} of the row with this {plan.key.columns[0]}", mapped, column)
            )
    return found


def _finds(plan: Plan) -> list[RowRule]:
    """Updates need a row, and a row in the trash is not silently doubled."""
    if plan.key is None:
        return []
    mapped = plan.of(plan.key.columns[0])
    assert mapped is not None  # noqa: S101 only keys whose columns are mapped can be chosen
    empty = st.joined(st.OR, [st.of("{v} is null", v=m.v) for m in map(plan.of, plan.key.columns) if m])
    in_trash = _in_trash(plan)
    found = []
    if (
        in_trash is not None
        and not plan.restores
        and (plan.options.mode == "update" or plan.options.trash == "reject" or not plan.key.live_only)
    ):
        found.append(
            RowRule(
                st.of("(m.k1 is null and {t})", t=in_trash),
                "is in the trash; restore that row first",
                mapped,
                mapped.column.name,
            )
        )
    if plan.restores:
        for condition, noun in trash.orphaned(plan):
            found.append(
                RowRule(condition, f"belongs to a row of {noun} that is in the trash", mapped, mapped.column.name)
            )
    if plan.options.mode == "update":
        absent = st.of("(m.k1 is null and not ({empty}) and not {t})", empty=empty, t=in_trash or st.of("false"))
        found.append(RowRule(absent, f"no row has this {mapped.column.name}", mapped, mapped.column.name))
        found.append(
            RowRule(st.of("({empty})", empty=empty), "is empty, so no row can be found", mapped, mapped.column.name)
        )
    return found


def _in_trash(plan: Plan) -> Composable | None:
    if plan.key is None or plan.traits.deleted_at is None:
        return None
    same = [st.of("q.{c} = {v}", c=st.name(m.info.name), v=m.value) for m in map(plan.of, plan.key.columns) if m]
    deleted = st.name("q", plan.db(plan.traits.deleted_at))
    return st.of(
        "exists (select from {table} q where {same} and {deleted} is not null)",
        table=plan.table, same=st.joined(st.AND, same), deleted=deleted,
    )  # fmt: skip


def _checks(plan: Plan) -> list[RowRule]:
    """The table's own CHECK constraints, evaluated on the row as it would be."""
    found = []
    for constraint in plan.info.checks:
        mapped = plan.first_of(constraint.columns)
        broken = _broken(plan, constraint) if mapped else None
        if mapped and broken:
            sentence = constraint.comment or f"breaks the rule {constraint.expression}"
            found.append(RowRule(broken, sentence, mapped, mapped.column.name))
    return found


def _broken(plan: Plan, constraint: Check) -> Composable | None:
    """NOT (expression) over the row as it would be; None where one of its columns is unknown."""
    row = outcome.row(plan, constraint.columns)
    return row and st.of("(select not ({expression}) from {row})", expression=st.raw(constraint.expression), row=row)

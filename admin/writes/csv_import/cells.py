"""Every staged cell as a value of its column, or the number of the rule it breaks: one scan, whatever the rules.

What is found here depends on the file and the choices alone, never on the rows of the table: it stays true between
review and run.
"""

from __future__ import annotations

from collections.abc import Iterator

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.csv_export import ESCAPED_KINDS
from admin.writes.csv_import import rules, shapes
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Mapped, Plan
from admin.writes.csv_import.rules import Rule
from admin.writes.csv_import.shapes import Shape

ERRORS = """
create table {errors} (line int not null, cell int, column_name text, value text, rule text not null,
                       reason text not null, live boolean not null)
"""

BROKEN_ROWS = """
insert into {errors}
select line, problem_cell, null, left(case
    when problem_cell is not null then (array[{texts}])[problem_cell]
    when rest <> '' then rest
    else rtrim(array_to_string(array[{texts}], ' · ', ''), ' ·')
  end, 200), split_part(problem, ';', 1), problem, false
from {staged} where problem is not null
"""
"""What is shown of them: the cell that is wrong, what is left over, or else all that is there."""


async def build(session: AsyncSession, plan: Plan) -> list[str]:
    """Make the tables of values and of errors anew; returns warnings."""
    for part in ("cell", "error"):
        await st.run(session, st.of("drop table if exists {t}", t=plan.staging(part)))
    await st.run(session, st.of(ERRORS, errors=plan.staging("error")))
    texts = st.joined(st.COMMA, [st.name(f"c{number}") for number in range(1, len(plan.headers) + 1)])
    await st.run(session, st.of(BROKEN_ROWS, errors=plan.staging("error"), staged=plan.staging(), texts=texts))
    shapes = {mapped.cell: _shape(plan, mapped) for mapped in plan.mapped}
    await _values(session, plan, shapes)
    await _errors(session, plan, shapes)
    return await _warnings(session, plan, shapes)


def _shape(plan: Plan, mapped: Mapped) -> Shape:
    column, info = mapped.read_as
    return shapes.shape(column, info, mapped.source, plan.options)


async def _values(session: AsyncSession, plan: Plan, shapes: dict[int, Shape]) -> None:
    # OFFSET 0 keeps the planner from computing each rule twice, once for its number and once to guard the value.
    statement = """
    create table {cells} as
    select s.line {values}
    from (select s.* {broken} from {staged} s where s.problem is null offset 0) s
    """
    values = [
        st.of(
            ", case when {e} = 0 then {v} end as {name}, {e}",
            e=st.name("s", f"e{n}"),
            v=shape.value,
            name=st.name(f"v{n}"),
        )
        for n, shape in shapes.items()
    ]
    broken = [
        st.of(", {number} as {name}", number=_number(plan, n, shape), name=st.name(f"e{n}"))
        for n, shape in shapes.items()
    ]
    await st.run(
        session,
        st.of(statement, cells=plan.staging("cell"), staged=plan.staging(),
              values=st.joined(" ", values), broken=st.joined(" ", broken)),
    )  # fmt: skip
    await st.analyze(session, plan.staging("cell"))


def _number(plan: Plan, cell: int, shape: Shape) -> Composable:
    """0 for a value, the number of the first broken rule, or NULL for an empty cell."""
    mapped = next(mapped for mapped in plan.mapped if mapped.cell == cell)
    whens = [st.of("when {c} is null then null", c=mapped.source)]
    if shape.plain is not None:
        whens.append(st.of("when {plain} then 0", plain=shape.plain))
    if mapped.read_as[0].kind != "text":
        whens.append(st.of("when {text} = '' then null", text=shape.text))
    whens += [
        st.of("when {broken} then {n}", broken=rule.broken, n=st.lit(number))
        for number, rule in enumerate(shape.rules, 1)
    ]
    return st.of("(case {whens} else 0 end)::smallint", whens=st.joined(" ", whens))


async def _errors(session: AsyncSession, plan: Plan, shapes: dict[int, Shape]) -> None:
    """List the broken cells; the table is scanned again only for columns that have some."""
    counts = [st.of("count(*) filter (where {e} > 0)", e=mapped.e) for mapped in plan.mapped]
    if not counts:
        return
    statement = st.of("select {counts} from {t} c", counts=st.joined(st.COMMA, counts), t=plan.staging("cell"))
    (found,) = await st.rows(session, statement)
    for mapped, count in zip(plan.mapped, found, strict=True):
        if count:
            await st.run(session, _listed(plan, mapped, shapes[mapped.cell]))


def _listed(plan: Plan, mapped: Mapped, shape: Shape) -> Composable:
    statement = """
    insert into {errors}
    select c.line, {cell}, {column}, left({value}, 200), case {e} {names} end, case {e} {reasons} end, false
    from {cells} c join {staged} s using (line) where {e} > 0
    """
    names, reasons = [], []
    for number, rule in enumerate(shape.rules, 1):
        names.append(st.of("when {n} then {name}", n=st.lit(number), name=st.lit(rule.name)))
        reasons.append(st.of("when {n} then {reason}", n=st.lit(number), reason=_reason(rule)))
    return st.of(
        statement,
        errors=plan.staging("error"), cells=plan.staging("cell"), staged=plan.staging(),
        cell=st.lit(mapped.cell), column=st.lit(mapped.column.name), value=mapped.source,
        e=mapped.e, names=st.joined(" ", names), reasons=st.joined(" ", reasons),
    )  # fmt: skip


def _reason(rule: Rule) -> Composable:
    return rule.reason or st.lit(rule.name)


async def _warnings(session: AsyncSession, plan: Plan, shapes: dict[int, Shape]) -> list[str]:
    """What is stored as it is, but should be seen first: one scan for all."""
    found = [warning for mapped in plan.mapped for warning in _about(plan, mapped, shapes[mapped.cell])]
    if not found:
        return []
    counts = [st.of("count(*) filter (where {w})", w=condition) for condition, _ in found]
    statement = st.of("select {c} from {t} s where problem is null", c=st.joined(st.COMMA, counts), t=plan.staging())
    (row,) = await st.rows(session, statement)
    return [f"{count:,} {sentence}." for count, (_, sentence) in zip(row, found, strict=True) if count]


def _about(plan: Plan, mapped: Mapped, shape: Shape) -> Iterator[tuple[Composable, str]]:
    column, info = mapped.read_as
    name, cell = mapped.column.name, mapped.source
    if info.type_name == "timestamptz":
        yield rules.without_zone(shape.text), f"times in {name} have no zone and are read as UTC"
    if plan.options.unescape and column.kind in ESCAPED_KINDS:
        yield shapes.is_escaped(cell), f"cells in {name} begin with an apostrophe that keeps spreadsheets safe; it goes"
    if column.kind == "text" and (mapped.parent or (plan.key and name in plan.key.columns)):
        yield st.of("{c} <> btrim({c})", c=cell), f"cells in {name} have blanks around them, which count"

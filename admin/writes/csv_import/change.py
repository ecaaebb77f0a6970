"""The change itself: insert what is new in key order, update what differs, and nothing else.

Plain inserts after an anti-join, not ON CONFLICT: the check has matched already, and ON CONFLICT nearly doubles the
time. Should the table refuse a row for a reason that no check can foresee (a trigger, an exclusion constraint), the
rows are halved in savepoints until the refused ones stand alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes import constraints
from admin.writes.csv_import import outcome, running, trash
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Mapped, Plan

LOCK = """
select from {table} t join {rows} r on {found} where r.verdict = 'changed' order by {key} for update of t
"""

INSERT = """
insert into {table} ({columns})
select {values} from {cells} c left join {match} m using (line) join {rows} r using (line)
where r.verdict = 'new' and c.line between {first} and {last}
order by {order}
"""

UPDATE = """
update {table} as t set {assignments}
from {cells} c join {match} m using (line) join {rows} r using (line)
where r.verdict = 'changed' and c.line between {first} and {last} and {found} and t.xmin::text = r.seen
"""

ADVANCE = """
select setval(s.name, s.highest)
from (select pg_get_serial_sequence({table}, {column}) as name,
             (select max({v}) from {cells} c where line not in (select line from {errors})) as highest) s
where s.name is not null and s.highest > coalesce(pg_sequence_last_value(s.name::regclass), 0)
"""

REFUSED = "insert into {errors} select {line}, null, null, null, {name}, {reason}, true"

REFUSED_RULE = "is refused by the table"
MOST_REFUSED = 100
"""Refused rows after which looking for more is given up: each costs a few statements."""
ROW_ERRORS = ("22", "23", "44", "P0")
"""SQLSTATE classes that are about a row: data, integrity, view checks, exceptions raised by triggers."""


@dataclass(frozen=True)
class Lines:
    """A range of physical lines, both ends included."""

    first: int
    last: int

    def halves(self) -> tuple[Lines, Lines]:
        middle = (self.first + self.last) // 2
        return Lines(self.first, middle), Lines(middle + 1, self.last)


ALL = Lines(0, 2**31 - 1)


async def lock(session: AsyncSession, plan: Plan) -> None:
    """Lock the rows that are to change, in key order, so that two that lock many rows cannot wait for each other."""
    key = st.joined(st.COMMA, [st.name("t", plan.db(column)) for column in plan.traits.key])
    # What is deferred would otherwise be refused at the very end, when nobody can say any more which row it was.
    await st.run(session, st.of("set constraints all immediate"))
    await st.run(
        session, st.of(LOCK, table=plan.table, rows=plan.staging("row"), found=outcome.found(plan, "r"), key=key)
    )


async def make(session: AsyncSession, plan: Plan) -> tuple[int, int]:
    """Insert and update; returns how many rows the database says were added and changed."""
    added = (await st.run(session, _insert(plan, ALL))).rowcount
    changed = (await st.run(session, _update(plan, ALL))).rowcount if plan.written or plan.restores else 0
    await _settle(session, plan)
    return added, changed


async def make_around(session: AsyncSession, plan: Plan) -> tuple[int, int]:
    """The same, leaving out rows that the table itself refuses; those are listed with the rejected ones."""
    bounds = st.of("select coalesce(min(line), 0), coalesce(max(line), 0) from {t}", t=plan.staging("row"))
    ((first, last),) = await st.rows(session, bounds)
    lines = Lines(first, last)
    added = await _halving(session, plan, _insert, lines)
    changed = await _halving(session, plan, _update, lines) if plan.written or plan.restores else 0
    await _settle(session, plan)
    return added, changed


async def _halving(
    session: AsyncSession, plan: Plan, statement: Callable[[Plan, Lines], Composable], lines: Lines
) -> int:
    done, refused, waiting = 0, 0, [lines]
    while waiting:
        part = waiting.pop()
        try:
            async with session.begin_nested():
                done += (await st.run(session, statement(plan, part))).rowcount
        except DBAPIError as error:
            if not is_about_a_row(error) or refused == MOST_REFUSED:
                raise
            if part.first < part.last:
                waiting += reversed(part.halves())
            else:
                refused += 1
                await list_refused(session, plan, part.first, str(constraints.explain(error, plan.resource)))
    return done


def is_about_a_row(error: DBAPIError) -> bool:
    """Whether an error says that some row cannot be stored, rather than that the database is in trouble."""
    return str(getattr(error.orig, "sqlstate", "") or "").startswith(ROW_ERRORS)


async def list_refused(session: AsyncSession, plan: Plan, line: int, reason: str) -> None:
    """List a line that the table itself does not take."""
    await st.run(
        session,
        st.of(
            REFUSED, errors=plan.staging("error"), line=st.lit(line), name=st.lit(REFUSED_RULE), reason=st.lit(reason)
        ),
    )


def _insert(plan: Plan, lines: Lines) -> Composable:
    return st.of(
        INSERT,
        table=plan.table, columns=st.joined(st.COMMA, [st.name(m.info.name) for m in plan.mapped]),
        values=st.joined(st.COMMA, _counting(plan, [outcome.new(m) for m in plan.mapped])),
        cells=plan.staging("cell"), match=plan.staging("match"), rows=plan.staging("row"),
        first=st.lit(lines.first), last=st.lit(lines.last), order=_order(plan),
    )  # fmt: skip


def _order(plan: Plan) -> Composable:
    """The order of the key by which rows are found, else of the first unique key the file gives, else of the file."""
    for key in [plan.key] if plan.key else plan.traits.unique_keys:
        mapped = [m for m in map(plan.of, key.columns) if m]
        if len(mapped) == len(key.columns):
            return st.joined(st.COMMA, [*[m.value for m in mapped], st.of("c.line")])
    return st.of("c.line")


def _update(plan: Plan, lines: Lines) -> Composable:
    values = _counting(plan, [outcome.updated(plan, m) for m in plan.written])
    assignments = [st.of("{c} = {v}", c=st.name(m.info.name), v=v) for m, v in zip(plan.written, values, strict=True)]
    if plan.restores:
        assignments.append(st.of("{c} = null", c=st.name(plan.db(plan.traits.deleted_at or ""))))
    return st.of(
        UPDATE,
        table=plan.table, assignments=st.joined(st.COMMA, assignments),
        cells=plan.staging("cell"), match=plan.staging("match"), rows=plan.staging("row"),
        first=st.lit(lines.first), last=st.lit(lines.last), found=outcome.found(plan, "r"),
    )  # fmt: skip


def _counting(plan: Plan, values: list[Composable]) -> list[Composable]:
    """The first value of a row counts it, for whoever watches."""
    return [running.counted(plan.import_id, value) if n == 0 else value for n, value in enumerate(values)]


async def _settle(session: AsyncSession, plan: Plan) -> None:
    """What follows from the change: restored rows bring along what went with them, sequences go on behind the file."""
    if plan.restores:
        await trash.restore_along(session, plan)
    for mapped in plan.mapped:
        if mapped.column.kind == "integer" and mapped.info.default and not mapped.info.steady_default:
            await st.run(session, _advanced(plan, mapped))


def _advanced(plan: Plan, mapped: Mapped) -> Composable:
    return st.of(
        ADVANCE,
        table=st.lit(plan.table.as_string(None)), column=st.lit(mapped.info.name), v=mapped.v,
        cells=plan.staging("cell"), errors=plan.staging("error"),
    )  # fmt: skip

"""The good rows of a check, a page at a time: what is new, and what changes from what to what."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import outcome, trash
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Mapped, Plan

PAGE = 50
SHOWN = 200
"""Characters of a value that a page shows."""


@dataclass(frozen=True)
class Change:
    """A cell that an update changes."""

    column: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Line:
    """A row of the file: its line, the key of the row it is about, the values it gives, and what they change."""

    line: int
    key: tuple[str, ...]
    values: tuple[str | None, ...]
    changes: tuple[Change, ...] = ()


async def lines(session: AsyncSession, plan: Plan, verdict: str, after: int) -> list[Line]:
    """Lines with this verdict behind line `after`: one more than a page when there are more."""
    keys = [st.of("{k}::text", k=st.name("r", f"k{n}")) for n in range(1, len(plan.traits.key) + 1)]
    given = [_cut(mapped.v) for mapped in plan.mapped]
    changes = _all_changes(plan) if verdict == "changed" else []
    statement = st.of(
        """select c.line, {values} {joined} join (
          select * from {rows} where verdict = {verdict} and line > {after} order by line limit {limit}
        ) r using (line) order by c.line""",
        values=st.joined(st.COMMA, [*keys, *given, *changes]), joined=outcome.joined(plan), rows=plan.staging("row"),
        verdict=st.lit(verdict), after=st.lit(after), limit=st.lit(PAGE + 1),
    )  # fmt: skip
    found = await st.rows(session, statement)
    first, last = 1 + len(keys), 1 + len(keys) + len(given)
    return [Line(row[0], row[1:first], row[first:last], _changes(plan, row[last:])) for row in found]


def _cut(value: Composable) -> Composable:
    return st.of("left({v}::text, {n})", v=value, n=st.lit(SHOWN))


def _all_changes(plan: Plan) -> list[Composable]:
    """Of each column that an update writes: whether it changes, what it was and will be. See `_named`."""
    changes = [part for mapped in plan.written for part in _change(plan, mapped)]
    if plan.restores:
        changes += [trash.comes_back(plan), st.of("'in the trash'"), st.of("'restored'")]
    return changes


def _named(plan: Plan) -> list[str]:
    written = [mapped.column.name for mapped in plan.written]
    return [*written, plan.traits.deleted_at or ""] if plan.restores else written


def _change(plan: Plan, mapped: Mapped) -> tuple[Composable, Composable, Composable]:
    """Whether the column changes, its old value and its new one; a parent by the name the file uses."""
    if mapped.parent is None:
        return outcome.differs(plan, mapped), _cut(mapped.here), _cut(outcome.updated(plan, mapped))
    old = st.of(
        "(select {via}::text from {table} q where {ref} = {here})",
        via=st.name("q", mapped.parent.via.sa.name), table=mapped.parent.table,
        ref=st.name("q", mapped.parent.referenced.sa.name), here=mapped.here,
    )  # fmt: skip
    return outcome.differs(plan, mapped), _cut(old), _cut(mapped.v)


def _changes(plan: Plan, found: tuple[object, ...]) -> tuple[Change, ...]:
    if not found:
        return ()
    triples = zip(_named(plan), found[0::3], found[1::3], found[2::3], strict=True)
    return tuple(
        Change(name, None if old is None else str(old), None if new is None else str(new))
        for name, differs, old, new in triples
        if differs
    )

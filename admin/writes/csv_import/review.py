"""The good rows of a check, a page at a time: what is new, and what changes from what to what."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import outcome, trash
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.catalog import ColumnInfo
from admin.writes.csv_import.plan import Mapped, Plan

MOMENTS = ("timestamptz", "timestamp", "date", "time", "timetz")
SHOWN = 200
"""Characters of a value that a page shows."""


@dataclass(frozen=True)
class Change:
    """A cell that an update changes."""

    column: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Cell:
    """What a row will hold; `mark` says why it is not simply what the file says: `default`, or `created` for a parent
    that is added along with it."""

    text: str | None
    mark: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the file: its line, the key and name of the row it is about, what it gives, and what that changes."""

    line: int
    key: tuple[str, ...]
    name: str
    values: tuple[Cell, ...]
    changes: tuple[Change, ...] = ()


async def lines(session: AsyncSession, plan: Plan, numbers: list[int], *, changed: bool) -> list[Line]:
    """What stands on these lines, and, where rows change, what from and to."""
    keys = [st.of("{k}::text", k=st.name("m", f"k{n}")) for n in range(1, len(plan.traits.key) + 1)]
    name = st.of("left({label}::text, 80)", label=st.name("t", plan.db(plan.traits.label)))
    given = [part for mapped in plan.mapped for part in _given(mapped)]
    changes = _all_changes(plan) if changed else []
    statement = st.of(
        "select c.line, {values} {joined} where c.line = any ({lines}) order by c.line",
        values=st.joined(st.COMMA, [*keys, name, *given, *changes]), joined=_joined(plan, numbers),
        lines=st.lit(numbers),
    )  # fmt: skip
    first, last = 2 + len(keys), 2 + len(keys) + len(given)
    return [
        Line(
            row[0], row[1 : first - 1], row[first - 1] or "",
            tuple(map(Cell, row[first:last:2], row[first + 1 : last : 2])), _changes(plan, row[last:]),
        )
        for row in await st.rows(session, statement)
    ]  # fmt: skip


def _joined(plan: Plan, numbers: list[int]) -> Composable:
    """The FROM of `outcome`, with the few matches picked out first: their table is as large as the file."""
    match = st.of("(select * from {m} where line = any ({n}))", m=plan.staging("match"), n=st.lit(numbers))
    return st.of(
        outcome.JOINED, cell=plan.staging("cell"), match=match, table=plan.table, found=outcome.found(plan, "m")
    )


def _given(mapped: Mapped) -> tuple[Composable, Composable]:
    """A cell as it will be stored in a row that is added, and why it is so. A default that is another one each time is
    not asked for before it is needed."""
    plain, default = _cut(mapped.v), mapped.info.default and mapped.info.not_null
    if mapped.parent is not None:
        created = st.of("case when m.k1 is null and {v} is not null and {r} is null then 'created' else '' end",
                        v=mapped.v, r=mapped.value)  # fmt: skip
        return plain, created if mapped.parent.create else st.of("''")
    if not default:
        return plain, st.of("''")
    steady = _known(mapped.info)
    is_default = st.of("m.k1 is null and {v} is null", v=mapped.v)
    text = st.of("case when {d} then ({s})::text else {p} end", d=is_default, s=steady, p=plain)
    return text, st.of("case when {d} then 'default' else '' end", d=is_default)


def _known(info: ColumnInfo) -> Composable:
    """A default that will still be the same when the import runs; NULL for those of the moment and of a sequence."""
    return st.raw(info.steady_default) if info.steady_default and info.type_name not in MOMENTS else st.of("null")


async def beside(session: AsyncSession, plan: Plan) -> list[tuple[str, str | None]]:
    """Columns that the file lacks and a new row gets a default in: its text, or None where only the insert can tell."""
    given = {mapped.info.name for mapped in plan.mapped}
    columns = [
        (name, info)
        for name in plan.traits.columns
        if (info := plan.info_of(name)).default and not info.computed and info.name not in given
    ]
    steady = [st.of("({d})::text", d=_known(info)) for _, info in columns]
    if not columns:
        return []
    (texts,) = await st.rows(session, st.of("select {texts}", texts=st.joined(st.COMMA, steady)))
    return [(name, text) for (name, _), text in zip(columns, texts, strict=True)]


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

"""What a row would hold after the import, column by column, as SQL.

One place says it, and checks, verdicts, diffs and the change itself all use it: what is judged is what is written.
Statements that use these expressions read `_cell` as c, `_match` as m, and the table left-joined by its key as t.
"""

from __future__ import annotations

from collections.abc import Iterable

from psycopg.sql import Composable

from admin.writes.csv_import import statements as st
from admin.writes.csv_import.plan import Mapped, Plan

JOINED = "from {cell} c left join {match} m using (line) left join {table} t on {found}"


def joined(plan: Plan, match: str = "match") -> Composable:
    """The FROM that all these expressions need."""
    return st.of(JOINED, cell=plan.staging("cell"), match=plan.staging(match), table=plan.table, found=found(plan, "m"))


def found(plan: Plan, alias: str) -> Composable:
    """The condition that t is the row that was found for a line."""
    return st.joined(
        st.AND,
        [
            st.of("{k} = {t}", k=st.name(alias, f"k{n}"), t=st.name("t", plan.db(column)))
            for n, column in enumerate(plan.traits.key, 1)
        ],
    )


IS_NEW = st.of("m.k1 is null")


def new(mapped: Mapped) -> Composable:
    """The value of a row that is added: an empty cell is NULL, or the default where the column cannot be NULL."""
    if mapped.info.not_null and mapped.info.default:
        return st.of("coalesce({v}, {d})", v=mapped.value, d=st.raw(mapped.info.default))
    return mapped.value


def updated(plan: Plan, mapped: Mapped) -> Composable:
    """The value of a row that is updated."""
    if plan.options.empty == "keep":
        return st.of("coalesce({v}, {t})", v=mapped.value, t=mapped.here)
    return mapped.value


def differs(plan: Plan, mapped: Mapped) -> Composable:
    """Whether an update would change this column. A parent that is yet to be created is always another one."""
    condition = st.of(
        "{u} is distinct from {t}", u=_comparable(mapped, updated(plan, mapped)), t=_comparable(mapped, mapped.here)
    )
    if mapped.parent is not None and (mapped.parent.create or mapped.parent.traits.model is plan.traits.model):
        return st.of("({c} or ({v} is not null and {r} is null))", c=condition, v=mapped.v, r=mapped.value)
    return condition


def _comparable(mapped: Mapped, value: Composable) -> Composable:
    """Text byte by byte, since a collation may call different texts equal; types without equality by their text."""
    if mapped.column.kind == "text":
        return st.of('({v})::text collate "C"', v=value)
    if mapped.column.kind in ("json", "other") and mapped.info.type_name != "jsonb":
        return st.of("({v})::text", v=value)
    return value


def any_differs(plan: Plan) -> Composable:
    """Whether an update would change anything."""
    parts: list[Composable] = [differs(plan, mapped) for mapped in plan.written]
    if plan.restores:
        parts.append(st.of("{d} is not null", d=st.name("t", plan.db(plan.traits.deleted_at or ""))))
    return st.joined(st.OR, parts) if parts else st.of("false")


def row(plan: Plan, columns: Iterable[str]) -> Composable | None:
    """A row of the table as it would be, by the names of the database: these columns, and those that generated ones
    among them are computed from. For a FROM; None where only the insert itself can tell."""
    infos = {name: plan.info.columns[name] for name in columns}
    generated = {name: info.generated for name, info in infos.items() if info.generated}
    plain = dict.fromkeys([n for n in infos if n not in generated] + [n for g in generated for n in infos[g].uses])
    values = [(name, would_be(plan, name)) for name in plain]
    typed = [
        st.of("({v})::{type} as {c}", v=value, type=st.raw(plan.info.columns[name].type), c=st.name(name))
        for name, value in values
        if value is not None
    ]
    if len(typed) < len(values):
        return None
    table = st.name(plan.traits.table.name)
    found = st.of("(select {values}) as {table}", values=st.joined(st.COMMA, typed), table=table)
    if not generated:
        return found
    computed = [st.of("{e} as {c}", e=st.raw(e), c=st.name(name)) for name, e in generated.items()]
    return st.of(
        "(select {table}.*, {computed} from {row}) as {table}",
        table=table, computed=st.joined(st.COMMA, computed), row=found,
    )  # fmt: skip


def would_be(plan: Plan, column: str) -> Composable | None:
    """The value a column would have, added or updated, by its name in the database; None where only the insert itself
    can tell."""
    mapped = next((one for one in plan.mapped if one.info.name == column), None)
    info = plan.info.columns[column]
    here = st.name("t", info.name)
    if mapped is not None:
        if mapped.info.not_null and mapped.info.default and not mapped.info.steady_default:
            return st.of("case when m.k1 is null then {v} else {u} end", v=mapped.value, u=_kept(plan, mapped))
        return st.of("case when m.k1 is null then {n} else {u} end", n=new(mapped), u=_kept(plan, mapped))
    if plan.restores and column == plan.db(plan.traits.deleted_at or ""):
        return st.of("null::{type}", type=st.raw(info.type))
    if info.computed or (info.default and not info.steady_default):
        return None
    default = st.raw(info.steady_default or f"null::{info.type}")
    return st.of("case when m.k1 is null then {d} else {t} end", d=default, t=here)


def _kept(plan: Plan, mapped: Mapped) -> Composable:
    return updated(plan, mapped) if mapped in plan.written else mapped.here

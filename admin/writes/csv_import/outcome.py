"""What a row would hold after the import, column by column, as SQL.

One place says it, and checks, verdicts, diffs and the change itself all use it: what is judged is what is written.
Statements that use these expressions read `_cell` as c, `_match` as m, and the table left-joined by its key as t.
"""

from __future__ import annotations

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
    if mapped.parent is not None and mapped.parent.create:
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


def would_be(plan: Plan, column: str) -> Composable | None:
    """The value a column would have, added or updated; None where only the insert itself can tell."""
    mapped = plan.of(column)
    info = plan.info_of(column)
    here = st.name("t", info.name)
    if mapped is not None:
        if mapped.info.not_null and mapped.info.default and not mapped.info.steady_default:
            return st.of("case when m.k1 is null then {v} else {u} end", v=mapped.value, u=_kept(plan, mapped))
        return st.of("case when m.k1 is null then {n} else {u} end", n=new(mapped), u=_kept(plan, mapped))
    if info.computed or (info.default and not info.steady_default):
        return None
    default = st.raw(info.steady_default or f"null::{info.type}")
    return st.of("case when m.k1 is null then {d} else {t} end", d=default, t=here)


def _kept(plan: Plan, mapped: Mapped) -> Composable:
    return updated(plan, mapped) if mapped in plan.written else mapped.here

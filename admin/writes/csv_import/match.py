"""Which row each line is about, and which parent each name means: one join each, whatever the number of lines."""

from __future__ import annotations

from psycopg.sql import Composable, Composed
from sqlalchemy.ext.asyncio import AsyncSession

from admin.traits import UniqueKey
from admin.writes.csv_import import statements as st
from admin.writes.csv_import import trash
from admin.writes.csv_import.plan import Mapped, Parent, Plan


async def build(session: AsyncSession, plan: Plan, part: str = "match") -> None:
    """Make the table of matches anew: line, key of the row (k1 …), its version when seen, keys of parents (r…)."""
    statement = """
    create table {match} as
    select c.line, {keys}, {seen} {parents}
    from {cell} c {joins} where {found}
    """
    key = plan.key
    alias = "t" if key else None
    joins = [_parent_join(mapped) for mapped in plan.mapped if mapped.parent]
    if key:
        joins.append(
            st.of("left join {t} t on {on} and {live}", t=plan.table, on=same_key(plan, key, "t"), live=plan.live("t"))
        )
        if plan.restores:
            joins.append(trash.latest(plan, same_key(plan, key, "d")))
    parents = [st.of(", {r} as {name}", r=_resolved(mapped, alias), name=st.name(f"r{mapped.cell}"))
               for mapped in plan.mapped if mapped.parent]  # fmt: skip
    await st.run(session, st.of("drop table if exists {t}", t=plan.staging(part)))
    await st.run(
        session,
        st.of(statement, match=plan.staging(part), keys=_keys(plan, alias), cell=plan.staging("cell"),
              seen=_seen(plan),
              parents=st.joined(" ", parents), joins=st.joined(" ", joins), found=_found(plan, parents)),
    )  # fmt: skip
    await st.analyze(session, plan.staging(part))


def _seen(plan: Plan) -> Composable:
    """The version of the row that was found; and when it went into the trash, where such rows come back."""
    if plan.restores:
        deleted = st.name("d", plan.db(plan.traits.deleted_at or ""))
        return st.of("coalesce(t.xmin, d.version)::text as seen, {d} as deleted", d=deleted)
    return st.of("t.xmin::text as seen" if plan.key else "null::text as seen")


def _found(plan: Plan, parents: list[Composed]) -> Composable:
    """Lines that found nothing need no match: most of them, when a file is new."""
    if parents:
        return st.of("true")
    return st.of("{k} is not null", k=_key(plan, plan.traits.key[0])) if plan.key else st.of("false")


def same_key(plan: Plan, key: UniqueKey, alias: str) -> Composable:
    """The condition that the row `alias` has the key that a line gives, over c and the joined parents."""
    parts = []
    for column in key.columns:
        mapped = plan.of(column)
        assert mapped is not None  # noqa: S101 only keys whose columns are mapped can be chosen
        parts.append(st.of("{t} = {v}", t=st.name(alias, plan.db(column)), v=_joined_value(mapped)))
    return st.joined(st.AND, parts)


def _keys(plan: Plan, alias: str | None) -> Composable:
    keys = []
    for n, column in enumerate(plan.traits.key, 1):
        info = plan.info_of(column)
        value = _key(plan, column) if alias else st.of("null::{type}", type=st.raw(info.type))
        keys.append(st.of("{v} as {k}", v=value, k=st.name(f"k{n}")))
    return st.joined(st.COMMA, keys)


def _key(plan: Plan, column: str) -> Composable:
    """A part of the primary key of the row that was found."""
    live = st.name("t", plan.db(column))
    return st.of("coalesce({t}, {d})", t=live, d=st.name("d", plan.db(column))) if plan.restores else live


def _alias(mapped: Mapped) -> str:
    return f"p{mapped.cell}"


def _joined_value(mapped: Mapped) -> Composable:
    if mapped.parent is None:
        return mapped.v
    return st.name(_alias(mapped), mapped.parent.referenced.sa.name)


def _parent_join(mapped: Mapped) -> Composable:
    parent, alias = _parent(mapped), _alias(mapped)
    return st.of(
        "left join {table} {p} on {via} = {v} and {live}",
        table=parent.table, p=st.name(alias), via=st.name(alias, parent.via.sa.name), v=mapped.v,
        live=parent.live(alias),
    )  # fmt: skip


def _resolved(mapped: Mapped, alias: str | None) -> Composable:
    """The parent's key. A parent in the trash counts for the row that belongs to it already: that is no change."""
    parent, live = _parent(mapped), _joined_value(mapped)
    if parent.traits.deleted_at is None or alias is None:
        return live
    return st.of(
        "coalesce({live}, (select q.{ref} from {table} q where q.{via} = {v} and q.{ref} = {here}))",
        live=live, ref=st.name(parent.referenced.sa.name), table=parent.table, via=st.name(parent.via.sa.name),
        v=mapped.v, here=mapped.here,
    )  # fmt: skip


def _parent(mapped: Mapped) -> Parent:
    assert mapped.parent is not None  # noqa: S101 callers ask for columns that name a parent
    return mapped.parent

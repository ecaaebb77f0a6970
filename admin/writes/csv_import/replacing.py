"""Find and replace down a column of the file: how many cells it would change, and then exactly those."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.database import bounded
from admin.errors import BadRequest
from admin.resource import Resource
from admin.writes.csv_import import corrections, originals, receive
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.stage import cell
from admin.writes.csv_import.tokens import CELL_LIMIT

EXAMPLES = 5
SHOWN = 200
LOOKED_AT = 1_000_000
"""Lines that a page looks at before it says how many cells would change: more than that, and it would be waited for."""


@dataclass(frozen=True)
class Replacement:
    """What is to be found in which column of the file (from 1), and what takes its place."""

    cell: int
    find: str
    by: str
    part: bool = False
    """Every occurrence in the text of a cell, rather than cells that hold just that."""
    everywhere: bool = False
    """In all rows, rather than only in cells that are rejected."""


@dataclass(frozen=True)
class Found:
    """How many cells would change, at least that many where not `whole`; and the first of them: line, old text, new."""

    cells: int
    examples: tuple[tuple[int, str | None, str | None], ...]
    whole: bool = True


async def find(session: AsyncSession, import_id: int, width: int, wanted: Replacement) -> Found:
    """What would change, among the first lines of a very large file. Raises `BadRequest` for what cannot be."""
    names = _names(import_id, width, wanted)
    beyond = False
    if wanted.everywhere:
        first = {"t": names["staged"], "most": st.lit(LOOKED_AT)}
        names["staged"] = st.of("(select * from {t} limit {most})", **first)
        beyond = await st.value(session, st.of("select exists (select from {t} offset {most})", **first))
    cells = await _count(session, names)
    examples = """
    select s.line, left(s.{c}, {shown}), left({new}, {shown}) from {staged} s where {changes} order by s.line limit {n}
    """
    found = await st.rows(session, st.of(examples, shown=st.lit(SHOWN), n=st.lit(EXAMPLES), **names)) if cells else []
    return Found(cells, tuple((line, old, new) for line, old, new in found), whole=not beyond)


async def _count(session: AsyncSession, names: dict[str, Composable]) -> int:
    """How many cells change. Raises `BadRequest` when one would become too large."""
    count = "select count(*), coalesce(max(length({new})), 0) from {staged} s where {changes}"
    ((cells, longest),) = await st.rows(session, st.of(count, **names))
    if longest > CELL_LIMIT:
        raise BadRequest("Some cells would become larger than 1 MiB.")
    return int(cells)


async def replace(
    session: AsyncSession, resource: Resource, import_id: int, wanted: Replacement, *, timeout_ms: int
) -> Report | None:
    """Change the cells that `find` found, and check again."""
    stored = await receive.reviewed(session, import_id)
    assert stored.staged is not None  # noqa: S101 it was reviewed
    corrections.refuse_text(wanted.by, "these cells")
    async with bounded(session, timeout_ms):
        names = _names(import_id, len(stored.staged.headers), wanted)
        await _count(session, names)
        await originals.prepare(session, import_id)
        await originals.keep(session, import_id, st.of("select s.line from {staged} s where {changes}", **names))
        await st.run(session, st.of("update {staged} s set {c} = {new} where {changes}", **names))
        return await corrections.checked(session, resource, stored)


def _names(import_id: int, width: int, wanted: Replacement) -> dict[str, Composable]:
    if not 1 <= wanted.cell <= width:
        raise BadRequest(f"The file has no column {wanted.cell}.")
    if wanted.part and not wanted.find:
        raise BadRequest("Say which part of the text is to be replaced.")
    if "\x00" in wanted.find + wanted.by:
        raise BadRequest("No cell holds a NUL character.")
    text = st.of("s.{c}", c=cell(wanted.cell))
    texts = {"t": text, "find": st.lit(wanted.find), "by": st.lit(wanted.by)}
    if wanted.part:
        found, new = st.of("position({find} in {t}) > 0", **texts), st.of("replace({t}, {find}, {by})", **texts)
    else:
        found, new = st.of("coalesce({t}, '') = {find}", **texts), st.of("{by}::text", **texts)
    new = st.of("nullif({new}, '')", new=new)
    bad = st.of("select line from {errors} where cell = {n}", errors=st.staging(import_id, "error"),
                n=st.lit(wanted.cell))  # fmt: skip
    where = st.of("true") if wanted.everywhere else st.of("s.line in ({bad})", bad=bad)
    changes = st.of("s.problem is null and {found} and coalesce({new}, '') <> coalesce({t}, '') and {where}",
                    found=found, new=new, where=where, **texts)  # fmt: skip
    return {"staged": st.staging(import_id), "c": cell(wanted.cell), "new": new, "changes": changes}

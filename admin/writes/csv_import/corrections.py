"""Bad cells mended where they stand: the staged text is changed and everything is checked again.

The file itself stays what it was, and so does the original of each line that is corrected (`originals`), so every
correction can be seen and taken back. Everything is checked, not only what was touched: a corrected key may free or
take what another line needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.database import bounded
from admin.errors import BadRequest
from admin.resource import Resource
from admin.writes.csv_import import originals, receive
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.read import NUL
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.stage import cell
from admin.writes.csv_import.store import Stored
from admin.writes.csv_import.tokens import CELL_LIMIT

MOST = 5_000
"""Cells that are corrected at once by hand; a column full of them is what find and replace is for."""

CHANGED = """
update {staged} s set {cell} = nullif(v.text, '')
from (values {values}) v (line, text) where s.line = v.line and {another}
returning s.line
"""

WITHOUT_NUL = """
update {staged} s set problem_cell = n.cell, problem = case when n.cell is not null then s.problem end
from (select s.line, (select min(n) from (values {cells}) c (n, text) where text like '%␀%') as cell
      from {staged} s where s.line in ({lines}) and s.problem = {nul}) n
where n.line = s.line
"""


@dataclass(frozen=True)
class Edits:
    """What a person did to lines: cells by (line, column of the file), lines left out, lines right as they are now."""

    cells: dict[tuple[int, int], str]
    left_out: frozenset[int] = frozenset()
    whole: frozenset[int] = frozenset()
    """Lines of too many or too few cells that are what they should be as the page showed them."""

    @property
    def lines(self) -> list[int]:
        return sorted({*(line for line, _ in self.cells), *self.left_out, *self.whole})


@dataclass(frozen=True)
class Saved:
    """The lines that are other ones now, and the check after that; None: it is left to a worker."""

    lines: tuple[int, ...]
    report: Report | None


async def save(session: AsyncSession, resource: Resource, import_id: int, edits: Edits, *, timeout_ms: int) -> Saved:
    """Correct cells, leave lines out, and check again if that is quick. Raises `BadRequest` for what no cell can be."""
    stored = await receive.reviewed(session, import_id)
    _refuse(stored, edits)
    async with bounded(session, timeout_ms):
        await originals.prepare(session, import_id)
        await originals.keep(session, import_id, st.of("select unnest({n}::int[])", n=st.lit(edits.lines)))
        lines = {*edits.left_out, *edits.whole}
        for number in sorted({number for _, number in edits.cells}):
            lines.update(line for (line,) in await st.rows(session, _changed(import_id, number, edits)))
        await _problems(session, stored, edits)
        return Saved(tuple(sorted(lines)), await checked(session, resource, stored))


async def take_back(
    session: AsyncSession, resource: Resource, import_id: int, lines: Iterable[int] | None, *, timeout_ms: int
) -> Report | None:
    """Make these lines, or all, what the file says, and check again."""
    stored = await receive.reviewed(session, import_id)
    async with bounded(session, timeout_ms):
        await originals.put_back(session, import_id, lines)
        return await receive.check_again(session, resource, stored)


async def checked(session: AsyncSession, resource: Resource, stored: Stored) -> Report | None:
    """The check after staged rows were changed."""
    await originals.settle(session, stored.id)
    return await receive.check_again(session, resource, stored)


def _refuse(stored: Stored, edits: Edits) -> None:
    width = len(stored.staged.headers) if stored.staged else 0
    if len(edits.cells) > MOST:
        raise BadRequest(f"At most {MOST:,} cells are corrected at once. Replace down the column instead.")
    for (line, number), text in edits.cells.items():
        if not 1 <= number <= width:
            raise BadRequest(f"The file has no column {number}.")
        refuse_text(text, f"line {line:,}")


def refuse_text(text: str, where: str) -> None:
    """Raises `BadRequest` for a text that no cell can hold."""
    if "\x00" in text:
        raise BadRequest(f"The text for {where} contains a NUL character, which Postgres cannot store.")
    if len(text) > CELL_LIMIT:
        raise BadRequest(f"The text for {where} is larger than 1 MiB.")


def is_another(now: Composable, text: Composable) -> Composable:
    """Whether a text is another than the one that is there: neither an input nor a sheet tells an empty text from an
    empty cell, nor one line end from another, so those are no changes."""
    return st.of("{now} <> {text}", now=_flat(now), text=_flat(text))


def _flat(text: Composable) -> Composable:
    return st.of(r"replace(replace(coalesce({t}, ''), e'\r\n', e'\n'), e'\r', e'\n')", t=text)


def _changed(import_id: int, number: int, edits: Edits) -> Composable:
    # Forms send every line end as CRLF; what was typed is one line end.
    values = [
        st.of("({line}::int, {text}::text)", line=st.lit(line), text=st.lit(text.replace("\r\n", "\n")))
        for (line, column), text in edits.cells.items()
        if column == number
    ]
    another = is_another(st.of("s.{c}", c=cell(number)), st.of("v.text"))
    return st.of(
        CHANGED, staged=st.staging(import_id), cell=cell(number), values=st.joined(st.COMMA, values), another=another
    )


async def without_nul(session: AsyncSession, stored: Stored, lines: Composable) -> None:
    """Lines whose last NUL character was taken out have no problem any more."""
    assert stored.staged is not None  # noqa: S101 it was reviewed
    numbers = range(1, len(stored.staged.headers) + 1)
    cells = st.joined(st.COMMA, [st.of("({n}, s.{c})", n=st.lit(number), c=cell(number)) for number in numbers])
    names = {"staged": st.staging(stored.id), "cells": cells, "lines": lines, "nul": st.lit(NUL)}
    await st.run(session, st.of(WITHOUT_NUL, **names))


async def _problems(session: AsyncSession, stored: Stored, edits: Edits) -> None:
    """Lines that are whole now have no problem left, those left out have that one."""
    staged = st.staging(stored.id)
    await without_nul(session, stored, st.of("select unnest({n}::int[])", n=st.lit(edits.lines)))
    whole = "update {staged} set problem = null, rest = null where line = any ({n}) and problem <> {nul}"
    await st.run(session, st.of(whole, staged=staged, n=st.lit(sorted(edits.whole)), nul=st.lit(NUL)))
    out = "update {staged} set problem = {reason}, problem_cell = null, rest = null where line = any ({n})"
    await st.run(
        session, st.of(out, staged=staged, n=st.lit(sorted(edits.left_out)), reason=st.lit(originals.LEFT_OUT))
    )

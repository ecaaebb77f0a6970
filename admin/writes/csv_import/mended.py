"""The file of rejects handed in again: its lines take the place of those that were rejected, and nothing else does.

All of it or nothing: a file that names a line which was not rejected is not the file that was downloaded, and which of
its lines to trust is not for us to say. A line that is unchanged stays as it is, with its problem.
"""

from __future__ import annotations

from anyio import to_thread
from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.database import bounded
from admin.errors import BadRequest
from admin.resource import Resource
from admin.writes.csv_import import corrections, originals, receive, rejects, shapes, sniff, stage
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.read import NUL
from admin.writes.csv_import.receive import Upload
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.stage import cell
from admin.writes.csv_import.store import Stored

NAMED = 5
"""Lines that a refusal names."""

QUESTIONS = (
    ("select m.line from {mended} m where m.problem is not null order by 1",
     "{lines} of the mended file {have} too many or too few cells, or a NUL character."),
    ("select m.line from {mended} m where m.problem is null and {line} !~ '^[0-9]{{1,9}}$' order by 1",
     "{lines} of the mended file {do} not say in the column “{column}” which line of the import is meant."),
    ("select {line}::int from {mended} m group by 1 having count(*) > 1 order by 1",
     "{lines} of the import {stand} in the mended file more than once."),
    ("select {line}::int from {mended} m where {line}::int not in (select line from {staged}) order by 1",
     "The import has no {lines}."),
    ("select {line}::int from {mended} m where {line}::int not in (select line from {errors}) order by 1",
     "{lines} of the import {are} not rejected, so {they} cannot be replaced."),
)  # fmt: skip
"""What a mended file may get wrong, each asked only when those before it are in order."""

WORDS = {"have": ("has", "have"), "do": ("does", "do"), "stand": ("stands", "stand"), "are": ("is", "are"),
         "they": ("it", "they")}  # fmt: skip

REPLACED = """
update {staged} s set problem = case when s.problem = {nul} then s.problem end, problem_cell = null, rest = null,
  {cells}
from {mended} m where s.line = {line}::int and ({differs})
"""


async def take_in(
    session: AsyncSession, resource: Resource, import_id: int, upload: Upload, *, timeout_ms: int
) -> Report | None:
    """Replace rejected lines by those of a mended file, and check again. Raises `Unreadable`, `BadRequest`."""
    stored = await receive.reviewed(session, import_id)
    form = await to_thread.run_sync(sniff.sniff, upload.file, upload.encoding, upload.delimiter, upload.sheet)
    async with bounded(session, timeout_ms):
        reader = await to_thread.run_sync(stage.reader_of, upload.file, form)
        try:
            places = _places(stored, reader.headers)
            await stage.fill(session, st.staging(import_id, "mended"), reader, form.delimiter)
        finally:
            reader.release()
        await _replace(session, stored, places)
        await st.run(session, st.of("drop table {t}", t=st.staging(import_id, "mended")))
        return await corrections.checked(session, resource, stored)


def _places(stored: Stored, given: list[str]) -> dict[str, int]:
    """Where each column of the import stands in the mended file, and the one with the lines."""
    assert stored.staged is not None  # noqa: S101 it was reviewed
    line, reason = rejects.own_columns(stored.staged.headers)
    names = [name for name in stored.staged.headers if name]
    found = {name.casefold(): number for number, name in enumerate(given, 1) if name}
    wanted = {name.casefold(): name for name in (*names, line)}
    missing = [name for key, name in wanted.items() if key not in found]
    if missing:
        raise BadRequest(f"The mended file lacks the column {', '.join(missing)}. Download the rejected rows anew.")
    others = [name for name in given if name and name.casefold() not in {*wanted, reason.casefold()}]
    if others:
        raise BadRequest(f"The mended file has a column {', '.join(others)[:200]}, which the import does not have.")
    if len(set(map(str.casefold, filter(None, given)))) < len([name for name in given if name]):
        raise BadRequest("Two columns of the mended file have the same name.")
    return {name: found[key] for key, name in wanted.items()}


async def _replace(session: AsyncSession, stored: Stored, places: dict[str, int]) -> None:
    assert stored.staged is not None  # noqa: S101 it was reviewed
    column = rejects.own_columns(stored.staged.headers)[0]
    names: dict[str, Composable] = {
        "mended": st.staging(stored.id, "mended"), "staged": st.staging(stored.id),
        "errors": st.staging(stored.id, "error"), "line": st.of("btrim(coalesce(m.{c}, ''))", c=cell(places[column])),
    }  # fmt: skip
    for question, sentence in QUESTIONS:
        lines = [line for (line,) in await st.rows(session, st.of(question, **names))]
        if lines:
            raise BadRequest(_said(sentence, lines, column))
    await originals.prepare(session, stored.id)
    await originals.keep(session, stored.id, st.of("select {line}::int from {mended} m", **names))
    cells, differs = [], []
    for number, header in enumerate(stored.staged.headers, 1):
        if header:
            now = st.of("s.{c}", c=cell(number))
            text = shapes.unescaped(st.of("m.{c}", c=cell(places[header])))
            other = corrections.is_another(now, text)
            differs.append(other)
            cells.append(st.of("{c} = case when {other} then nullif({text}, '') else {now} end",
                               c=cell(number), other=other, text=text, now=now))  # fmt: skip
    await st.run(
        session, st.of(REPLACED, cells=st.joined(st.COMMA, cells), differs=st.joined(st.OR, differs), nul=st.lit(NUL),
                       **names)
    )  # fmt: skip
    await corrections.without_nul(session, stored, st.of("select {line}::int from {mended} m", **names))


def _said(sentence: str, lines: list[int], column: str) -> str:
    """The sentence about these lines, the first of them by number."""
    first = ", ".join(f"{line:,}" for line in lines[:NAMED])
    more = f" and {len(lines) - NAMED:,} more" if len(lines) > NAMED else ""
    one = len(lines) == 1
    words = {word: forms[0 if one else 1] for word, forms in WORDS.items()}
    said = sentence.format(lines=f"{'line' if one else 'lines'} {first}{more}", column=column, **words)
    return said[:1].upper() + said[1:]

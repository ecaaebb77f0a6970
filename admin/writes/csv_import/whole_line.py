"""One staged line with all its cells, for what cannot be mended cell by cell: a line with too many, or too few."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import NotFound
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.stage import cell

EDITABLE = 20_000
"""Characters of a cell that fit into a form; a longer one is mended in the file."""


@dataclass(frozen=True)
class WholeLine:
    """A line as it is staged: what is wrong with it as a whole, what was left over, and its cells; None: too long."""

    line: int
    problem: str | None
    rest: str | None
    cells: tuple[str | None, ...]


async def read(session: AsyncSession, import_id: int, width: int, line: int) -> WholeLine:
    """The line with this number. Raises `NotFound`."""
    cells = [
        st.of("case when coalesce(length({c}), 0) <= {n} then coalesce({c}, '') end", c=cell(number),
              n=st.lit(EDITABLE))
        for number in range(1, width + 1)
    ]  # fmt: skip
    statement = st.of(
        "select problem, rest, {cells} from {t} where line = {line}",
        cells=st.joined(st.COMMA, cells), t=st.staging(import_id), line=st.lit(line),
    )  # fmt: skip
    found = await st.rows(session, statement)
    if not found:
        raise NotFound(f"The file has no row that begins on line {line:,}.")
    problem, rest, *texts = found[0]
    return WholeLine(line, problem, rest, tuple(texts))

"""What files are made of: every kind of trouble a CSV file can bring, and what must become of it.

Three outcomes, never a fourth: the file is refused with a reason and nothing of it is kept as rows; single lines are
rejected, each with its physical line, and the others can go on; or every value is stored exactly as it stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from admin.errors import Conflict
from admin.writes.csv_import.errors import Unreadable
from tests.postgres import Database
from tests.writes.csv_import.conftest import Imports

QUOTE = '"'


@dataclass(frozen=True)
class Case:
    """`refused`: part of the sentence that refuses the file. `blocked`: part of why none of its rows can be imported.
    `bad`: part of the reason, by physical line. `stored`: the values of `columns` afterwards, as text. `warned`: part
    of a warning. `before`: SQL that runs first. `file`: its name."""

    name: str
    content: bytes | str
    refused: str | None = None
    bad: dict[int, str] = field(default_factory=dict)
    stored: list[tuple[str | None, ...]] | None = None
    warned: str | None = None
    columns: tuple[str, ...] = ("name", "note")
    choices: dict[str, Any] = field(default_factory=dict)
    blocked: str | None = None
    before: str = ""
    file: str = "file.csv"


def one(case: str, *cells: str, bad: str | None = None, stored: str | None = None, **more: Any) -> Case:
    """One column with these cells, a line each: all are rejected with the reason, or all are stored as that text.
    `case` is its number and the column."""
    column = case.split()[1]
    lines = "".join(f'ann,"{cell.replace(QUOTE, QUOTE * 2)}"\n' for cell in cells)
    return Case(
        name=f"{case}: {' '.join(cells)[:60]}",
        content=f"name,{column}\n{lines}",
        bad=dict.fromkeys(range(2, len(cells) + 2), bad) if bad else {},
        stored=[] if bad else [("ann", stored)] * len(cells),
        columns=("name", column),
        **more,
    )


async def hold(case: Case, imports: Imports, database: Database) -> None:
    """What the case says is what happens, and every line is accounted for."""
    if case.refused is not None:
        await _refused(case, case.refused, imports)
        return
    if case.before:
        database.sql(case.before)
    rows = database.value("select count(*) from oddity")
    report = await imports.check(case.content, "oddity", name=case.file, skip_bad=True, **case.choices)
    if case.blocked is not None:
        assert case.blocked in " ".join(report.blocking)
        with pytest.raises(Conflict, match=re.escape(report.blocking[0])):
            await imports.apply()
        return
    assert report.new + report.changed + report.unchanged + report.rejected == report.total
    reasons = {rejection.line: rejection.reason for rejection in report.rejections}
    assert reasons.keys() == case.bad.keys()
    for line, reason in case.bad.items():
        assert reason in reasons[line]
    assert case.warned is None or any(case.warned in warning for warning in report.warnings), report.warnings
    assert database.value("select count(*) from oddity") == rows
    if report.importable:
        done = await imports.apply()
        assert (done.applied, done.counts) == (True, report.counts)
    if case.stored is not None:
        assert _stored(database, case.columns) == case.stored


async def _refused(case: Case, refused: str, imports: Imports) -> None:
    try:
        stored = await imports.hand_in(case.content, "oddity")
    except Unreadable as error:
        sentence, left = str(error), []
    else:
        assert (stored.record.state, stored.staged) == ("failed", None)
        # The file itself, so that it can be read in another way.
        sentence, left = str(stored.record.error), [f"import_{stored.id}_file"]
    assert refused in sentence
    assert imports.staging() == left


def _stored(database: Database, columns: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    database.sql("set timezone = 'UTC'")
    shown = ", ".join(f"{column}::text" for column in columns)
    return database.sql(f"select {shown} from oddity order by id")

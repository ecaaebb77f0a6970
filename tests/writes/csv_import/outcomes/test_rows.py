"""Rows beside the rows that are there: by the chosen mode, and only into columns that may be written."""

from __future__ import annotations

import pytest

from admin.errors import BadRequest
from admin.writes.csv_import.options import Match
from tests.postgres import Database, Queries
from tests.writes.csv_import.conftest import Imports
from tests.writes.csv_import.outcomes.cases import Case, hold

pytestmark = pytest.mark.anyio

ANN = "insert into oddity (code, name, note) values ('a', 'Ann', 'x')"
FILE = "code,name\na,Anna\nb,Ben\n"

ROWS = [
    Case(
        "59 a key that is there, adding only",
        FILE,
        before=ANN,
        choices={"mode": "add", "key": None},
        bad={2: "is already used by Ann"},
        stored=[("Ann", "x"), ("Ben", None)],
    ),
    Case("59 a key that is there, adding and updating", FILE, before=ANN, stored=[("Anna", "x"), ("Ben", None)]),
    Case(
        "59 a key that is there, updating only",
        FILE,
        before=ANN,
        choices={"mode": "update"},
        bad={3: "no row has this code"},
        stored=[("Anna", "x")],
    ),
    Case("59 a row that would not change", "code,name\na,Ann\n", before=ANN, stored=[("Ann", "x")]),
    Case(
        "58 a key twice in the file, and in the table",
        "code,name\na,Anna\na,Annie\n",
        before=ANN,
        bad={3: "is already on line 2"},
        stored=[("Anna", "x")],
    ),
]


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case.name)
async def test_rows_find_their_rows_or_are_rejected(case: Case, imports: Imports, database: Database):
    await hold(case, imports, database)


@pytest.mark.parametrize("column", ["twice", "nothing"])
async def test_63_what_only_the_database_writes_cannot_be_chosen(imports: Imports, column: str):
    await imports.check("name,small\nann,5\n", "oddity")
    with pytest.raises(BadRequest, match=f"“small” cannot go into {column}"):
        await imports.choose(matches=(Match(1, "name"), Match(2, column)))


async def test_57_parents_are_looked_up_together_however_many_there_are(imports: Imports, queries: Queries):
    asked = []
    for rows in (2, 300):
        queries.clear()
        report = await imports.check("author_id,title\n" + "".join(f"{n},Title {n}\n" for n in range(1, rows)))
        assert report.rejected == rows - 1
        asked.append(len(queries))
    assert asked[0] == asked[1]

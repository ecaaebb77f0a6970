"""Many bad rows at once: replaced down a column, or mended in a sheet and handed in again to the same import."""

from __future__ import annotations

import csv
import io
import time

import pytest

from admin.errors import BadRequest, NotFound
from admin.writes.csv_import import mended, reasons, rejects, replacing
from admin.writes.csv_import.errors import Unreadable
from admin.writes.csv_import.receive import Upload
from admin.writes.csv_import.replacing import Replacement
from admin.writes.csv_import.report import Report
from tests import workbooks
from tests.postgres import Database
from tests.writes.csv_import.conftest import TIMEOUT_MS, Imports

pytestmark = pytest.mark.anyio

CUSTOMERS = (
    'email,name,balance\nann@x,Ann,10\nben@x,Ben,12.5O\ncy@x,Cy,1,5\n=di@x,"\'=D\r\ni",O\nem@x,Em,O\nfay@x,Fay O,3\n'
)


async def hand_in(imports: Imports, content: str | bytes) -> Report:
    resource = imports.resource((await imports.stored()).record.identity)
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    async with imports.sessions.begin() as session:
        return await mended.take_in(session, resource, imports.id, Upload("m.csv", file), timeout_ms=TIMEOUT_MS)


async def replace(imports: Imports, wanted: Replacement) -> tuple[int, Report]:
    """How many cells would change, and the report after they did."""
    resource = imports.resource((await imports.stored()).record.identity)
    async with imports.sessions.begin() as session:
        found = await replacing.find(session, imports.id, 3, wanted)
        assert len(found.examples) == min(found.cells, replacing.EXAMPLES)
        return found.cells, await replacing.replace(session, resource, imports.id, wanted, timeout_ms=TIMEOUT_MS)


async def rejected(imports: Imports, lines: rejects.Lines = rejects.ALL) -> str:
    stored = await imports.stored()
    async with imports.sessions() as session:
        return b"".join([chunk async for chunk in rejects.stream(session, stored, lines)]).decode()


async def test_a_text_is_replaced_down_a_column(imports: Imports):
    assert (await imports.check(CUSTOMERS, "customer")).rejected == 4
    assert (await replace(imports, Replacement(3, "O", "0")))[0] == 2
    cells, report = await replace(imports, Replacement(3, "O", "0", part=True))
    assert (cells, report.rejected, report.corrected) == (1, 1, 3)
    # Cells that are right are left alone unless they are meant as well; a line that is not whole always is.
    assert (await replace(imports, Replacement(2, "O", "X", part=True)))[0] == 0
    assert (await replace(imports, Replacement(2, "O", "X", part=True, everywhere=True)))[0] == 1
    cells, report = await replace(imports, Replacement(2, "Fay X", "", everywhere=True))
    assert (cells, report.rejections[-1].reason) == (1, "is required, but empty")
    assert (await replace(imports, Replacement(2, "", "Fay")))[1].rejected == 1


async def test_a_page_counts_in_the_first_rows_of_a_very_large_file(imports: Imports, monkeypatch: pytest.MonkeyPatch):
    await imports.check("email,name,balance\na@x,Ann,1\nb@x,Ann,2\nc@x,Ann,3\n", "customer")
    monkeypatch.setattr(replacing, "LOOKED_AT", 2)
    wanted = Replacement(2, "Ann", "Anna", everywhere=True)
    async with imports.sessions() as session:
        found = await replacing.find(session, imports.id, 3, wanted)
    assert (found.cells, found.whole) == (2, False)
    # What is done is done to all of them.
    assert (await replace(imports, wanted))[1].corrected == 3
    for wanted, reason in (
        (Replacement(9, "a", "b"), "no column 9"),
        (Replacement(2, "", "b", part=True), "which part"),
        (Replacement(2, "Ann", "b\0"), "NUL"),
        (Replacement(2, "Ann", "x" * (2**20 + 1)), "1 MiB"),
        (Replacement(2, "n", "x" * 2**20, part=True, everywhere=True), "1 MiB"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await replace(imports, wanted)


async def test_rejects_that_come_back_as_they_left_change_nothing(imports: Imports):
    before = await imports.check(CUSTOMERS, "customer")
    file = await rejected(imports)
    assert "'=di@x" in file
    report = await hand_in(imports, file)
    assert (report.counts, report.corrected) == (before.counts, 0)
    # A sheet saves another delimiter, other line ends, a mark, and no quotes around what is empty.
    sheet = file.replace("\r\n", "\n").replace(",", ";").replace("1;5", "1")
    report = await hand_in(imports, b"\xef\xbb\xbf" + sheet.encode())
    assert (report.counts, report.corrected) == (before.counts, 0)
    assert await rejected(imports) == file


async def test_mended_lines_take_the_place_of_rejected_ones(imports: Imports, database: Database):
    await imports.check(CUSTOMERS, "customer")
    rows = list(csv.reader(io.StringIO(await rejected(imports), newline="")))
    assert rows[0] == ["email", "name", "balance", "line", "reason"]
    rows[1][2], rows[2][2], rows[3][2] = "12.50", "1.5", "seven"
    out = io.StringIO()
    csv.writer(out).writerows([[row[4], *row[:4]] for row in rows[:4]])
    report = await hand_in(imports, out.getvalue())
    assert (report.new, report.rejected, report.corrected) == (4, 2, 3)
    assert "balance is not a number (expected like 12.50); corrected: balance was O" in await rejected(imports)
    await imports.choose(skip_bad=True)
    assert (await imports.apply()).new == 4
    assert database.sql("select balance::text from customer where email in ('ben@x', 'cy@x') order by 1") == [
        ("1.50",), ("12.50",)
    ]  # fmt: skip
    assert "corrected: balance was O" in await rejected(imports)


async def test_a_mended_workbook_is_taken_like_a_mended_file(imports: Imports):
    await imports.check(CUSTOMERS, "customer")
    sheet = [["email", "name", "balance", "line", "reason"], ["ben@x", "Ben", 12.5, 3, ""], ["cy@x", "Cy", 1, 4, ""]]
    report = await hand_in(imports, workbooks.workbook({"Sheet1": sheet}))
    assert (report.new, report.rejected, report.corrected) == (3, 3, 1)


async def test_what_is_no_mended_file_is_refused_whole(imports: Imports):
    before = await imports.check(CUSTOMERS, "customer")
    for content, reason in (
        ("email,name,balance,line\nb@x,B,1,3\na@x,A,1,2\n", "^Line 2 of the import is not rejected, so it cannot"),
        ("email,name,balance,line\nb@x,B,1,3\nz@x,Z,1,99\nz@x,Z,1,98\n", "^The import has no lines 98, 99"),
        ("email,name,balance,line\nb@x,B,1,3\nz@x,Z,1,3\n", "^Line 3 of the import stands in the mended file more"),
        (
            "email,name,balance,line\nb@x,B,1,3\nz@x,Z,1,\n",
            "^Line 3 of the mended file does not say in the column “line”",
        ),
        ("email,name,balance,line\nb@x,B,1,3\nz@x,Z,1,5,6\n", "^Line 3 of the mended file has too many or too few"),
        ("email,name,line\nb@x,B,3\n", "lacks the column balance"),
        ("email,name,balance\nb@x,B,3\n", "lacks the column line"),
        ("email,name,balance,line,city\nb@x,B,1,3,Rome\n", "a column city, which the import does not have"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await hand_in(imports, content)
    for content in ("", "PK\x03\x04", 'email,name,balance,line\n"b', b"email,name,balance,line\n\xff,,,3\n"):
        with pytest.raises(Unreadable):
            await hand_in(imports, content)
    assert (await imports.stored()).report == before
    assert not any(name.endswith(("_mended", "_was")) for name in imports.staging())


async def test_when_every_one_of_a_hundred_thousand_rows_is_bad_the_first_thousand_are_shown(imports: Imports):
    slow = _slowness()
    begins = time.monotonic()
    lines = "".join(f"=p{n}@example.org,Person {n},twelve and a half\n" for n in range(100_000))
    report = await imports.check(f"email,name,balance\n{lines}", "customer")
    checked = time.monotonic() - begins
    assert (report.rejected, report.total, len(report.rejections)) == (100_000, 100_000, 1_000)
    assert [(group.rows, group.column) for group in report.groups] == [(100_000, "balance")]
    parts = [rejects.part(report, number) for number in range(1, len(report.parts) + 2)]
    files = [(await rejected(imports, part)) for part in parts]
    assert all(len(file.encode()) <= 10 * 10**6 for file in files)
    assert sum(map(len, files)) > 100_000 * 40
    rows = [row for file in files for row in list(csv.reader(io.StringIO(file)))[1:]]
    assert [int(row[3]) for row in rows] == list(range(2, 100_002))
    assert not any(cell and cell[0] in "=+@" for row in rows for cell in row)
    for number in (0, len(parts) + 1):
        with pytest.raises(NotFound):
            rejects.part(report, number)
    assert checked < 5 * max(slow, _slowness()), checked


def _slowness() -> float:
    """How much slower than an idle machine of ours this one is right now."""
    begins = time.monotonic()
    sum(range(5_000_000))
    return max(1.0, (time.monotonic() - begins) / 0.12)


async def test_a_large_file_of_rejects_comes_in_parts(imports: Imports, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reasons, "PART", 20_000)
    lines = "".join(f'p{n}@x,"""{n % 7 * "“,” "}""",no\n' for n in range(300))
    report = await imports.check(f"email,name,balance\n{lines}", "customer")
    assert 2 < len(report.parts) < 20
    parts = [rejects.part(report, number) for number in range(1, len(report.parts) + 2)]
    files = [(await rejected(imports, part)) for part in parts]
    assert all(len(file.encode()) <= 20_000 for file in files)
    assert sum(len(list(csv.reader(io.StringIO(file)))) - 1 for file in files) == 300
    # Each part can be handed in by itself.
    report = await hand_in(imports, files[1].replace("no,", "1,"))
    assert report.new == len(list(csv.reader(io.StringIO(files[1])))) - 1

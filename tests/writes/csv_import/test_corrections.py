"""Bad cells mended in place: checked again like the file itself, seen as corrections, and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from admin.errors import BadRequest, Conflict
from admin.writes.csv_import import corrections, originals, paging, rejected
from admin.writes.csv_import.corrections import Edits
from admin.writes.csv_import.originals import Difference
from admin.writes.csv_import.report import Report
from tests.postgres import Database
from tests.writes.csv_import.conftest import TIMEOUT_MS, Imports

pytestmark = pytest.mark.anyio

CUSTOMERS = "email,name,balance\nann@x,Ann,10\nben@x,Ben,twelve\ncy@x,,1,5\ncy@x,Cy,?\ncy@x,Cya,7\n"


async def save(imports: Imports, cells: dict[tuple[int, int], str], **more: Any) -> Report:
    stored = await imports.stored()
    edits = Edits(cells, **{name: frozenset(lines) for name, lines in more.items()})
    async with imports.sessions.begin() as session:
        saved = await corrections.save(
            session, imports.resource(stored.record.identity), imports.id, edits, timeout_ms=TIMEOUT_MS
        )
    assert saved.report is not None
    return saved.report


async def take_back(imports: Imports, lines: list[int] | None = None) -> Report:
    resource = imports.resource((await imports.stored()).record.identity)
    async with imports.sessions.begin() as session:
        return await corrections.take_back(session, resource, imports.id, lines, timeout_ms=TIMEOUT_MS)


async def differences(imports: Imports) -> list[Difference]:
    async with imports.sessions() as session:
        return (await originals.differences(session, imports.id, ("email", "name", "balance"), 0))[0]


async def bad(imports: Imports, after: int = 0, group: int | None = None) -> rejected.Page:
    stored = await imports.stored()
    assert stored.staged is not None
    assert stored.report is not None
    wanted = None if group is None else stored.report.groups[group]
    async with imports.sessions() as session:
        return await rejected.page(session, imports.id, stored.staged.headers, after, wanted)


def without_time(report: Report | None) -> Report | None:
    return replace(report, at="") if report else None


async def test_however_often_a_file_is_checked_its_lines_are_found_by_one_index(
    imports: Imports, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(paging, "SMALL", 0)
    await imports.check(CUSTOMERS, "customer")
    for text in ("twelve", "thirteen"):
        await save(imports, {(3, 3): text})
    found = "select indexdef from pg_indexes where schemaname = 'larder_staging' and tablename = 'import_1'"
    assert [row[0].rpartition("USING ")[2] for row in database.sql(found)] == ["btree (line)"]


async def test_corrected_cells_are_checked_like_those_of_the_file(imports: Imports, database: Database):
    assert (await imports.check(CUSTOMERS, "customer")).rejected == 4
    report = await save(imports, {(3, 3): "12", (5, 3): "nine", (2, 3): "10"})
    assert (report.new, report.rejected, report.corrected) == (2, 3, 2)
    assert [(one.line, one.value, one.reason) for one in report.rejections] == [
        (4, '"5"', "has 4 cells, expected 3"),
        (5, "nine", "is not a number (expected like 12.50)"),
        (6, "cy@x", "is already on line 5"),
    ]
    assert (await bad(imports)).rows[1].was == "?"
    with pytest.raises(Conflict, match="3 rows are rejected"):
        await imports.apply()
    # What line 4 becomes takes the e-mail of line 5, which is checked again although nobody touched it.
    report = await save(imports, {(4, 2): "Cy", (4, 3): "1.5", (5, 3): "9", (6, 1): "di@x"}, whole=[4])
    assert (report.new, report.rejected) == (4, 1)
    assert report.rejections[0].reason == "is already on line 4"
    report = await save(imports, {(5, 1): "eve@x"})
    assert (report.new, report.rejected, report.corrected) == (5, 0, 4)
    done = await imports.apply()
    assert (done.new, done.corrected, done.applied) == (5, 4, True)
    assert database.sql("select email, name, balance::text from customer order by 1") == [
        ("ann@x", "Ann", "10.00"), ("ben@x", "Ben", "12.00"), ("cy@x", "Cy", "1.50"), ("di@x", "Cya", "7.00"),
        ("eve@x", "Cy", "9.00"),
    ]  # fmt: skip
    assert imports.staging() == []


async def test_corrections_are_seen_and_taken_back(imports: Imports):
    before = await imports.check(CUSTOMERS, "customer")
    report = await save(imports, {(3, 3): "12", (4, 1): "di@x"}, left_out=[4, 5])
    # With line 5 out of the way, line 6 has its e-mail to itself.
    assert (report.new, report.rejected, report.left_out, report.standing) == (3, 2, 2, 0)
    assert await differences(imports) == [
        Difference(3, "balance", "twelve", "12", left_out=False),
        Difference(4, None, None, None, left_out=True),
        Difference(4, "email", "cy@x", "di@x", left_out=True),
        Difference(5, None, None, None, left_out=True),
    ]
    assert (await take_back(imports, [5])).standing == 2
    # An empty cell that stays empty is no correction, and one that is typed back is none any more.
    report = await save(imports, {(3, 3): "twelve", (4, 2): ""})
    assert (report.corrected, report.left_out, report.rejected) == (0, 1, 4)
    assert without_time(await take_back(imports)) == without_time(before)
    assert await differences(imports) == []


async def test_lines_left_out_stop_nothing_and_are_not_written(imports: Imports, database: Database):
    await imports.check(CUSTOMERS, "customer")
    await save(imports, {(3, 3): "12"}, left_out=[4, 5])
    done = await imports.apply()
    assert (done.new, done.rejected, done.left_out, done.applied) == (3, 2, 2, True)
    assert database.value("select count(*) from customer") == 3
    assert {(one.line, one.reason) for one in done.rejections} == {(4, originals.LEFT_OUT), (5, originals.LEFT_OUT)}


async def test_a_line_with_a_nul_is_whole_once_none_is_left(imports: Imports, oddity: None):
    assert (await imports.check('name,note\n"a\x00","b\x00"\nc,d\n', "oddity")).rejected == 1
    report = await save(imports, {(2, 1): "a", (2, 2): "b␀"})
    assert [(one.line, one.column) for one in report.rejections] == [(2, "note")]
    report = await save(imports, {(2, 2): "line\r\nbreak"})
    assert (report.new, report.rejected) == (2, 0)


async def test_what_no_cell_can_hold_is_refused_and_changes_nothing(imports: Imports):
    await imports.check(CUSTOMERS, "customer")
    for cells, reason in (
        ({(3, 4): "x"}, "no column 4"),
        ({(3, 3): "a\x00"}, "NUL"),
        ({(3, 3): "x" * (2**20 + 1)}, "1 MiB"),
        ({(line, 3): "x" for line in range(5_001)}, "At most 5,000"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await save(imports, cells)
    assert (await save(imports, {(99, 3): "x"})).total == 5
    await imports.choose(skip_bad=True)
    await imports.apply()
    with pytest.raises(Conflict, match="is done"):
        await save(imports, {(3, 3): "12"})


async def test_reasons_come_in_groups_with_their_first_lines_and_by_page(imports: Imports):
    lines = "".join(f"p{n}@x,P,{'no' if n % 2 else n}\n" for n in range(300))
    report = await imports.check(f"email,name,balance\n{lines}a@x,,1\n", "customer")
    assert [(group.column, group.rows, group.lines) for group in report.groups] == [
        ("balance", 150, (3, 5, 7)),
        ("name", 1, (302,)),
    ]
    page = await bad(imports)
    assert ([one.line for one in page.rows][:2], len(page.rows), page.last) == ([3, 5], rejected.PAGE, 101)
    assert (await bad(imports, after=page.last or 0)).rows[0].line == 103
    (only,) = (await bad(imports, group=1)).rows
    assert (only.line, only.column, only.text, only.rule) == (302, "name", "", "is required, but empty")


async def test_counts_by_column_say_how_many_lose_their_value(imports: Imports, database: Database):
    database.sql("insert into customer (email, name, city) values ('ann@x', 'Ann', 'Rome'), ('ben@x', 'Ben', 'Oslo')")
    report = await imports.check("email,name,city\nann@x,Ann,\nben@x,Ben,Bonn\n", "customer", empty="clear")
    assert (report.changes, report.emptied) == ({"city": 2}, {"city": 1})

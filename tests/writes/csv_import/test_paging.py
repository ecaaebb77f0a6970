"""Every line of a check is on exactly one page of one tab, whatever the verdicts and however many lines a row takes."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from admin.writes.csv_import import paging, rejected, review, store
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.review import Cell
from tests.postgres import Database
from tests.writes.csv_import.conftest import Imports

pytestmark = pytest.mark.anyio


async def _pages(imports: Imports, report: Report, verdict: str) -> list[int]:
    """The lines of all pages of a tab."""
    found, after = [], 0
    stored = await imports.stored()
    async with imports.sessions() as session:
        made = await store.plan_of(session, imports.resource("customer"), stored)
        while True:
            if verdict == "rejected":
                page = await rejected.page(session, imports.id, made.headers, after)
                numbers, more = list(dict.fromkeys(bad.line for bad in page.rows)), page.last is not None
            else:
                numbers = await paging.lines(session, made, report, verdict, after)
                more, numbers = len(numbers) > paging.PAGE, numbers[: paging.PAGE]
                shown = await review.lines(session, made, numbers, changed=verdict == "changed")
                assert [line.line for line in shown] == numbers
                assert all(bool(line.changes) is (verdict == "changed") for line in shown)
            found += numbers
            if not more:
                return found
            after = numbers[-1]


async def test_every_line_is_on_one_page(imports: Imports, database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(paging, "SMALL", 0)
    database.sql(
        "insert into customer (email, name) select 'p' || n || '@x', 'P' from generate_series(0, 1500, 3) as n"
    )
    chance = random.Random(7)
    at, lines, rows = 2, [], []
    for n in range(1_600):
        name = chance.choice(["P", "P", "P", "Q", "R\nS\nT"]) if n % 3 == 0 else "N"
        balance = "x" if n % 97 == 5 else ""
        rows.append(f'p{n}@x,"{name}",{balance}\n')
        lines.append(at)
        at += 1 + name.count("\n")
    report = await imports.check("email,name,balance\n" + "".join(rows), "customer")
    found = {verdict: await _pages(imports, report, verdict) for verdict in ("rejected", *paging.VERDICTS)}
    assert {verdict: len(numbers) for verdict, numbers in found.items()} == {
        name: count for name, count in report.counts.items() if name != "total"
    }
    assert sorted(line for numbers in found.values() for line in numbers) == lines
    async with imports.sessions() as session:
        made = await store.plan_of(session, imports.resource("customer"), await imports.stored())
        for verdict, numbers in found.items():
            assert numbers == sorted(numbers)
            assert await paging.place(session, made, numbers[-1]) == (verdict, numbers[-1])
        tall = next(line for line, after in pairwise(lines) if after == line + 3)
        assert (await paging.place(session, made, tall + 2) or ("", 0))[1] == tall
        assert (await paging.place(session, made, 10**9) or ("", 0))[1] == lines[-1]
        assert await paging.place(session, made, 1) is None


async def test_new_rows_are_shown_as_they_will_be_stored(imports: Imports, database: Database):
    database.sql("insert into author (name) values ('Ann')")
    content = "author,title,isbn\nAnn,One,1\nBen,Two,\n"
    await imports.check(content, create=("author_id",))
    stored = await imports.stored()
    async with imports.sessions() as session:
        made = await store.plan_of(session, imports.resource("book"), stored)
        old, created = await review.lines(session, made, [2, 3], changed=False)
        assert old.values == (Cell("Ann"), Cell("One"), Cell("1"))
        assert created.values == (Cell("Ben", "created"), Cell("Two"), Cell(None))
        assert ("created_at", None) in await review.beside(session, made)
    await imports.check("email,name,balance,active\nann@x,Ann,,\nben@x,Ben,3,no\n", "customer")
    stored = await imports.stored()
    async with imports.sessions() as session:
        made = await store.plan_of(session, imports.resource("customer"), stored)
        (ann, ben) = await review.lines(session, made, [2, 3], changed=False)
    assert ann.values[2:] == (Cell("0", "default"), Cell("true", "default"))
    assert ben.values[2:] == (Cell("3.00"), Cell("false"))


async def test_what_stopped_a_run_is_listed_and_refused_rows_stay_rejected(
    imports: Imports, oddity: None, database: Database
):
    database.sql("insert into customer (email, name) values ('ann@x', 'Ann'), ('ben@x', 'Ben')")
    await imports.check("email,name\nann@x,Anna\nben@x,Benny\n", "customer")
    database.sql("update customer set city = 'Rome' where email = 'ben@x'")
    report = await imports.apply()
    assert [(one.line, one.reason) for one in report.conflicts] == [
        (3, "was changed by somebody else since the review")
    ]
    assert (report.changed, report.rejected) == (2, 0)
    await imports.check('name,during\nrefuse me,\nann,"[1,5)"\n', "oddity")
    report = await imports.apply()
    assert (report.new, report.rejected, [one.line for one in report.conflicts]) == (1, 1, [2])
    async with imports.sessions() as session:
        page = await rejected.page(session, imports.id, ("name", "during"), 0)
    assert [(bad.line, bad.reason) for bad in page.rows] == [(2, "nobody may be called that")]
    assert database.value("select count(*) from oddity") == 0

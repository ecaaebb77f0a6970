"""Files of a hundred thousand rows: bounded answers, bounded memory, one bad row among all."""

from __future__ import annotations

import tracemalloc

import pytest

from admin.writes.csv_import import read, rejects, sniff, tokens
from admin.writes.csv_import.errors import Unreadable
from tests.postgres import Database
from tests.writes.csv_import.conftest import Imports

pytestmark = pytest.mark.anyio

ROWS = 100_000


def customers(balance: str = "1.50") -> bytes:
    lines = [f"p{n}@x,P {n},{balance}\n" for n in range(ROWS)]
    return ("email,name,balance\n" + "".join(lines)).encode()


async def test_when_every_row_is_bad_the_first_thousand_are_shown(imports: Imports, database: Database):
    report = await imports.check(customers("much"), "customer")
    assert (report.rejected, report.total, len(report.rejections)) == (ROWS, ROWS, 1_000)
    assert [(group.rows, group.column) for group in report.groups] == [(ROWS, "balance")]
    size = 0
    async with imports.sessions.begin() as session:
        async for chunk in rejects.stream(session, await imports.stored()):
            size += len(chunk)
    assert ROWS * 40 < size < 10 * 2**20


async def test_one_clash_with_a_new_row_among_a_hundred_thousand(imports: Imports, database: Database):
    await imports.check(customers(), "customer", skip_bad=True)
    database.sql("insert into customer (email, name) values ('p777@x', 'Somebody else')")
    report = await imports.apply()
    assert (report.new, report.rejected, report.applied) == (ROWS - 1, 1, True)
    assert report.rejections[0].line == 779
    assert database.value("select count(*) from customer") == ROWS
    assert database.value("select name from customer where email = 'p777@x'") == "Somebody else"


async def test_too_many_rows_are_refused_at_the_first_too_many(imports: Imports, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(read, "MAX_ROWS", 3)
    stored = await imports.hand_in("name\na\nb\n\nc\nd\n" + "\0" * 100, "author")
    assert stored.record.error == "The file has more than 3 rows (line 6). Split it."


def test_reading_takes_the_memory_of_a_batch_whatever_the_size(tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(customers() * 3)
    with path.open("rb") as file:
        tracemalloc.start()
        reader = read.Reader(file, sniff.sniff(file))
        size = sum(map(len, reader.batches()))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        reader.release()
    assert size > 6 * 2**20
    assert peak < 8 * 2**20


def test_a_runaway_quote_over_many_short_lines_is_found_quickly(tmp_path):
    path = tmp_path / "runaway.csv"
    path.write_text('a,b\n1,"' + "\n" * (2 * tokens.CELL_LIMIT))
    with path.open("rb") as file:
        reader = read.Reader(file, sniff.Format())
        with pytest.raises(Unreadable, match="starts on line 2"):
            sum(map(len, reader.batches()))
        reader.release()

"""Files of a hundred thousand rows: bounded answers, bounded memory, one bad row among all."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from admin.writes.csv_import import read, rejects, sniff, tokens
from admin.writes.csv_import.errors import Unreadable
from tests.postgres import Database
from tests.writes.csv_import.conftest import Imports

pytestmark = pytest.mark.anyio

ROWS = 100_000


def customers(balance: str = "1.50", rows: int = ROWS) -> bytes:
    lines = [f"p{n}@x,P {n},{balance}\n" for n in range(rows)]
    return ("email,name,balance\n" + "".join(lines)).encode()


async def listed(imports: Imports, rows: int) -> float:
    """Seconds until so many bad rows are judged and in the file of rejects; the better of two tries."""
    content, took = customers("much", rows), []
    for _ in range(2):
        begun = time.perf_counter()
        assert (await imports.check(content, "customer")).rejected == rows
        async with imports.sessions.begin() as session:
            assert [chunk async for chunk in rejects.stream(session, await imports.stored())]
        took.append(time.perf_counter() - begun)
    return min(took)


@pytest.mark.large
async def test_four_times_as_many_bad_rows_take_about_four_times_as_long(imports: Imports):
    few, many = await listed(imports, ROWS // 2), await listed(imports, 2 * ROWS)
    print(f"{ROWS // 2:,} bad rows in {few:.1f} s, {2 * ROWS:,} in {many:.1f} s: {many / few:.1f} times as long")
    # Were each row held against each other one, it would be sixteen times.
    assert many < 8 * few


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


@pytest.mark.parametrize("cell", ['1,"' + "\n" * 2**25, '1,"' + "x" * 2**25, "1," + "x" * 2**25])
def test_a_cell_that_is_too_large_is_refused_long_before_its_end(tmp_path, cell: str):
    path = tmp_path / "runaway.csv"
    path.write_text(f"a,b\n{cell}")
    with path.open("rb") as file:
        reader = read.Reader(file, sniff.Format())
        with pytest.raises(Unreadable, match=r"ine 2 .*larger than 1 MiB"):
            sum(map(len, reader.batches()))
        # However large it is: so much is read of it and no more.
        assert file.tell() < tokens.LINE_LIMIT + 2**20
        reader.release()

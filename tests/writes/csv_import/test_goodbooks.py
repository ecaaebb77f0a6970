"""Ten thousand real books: accents, commas, empty cells, several authors in one cell. Nothing is lost on the way."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from tests.postgres import Database
from tests.writes.csv_import.conftest import Imports

DATA = Path(os.environ.get("LARDER_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
GOODBOOKS = DATA / "goodbooks-books.csv"

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not GOODBOOKS.exists(), reason="the real books are not on this machine"),
]


def lines() -> list[dict[str, str]]:
    with GOODBOOKS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def test_every_book_and_every_author_arrives(imports: Imports, database: Database):
    books = lines()
    authors = {book["authors"] for book in books}
    report = await imports.check(GOODBOOKS.read_bytes())
    assert (report.rejected, report.total, report.missing_parents) == (
        len(books),
        len(books),
        {"author_id": len(authors)},
    )
    report = await imports.choose(create=("author_id",))
    assert (report.new, report.rejected) == (len(books), 0)
    done = await imports.apply()
    assert (done.counts, done.created) == (report.counts, {"author_id": len(authors)})
    stored = database.sql("select isbn, name, title from book join author on author.id = author_id")
    assert sorted(stored, key=str) == sorted(
        ((book["isbn"] or None, book["authors"], book["title"]) for book in books), key=str
    )


async def test_the_second_time_only_books_without_a_number_are_new(imports: Imports, database: Database):
    content = GOODBOOKS.read_bytes()
    await imports.run(content, create=("author_id",))
    unnumbered = sum(not book["isbn"] for book in lines())
    report = await imports.check(content)
    assert (report.new, report.changed, report.unchanged, report.rejected) == (unnumbered, 0, 10_000 - unnumbered, 0)
    assert any(f"{unnumbered:,} rows have no isbn" in warning for warning in report.warnings)

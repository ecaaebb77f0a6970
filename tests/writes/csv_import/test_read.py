"""Reading without a database: any dialect of any text comes apart into the cells it was made of."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from admin.writes.csv_import.errors import Unreadable
from admin.writes.csv_import.read import Reader, locate_bad_byte
from admin.writes.csv_import.sniff import Format, sniff

TEXT = some.text(some.characters(codec="utf-8", exclude_characters="\0\x1a"), max_size=12)
TRICKY = some.text(alphabet="a\",;|\t\r\n '\\", max_size=8)
CELL = TEXT | TRICKY
TABLES = some.integers(1, 4).flatmap(
    lambda width: some.lists(some.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8)
)


def read_back(content: bytes, form: Format) -> list[list[str]]:
    """The cells that COPY would get, as Python's own reader takes them apart."""
    reader = Reader(io.BytesIO(content), form)
    copied = b"".join(reader.batches()).decode()
    reader.release()
    return [row[4:] for row in csv.reader(io.StringIO(copied, newline=""), delimiter=form.delimiter, strict=True)]


@given(
    rows=TABLES,
    delimiter=some.sampled_from(",;\t|"),
    end=some.sampled_from(["\n", "\r\n", "\r"]),
    everything=some.booleans(),
)
def test_cells_survive_any_dialect(rows: list[list[str]], delimiter: str, end: str, everything: bool):
    out = io.StringIO(newline="")
    # Python's writer quotes a line end only where its own is made of it; CRLF makes it quote both.
    end, quoting = (end, csv.QUOTE_ALL) if everything else ("\r\n", csv.QUOTE_MINIMAL)
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    headers = delimiter.join(f"h{n}" for n in range(len(rows[0]))) + end
    form = Format(delimiter=delimiter)
    assert read_back((headers + out.getvalue()).encode(), form) == rows


def outcome(content: bytes, name: str, value: object) -> object:
    """What becomes of a file whose blocks are read in another way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"admin.writes.csv_import.tokens.{name}", value)
        try:
            reader = Reader(io.BytesIO(content), Format())
            return b"".join(reader.batches()), reader.rows, reader.blank, reader.ctrl_z
        except Unreadable as error:
            return str(error)


@given(
    text=some.text(alphabet='ab,"\r\n\x1a\0', max_size=60) | some.text(alphabet="a,\r\n", max_size=60),
    headers=some.sampled_from(["h,i\n", "h\r\n"]),
    block=some.integers(1, 20),
)
def test_lines_in_runs_are_what_they_are_one_by_one(text: str, headers: str, block: int):
    content = (headers + text).encode()
    assert outcome(content, "BLOCK", block) == outcome(content, "Tokens._run", lambda _tokens: None)


@given(
    rows=some.lists(
        some.lists(some.sampled_from(["a", "1,5", "x y", ""]), min_size=3, max_size=3), min_size=3, max_size=20
    )
)
def test_the_delimiter_is_the_one_that_gives_one_width(rows: list[list[str]]):
    for delimiter in ";\t|":
        text = "\n".join(delimiter.join(row) for row in [["h1", "h2", "h3"], *rows])
        assert sniff(io.BytesIO(text.encode())).delimiter == delimiter


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("name;amount;note\nA;1,50;x, y\nB;2,25;z\n" * 30, ";"),
        ("a\tb\tc\n1\t2\t3,4\n" * 30, "\t"),
        ("a|b|c\n1|2,5|x\n" * 30, "|"),
        ('id,text\n1,"line\nbreak; semi"\n2,"a ""q"""\n' * 40, ","),
        ("email\na@x.de\nb@y.de\n" * 30, ","),
        ("id,when,what\n1,2026-01-02 10:11:12,a: b\n" * 30, ","),
        ("id,comment\n1,hello there my friend\n" * 30, ","),
        ('a,b\n"x;y;z","1;2"\n"p;q","3;4"\n' * 30, ","),
        ("sep=|\na|b\n", "|"),
        ("a;b\n1;2\n" + "x" * 70_000, ";"),
    ],
)
def test_delimiters_that_mislead_others(content: str, delimiter: str):
    assert sniff(io.BytesIO(content.encode())).delimiter == delimiter


@given(before=some.text(some.characters(codec="utf-8"), max_size=200), ends=some.sampled_from(["\n", "\r\n", "\r"]))
def test_a_bad_byte_is_located_by_its_physical_line(before: str, ends: str):
    text = before.replace("\n", ends)
    content = text.encode() + b"\xff" + b"rest"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert locate_bad_byte(io.BytesIO(content), "utf-8") == (lines, 0xFF)


def test_a_bad_byte_is_located_across_blocks():
    content = b"a\r\n" * 50_000 + b"\xe9\n"
    assert locate_bad_byte(io.BytesIO(content), "utf-8") == (50_001, 0xE9)

"""Files as a whole: encodings, line ends, quotes, widths, headers, and things that are no CSV file at all."""

from __future__ import annotations

import codecs

import pytest

from tests.postgres import Database
from tests.writes.csv_import.conftest import Imports
from tests.writes.csv_import.outcomes.cases import Case, hold

pytestmark = pytest.mark.anyio

FILES = [
    Case("1 no bytes", b"", "is empty"),
    Case("2 only blank lines", b"\n\n \r\n", "is empty"),
    Case("2 only a byte order mark", codecs.BOM_UTF8, "is empty"),
    Case("2 only a UTF-16 mark", codecs.BOM_UTF16_LE, "is empty"),
    Case("3 only a header", "name,note\n", stored=[], warned="no rows"),
    Case("4 UTF-8 with a mark", codecs.BOM_UTF8 + b"name,note\nann,x\n", stored=[("ann", "x")]),
    Case("5 UTF-16 little-endian", "name\tnote\ncafé\tx\n".encode("utf-16"), stored=[("café", "x")]),
    Case(
        "5 UTF-16 big-endian", codecs.BOM_UTF16_BE + "name\tnote\ncafé\tx\n".encode("utf-16-be"), stored=[("café", "x")]
    ),
    Case("6 UTF-16 without a mark", "name,note\nann,x\n".encode("utf-16-le"), "UTF-16"),
    Case("7 Windows-1252", b"name,note\ncaf\xe9,x\n", "not UTF-8: byte E9 on line 2"),
    Case("8 one bad byte far down", b"name,note\n" + b"ann,x\n" * 89_998 + b"b\xff,x\n", "byte FF on line 90,000"),
    Case("9 NUL in a cell", "name,note\nann,a\0b\nben,y\n", bad={2: "NUL"}, stored=[("ben", "y")]),
    Case("10 surrogate bytes", b"name,note\nann,\xed\xa0\x80\n", "byte ED on line 2"),
    Case("10 an overlong slash", b"name,note\nann,\xc0\xaf\n", "byte C0 on line 2"),
    Case(
        "11 a replacement character",
        "name,note\nann,caf\ufffd\n",
        stored=[("ann", "caf\ufffd")],
        warned="wrong encoding",
    ),
    Case(
        "12 line ends that are none",
        "name,note\nann,a\u2028b\u2029c\x85d\x0be\x0cf\nben,\n",
        stored=[("ann", "a\u2028b\u2029c\x85d\x0be\x0cf"), ("ben", None)],
    ),
    Case("13 CRLF", "name,note\r\nann,x\r\n", stored=[("ann", "x")]),
    Case("13 CR", "name,note\rann,x\rben,y\r", stored=[("ann", "x"), ("ben", "y")]),
    Case("14 mixed line ends", "name,note\r\nann,x\nben,y\rcy,z", stored=[("ann", "x"), ("ben", "y"), ("cy", "z")]),
    Case("15 no end of the last line", "name,note\nann,x", stored=[("ann", "x")]),
    Case(
        "16 lines inside quotes",
        'name,note\nann,"a\nb\r\nc"\nben,"',
        "quote opened on line 5 is never closed",
    ),
    Case(
        "16 lines inside quotes are kept",
        'name,note\nann,"a\nb\r\nc\rd"\nben,y\n',
        stored=[("ann", "a\nb\r\nc\rd"), ("ben", "y")],
    ),
    Case("17 doubled quotes", 'name,note\nann,"a ""b"" c"\n', stored=[("ann", 'a "b" c')]),
    Case("18 a quote that never ends", 'name,note\nann,x\nben,"y\ncy,z\n', "quote opened on line 3 is never closed"),
    Case("19 text after a quote", 'name,note\nann,x\nben,"a"b\n', "Line 3 has text after a closing quote"),
    Case("20 quotes inside a bare cell", 'name,note\nab"c"d,5" pipe\n', stored=[('ab"c"d', '5" pipe')]),
    Case(
        "21 a blank before a quote",
        'name,note\nann, "a,b"\nben,y\n',
        bad={2: "has 3 cells, expected 2; a blank"},
        stored=[("ben", "y")],
    ),
    Case("22 backslash before a quote", 'name,note\nann,"say \\"hi\\""\n', "a quote is written twice"),
    Case("23 a short row", "name,note\nann\nben,y\n", bad={2: "has 1 cell, expected 2"}, stored=[("ben", "y")]),
    Case("24 a long row", "name,note\nann,x,z\nben,y\n", bad={2: "has 3 cells, expected 2"}, stored=[("ben", "y")]),
    Case("25 a comma at the end of every line", "name,note,\nann,x,\n", stored=[("ann", "x")], warned="empty column"),
    Case("26 a nameless column with values", "name,note,\nann,x,\nben,y,z\n", "Column 3 has no name, but line 3"),
    Case("27 one name twice", "name,note,Name\nann,x,y\n", "Columns 1 and 3 are both called “Name”"),
    Case("28 names written another way", "NAME\u00a0,\u00a0 n\u006fte \nann,x\n", stored=[("ann", "x")]),
    Case(
        "29 a column that is not there",
        "name,note,colour\nann,x,red\n",
        stored=[("ann", "x")],
        warned="Ignored: colour",
    ),
    Case("30 a required column is missing", "note,small\nx,5\n", blocked="name: required, but not in the file"),
    Case("31 no header row", "ann,x\nben,y\n", blocked="None of the headers matches a column"),
    Case("32 semicolons", "name;note;small\nann;a,b;5\n", stored=[("ann", "a,b")]),
    Case("33 tabs", "name\tnote\nann\tx,y\n", stored=[("ann", "x,y")]),
    Case("33 pipes", "name|note\nann|x,y\n", stored=[("ann", "x,y")]),
    Case("34 sep=", "sep=;\nname;note\nann;x\n", stored=[("ann", "x")]),
    Case("35 a comment is data", "name,note\n# not a comment,x\n", stored=[("# not a comment", "x")]),
    Case("36 what COPY would take for itself", "name,note\n\\.,\\N\n", stored=[("\\.", "\\N")]),
    Case("37 Ctrl-Z at the end", "name,note\nann,x\n\x1a", stored=[("ann", "x")], warned="Ctrl-Z"),
    Case("54 bare and quoted empty", 'name,note\nann,\nben,""\n', stored=[("ann", None), ("ben", "")]),
    Case("55 blanks around text stay", "name,note\n ann ,x \n", stored=[(" ann ", "x ")]),
    Case("64 a cell of 2 MiB", "name,note\nann,x\nben," + "y" * 2**21 + "\n", "Line 3 has a cell larger than 1 MiB"),
    Case(
        "64 a quoted cell of 2 MiB",
        'name,note\nann,x\nben,"' + "y\n" * 2**20 + '"\n',
        "starts on line 3 is larger than 1 MiB",
    ),
    Case("65 ten thousand columns", ",".join(f"c{n}" for n in range(10_000)) + "\n", "10,000 columns"),
    Case("68 an Excel workbook", b"PK\x03\x04\x14\x00", "Excel workbook"),
    Case("69 gzip", b"\x1f\x8b\x08\x00", "compressed"),
    Case("69 PDF", b"%PDF-1.7\n", "PDF"),
    Case("69 a web page", b"\n<!DOCTYPE html><html>", "web page"),
    Case("69 JSON", b'[{"name": "ann"}]', "JSON"),
    Case("69 an image", b"\x89PNG\r\n\x1a\n", "image"),
    Case("70 not what its name says", "name,note\nann,x\n", stored=[("ann", "x")], file="photo.jpeg"),
    Case("71 a name that leads elsewhere", "name\nann\n", stored=[("ann", None)], file="../../<b>\r\n" + "x" * 4_000),
    Case(
        "72 headers that are markup or formulas", "<img onerror>,=cmd\nann,x\n", blocked="None of the headers matches"
    ),
    Case("73 formulas", "name,note\n=cmd|'/C calc'!A0,@SUM(A1)\n", stored=[("=cmd|'/C calc'!A0", "@SUM(A1)")]),
    Case("73 formulas as we export them", "name,note\n'=1+1,'' x\n", stored=[("=1+1", "' x")], warned="apostrophe"),
    Case(
        "empty lines between rows",
        "name,note\n\nann,x\n\r\n\n",
        stored=[("ann", "x")],
        warned="3 empty lines were passed over",
    ),
]


@pytest.mark.parametrize("case", FILES, ids=lambda case: case.name)
async def test_a_file_is_refused_or_each_line_is_accounted_for(case: Case, imports: Imports, database: Database):
    await hold(case, imports, database)

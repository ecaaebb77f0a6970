"""Workbooks: read by their content, exactly, and refused with a sentence when they cannot be."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace

import pytest

from admin.writes.csv_import import workbook as opening
from admin.writes.csv_import.errors import Unreadable
from admin.writes.csv_import.sheet import text
from admin.writes.csv_import.sniff import sniff
from tests.postgres import Database
from tests.workbooks import Failed, Formula, workbook
from tests.writes.csv_import.conftest import Imports

pytestmark = pytest.mark.anyio

PEOPLE = [
    ["email", "name", "balance", "born", "active"],
    ["a@x", "Ann", 1250, dt.date(1990, 4, 3), True],
    [],
    ["b@x", Formula("Ben"), 19.989999999999998, dt.datetime(1991, 5, 4), False],
    ["c@x", " ٣ \n=1", -0.5, None, None],
]


async def test_a_sheet_is_read_as_it_looks_and_lines_are_its_rows(imports: Imports, database: Database):
    content = workbook({"Notes": [["nothing"]], "People": [*PEOPLE, ["d@x", "D", "x", None, None]]}, first_row=3)
    stored = await imports.hand_in(content, "customer", "people.csv")
    assert (stored.format.sheet, stored.format.sheets) == ("Notes", ("Notes", "People"))
    stored = await imports.read(replace(stored.format, sheet="People"))
    assert stored.report is not None
    assert stored.staged is not None
    assert stored.staged.warnings == ("1 empty line was passed over.",)
    assert [(one.line, one.value) for one in stored.report.rejections] == [(8, "x")]
    await imports.choose(skip_bad=True)
    await imports.apply()
    assert database.sql("select email, name, balance::text, born::text, active from customer order by 1") == [
        ("a@x", "Ann", "1250.00", "1990-04-03", True),
        ("b@x", "Ben", "19.99", "1991-05-04", False),
        ("c@x", " ٣ \n=1", "-0.50", None, True),
    ]


async def test_an_error_of_the_sheet_is_no_empty_cell(imports: Imports):
    sheets = {
        "One": [["email", "name"], ["a@x", Failed("#DIV/0!")], ["b@x", "B"]],
        "Two": [[], [], ["", Failed("#N/A")]],
    }
    report = await imports.check(workbook(sheets), "customer")
    assert [(one.line, one.column, one.reason) for one in report.rejections] == [
        (2, "name", "shows an error in the sheet")
    ]
    assert report.new == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, "1"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (123456789012.25, "123456789012.25"),
        (9007199254740991.0, "9007199254740991"), (1.2345678901234567e19, "1.23456789012346e+19"), (True, "true"),
        (dt.datetime(2026, 11, 23, 14, 5, 6), "2026-11-23 14:05:06"), (dt.date(2026, 11, 23), "2026-11-23"),
        (dt.time(14, 5), "14:05:00"), ("", ""), ("x", "x"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_larder_reads_it(value: object, written: str):
    assert text(value) == written


def _archive(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return held.getvalue()


GOOD = workbook({"S": [["email"], ["a@x"]]})
FAR = _archive(xl__workbook_xml=b"<x/>", xl__s_xml=b'<c r="A1"/><c r="XFD1048576"/>')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD[:-40], "broken or cut off"),
        (GOOD.replace(b"xl/workbook", b"xl/workbonk"), "not an Excel workbook"),
        (_archive(xl__workbook_xml=b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x/>'), "broken or cut off"),
        (_archive(readme_xml=b"hello"), "ZIP archive, not an Excel workbook"),
        (_archive(xl__workbook_xml=b"<x/>"), "broken or cut off"),
        (_archive(xl__workbook_xml=b"<x/>", bomb=b"0" * (300 * 2**20)), "too large"),
        (FAR, "too large"),
        (_archive(xl__workbook_xml=b"<x/>", xl__s_xml=b"<row><c><v>1</v></c></row>"), "do not say where they stand"),
        (workbook({"S": [["x"]]}, hidden=["S"]), "no sheet with cells"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or an encrypted Excel workbook"),
    ],
    ids=["cut", "renamed inside", "entities", "archive", "empty", "bomb", "far corner", "placeless", "hidden", "old"],
)
def test_what_is_no_workbook_to_read_is_refused(content: bytes, said: str):
    with pytest.raises(Unreadable, match=re.escape(said)):
        sniff(io.BytesIO(content))


def test_a_part_that_unpacks_to_more_than_it_says_is_refused():
    lying = bytearray(_archive(xl__workbook_xml=b"<x/>", bomb=b"0" * 2**20))
    size = (2**20).to_bytes(4, "little")
    while (at := lying.find(size)) >= 0:
        lying[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(Unreadable, match="broken"):
        opening.looked_through(io.BytesIO(bytes(lying)))


async def test_an_empty_sheet_is_said_and_another_can_be_chosen(imports: Imports):
    stored = await imports.hand_in(workbook({"Empty": [], "Full": [["name"], ["Ann"]]}), "author")
    assert (stored.record.state, stored.record.error) == ("failed", "The sheet “Empty” is empty.")
    stored = await imports.read(replace(stored.format, sheet="Full"))
    assert stored.record.state == "review"

"""Workbooks for tests: as little of an .xlsx file as a spreadsheet would open."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
</Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
    '<xf numFmtId="21"/></cellXfs></styleSheet>'
)
EPOCH = dt.datetime(1899, 12, 30)

Value = str | float | bool | dt.date | dt.time | None


class Formula(str):
    """A cell whose value was computed by the spreadsheet."""

    __slots__ = ()


class Failed(str):
    """A cell that shows an error, such as #DIV/0!."""

    __slots__ = ()


def workbook(sheets: dict[str, Sequence[Sequence[Value]]], *, hidden: Sequence[str] = (), first_row: int = 1) -> bytes:
    """A workbook of these sheets; `first_row` is the row on which the cells of each begin."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS.format(_relation(1, "officeDocument", "xl/workbook.xml")))
        relations = [_relation(n, "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
        relations.append(_relation(len(sheets) + 1, "styles", "styles.xml"))
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format("".join(relations)))
        states = ("visible", "hidden")
        entries = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}" state="{states[name in hidden]}"/>'
            for n, name in enumerate(sheets, 1)
        )
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{entries}</sheets></workbook>'
        )
        archive.writestr("xl/styles.xml", STYLES)
        for n, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", _sheet(rows, first_row))
    return held.getvalue()


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'


def _sheet(rows: Sequence[Sequence[Value]], first_row: int) -> str:
    lines = []
    for number, row in enumerate(rows, first_row):
        cells = "".join(_cell(f"{_letters(n)}{number}", value) for n, value in enumerate(row) if value is not None)
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(at: str, value: Value) -> str:
    attributes, inside = _written(value)
    return f'<c r="{at}"{attributes}>{inside}</c>'


def _written(value: Value) -> tuple[str, str]:
    days = dt.timedelta(days=1)
    match value:
        case bool():
            found = ' t="b"', str(int(value))
        case Formula():
            return ' t="str"', f"<f>A1</f><v>{escape(value)}</v>"
        case Failed():
            found = ' t="e"', escape(value)
        case str():
            return ' t="inlineStr"', f'<is><t xml:space="preserve">{escape(value)}</t></is>'
        case dt.datetime():
            found = ' s="2"', repr((value - EPOCH) / days)
        case dt.date():
            found = ' s="1"', str((value - EPOCH.date()).days)
        case dt.time():
            found = ' s="3"', repr((dt.datetime.combine(EPOCH, value) - EPOCH) / days)
        case _:
            found = "", repr(value)
    return found[0], f"<v>{found[1]}</v>"


def _letters(number: int) -> str:
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found

"""An Excel workbook, opened with care: looked through before it is unpacked in memory, its sheets named.

A workbook is a ZIP archive, so a few kilobytes can claim to be gigabytes, and one cell in the last corner makes a
sheet of seventeen billion. Every part is therefore unpacked once in small blocks, within bounds, and the places of its
cells are read; only then the parser sees it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from admin.writes.csv_import.errors import Unreadable

MAX_PARTS = 2_000
MAX_UNPACKED = 256 * 2**20
MAX_CELLS = 8_000_000
"""Cells of a sheet from its first corner to its last: the parser holds all of them in memory."""
BLOCK = 2**17
"""Bytes that are looked at in one go: few enough that other requests are not kept waiting."""

CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])(?:[^>]*?\sr=[\"']([A-Za-z]{1,4})([0-9]{1,8})[\"'])?([^>]*)")
ERROR = re.compile(rb"\st=[\"']e[\"']")

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

BROKEN = "This Excel workbook or ZIP archive cannot be opened: it is broken or cut off. Save it again."
TOO_LARGE = "This workbook is too large to be read. Save the sheet as “CSV UTF-8” and import that."
NO_WORKBOOK = "This is a ZIP archive, not an Excel workbook. Unpack it and import the file inside."


@dataclass
class Part:
    """What one part of the archive says about cells: the last row and column, and which cells show an error."""

    rows: int = 0
    columns: int = 0
    errors: set[tuple[int, int]] = field(default_factory=set)

    def look(self, text: bytes) -> None:
        if b"<!DOCTYPE" in text:
            raise Unreadable(BROKEN)
        for letters, digits, rest in CELL.findall(text):
            if not digits:
                raise Unreadable("The cells of this workbook do not say where they stand. Save it again in Excel.")
            row, column = int(digits), _number(letters)
            self.rows, self.columns = max(self.rows, row), max(self.columns, column)
            if ERROR.search(rest):
                self.errors.add((row, column))
        if self.rows * self.columns > MAX_CELLS:
            raise Unreadable(TOO_LARGE)


def is_archive(start: bytes) -> bool:
    """Whether a file begins like a workbook, whatever its name is."""
    return start.startswith(b"PK\x03\x04")


def sheets(file: BinaryIO) -> list[str]:
    """The names of the sheets that a person sees, in their order. Raises `Unreadable`."""
    looked_through(file)
    names = [
        sheet.name
        for sheet in _opened(file).sheets_metadata
        if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
    ]
    if not names:
        raise Unreadable("This workbook has no sheet with cells.")
    return names


def opened(file: BinaryIO, name: str) -> tuple[CalamineSheet, set[tuple[int, int]]]:
    """A sheet, and those of its cells that show an error in place of a value. Raises `Unreadable`."""
    parts = looked_through(file)
    book = _opened(file)
    if name not in book.sheet_names:
        raise Unreadable(f"This workbook has no sheet called “{name[:80]}”.")
    try:
        return book.get_sheet_by_name(name), parts[_path(file, name)].errors
    except (CalamineError, KeyError) as error:
        raise Unreadable(BROKEN) from error


def looked_through(file: BinaryIO) -> dict[str, Part]:
    """Unpack every part once, block by block. Raises `Unreadable` for what is broken, too large or no workbook."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if WORKBOOK not in archive.namelist():
                raise Unreadable(NO_WORKBOOK)
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Unreadable(TOO_LARGE)
            return {part.filename: _looked_at(archive, part) for part in parts}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise Unreadable(BROKEN) from error


def _path(file: BinaryIO, name: str) -> str:
    """The part of the archive that holds a sheet. Raises `KeyError` where the workbook does not say it."""
    with zipfile.ZipFile(file) as archive:
        try:
            # Neither is large nor has a DOCTYPE, and so no entities: `looked_through` has refused that.
            book, relations = (ET.fromstring(archive.read(part)) for part in (WORKBOOK, RELATIONS))  # noqa: S314
        except ET.ParseError as error:
            raise Unreadable(BROKEN) from error
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    ids = {one.get("name"): one.get(ID) for one in book.iterfind("{*}sheets/{*}sheet")}
    target = targets[ids[name]]
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _looked_at(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Part:
    part, held = Part(), b""
    with archive.open(info) as file:
        while block := file.read(BLOCK):
            held += block
            cut = held.rfind(b"<")
            if cut < 0 or len(held) - cut > BLOCK:
                cut = len(held)
            part.look(held[:cut])
            held = held[cut:]
    part.look(held)
    return part


def _opened(file: BinaryIO) -> CalamineWorkbook:
    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file)
    except CalamineError as error:
        raise Unreadable(BROKEN) from error


def _number(letters: bytes) -> int:
    """The number of a column by its letters, A being 1."""
    found = 0
    for letter in letters.upper():
        found = found * 26 + letter - 64
    return found

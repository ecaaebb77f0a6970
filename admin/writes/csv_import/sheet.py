"""A sheet of a workbook as its headers and batches of COPY data: what `read` does for text.

Values come as they stand in the cells, written as Larder reads them: whole numbers without `.0`, other numbers with the
fifteen digits that spreadsheets keep, dates as YYYY-MM-DD. Formulas are the values they had when the workbook was
saved. Lines are rows of the sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from admin.writes.csv_import import tokens, workbook
from admin.writes.csv_import.errors import Unreadable
from admin.writes.csv_import.read import BATCH, MAX_COLUMNS, clean_header
from admin.writes.csv_import.sniff import Format
from admin.writes.csv_import.tokens import CELL_LIMIT

EXACT = 2.0**53
"""Whole numbers below this are kept exactly by a spreadsheet; beyond, digits are made up."""


class SheetReader:
    """One pass over a sheet, like `read.Reader` over a text."""

    ctrl_z = False

    def __init__(self, file: BinaryIO, form: Format) -> None:
        """Reads the header row. Raises `Unreadable`."""
        self.rows = self.blank = self.misdecoded = self.width = 0
        sheet, self._errors = workbook.opened(file, form.sheet or "")
        self._rows = self._filled(sheet.iter_rows())
        first = next(self._rows, None)
        if first is None:
            raise Unreadable(f"The sheet “{form.sheet}” is empty.")
        number, cells = first
        self.width = len(cells)
        if self.width > MAX_COLUMNS:
            raise Unreadable(f"The sheet has {self.width:,} columns; at most {MAX_COLUMNS} can be imported.")
        if form.header:
            self.headers = [clean_header(cell) for cell in cells]
        else:
            self._rows = _before((number, cells), self._rows)
            self.headers = [f"Column {column}" for column in range(1, self.width + 1)]

    def batches(self) -> Iterator[bytes]:
        """The rows for COPY (FORMAT csv): line, problem, its cell, rest, cells."""
        lines: list[str] = []
        size = 0
        for number, cells in self._rows:
            self.rows += 1
            lines.append(self._row(number, cells))
            size += len(lines[-1])
            if size >= BATCH:
                yield self._packed(lines)
                size = 0
        yield self._packed(lines)

    def release(self) -> None:
        """The file was read whole already."""

    def _filled(self, rows: Iterator[list[Any]]) -> Iterator[tuple[int, list[str]]]:
        for number, row in enumerate(rows, 1):
            cells = [text(value) for value in row]
            if any(cells) or any((number, column) in self._errors for column in range(1, len(cells) + 1)):
                yield number, cells
            elif self.width:
                self.blank += 1

    def _row(self, number: int, cells: list[str]) -> str:
        problem, at = "", ""
        for column, cell in enumerate(cells, 1):
            if len(cell) > CELL_LIMIT:
                raise Unreadable(f"Row {number} has a cell larger than 1 MiB.")
            if not problem and ("\x00" in cell or (number, column) in self._errors):
                problem = "contains a NUL character" if "\x00" in cell else "shows an error in the sheet"
                at = str(column)
        packed = ",".join(tokens.quoted(cell.replace("\x00", "␀")) if cell else "" for cell in cells)
        return f"{number},{tokens.quoted(problem) if problem else ''},{at},,{packed}\n"

    def _packed(self, lines: list[str]) -> bytes:
        joined = "".join(lines)
        lines.clear()
        self.misdecoded += joined.count("\ufffd")
        return joined.encode("utf-8", "replace")


def text(value: Any) -> str:
    """A cell as Larder reads it; empty for an empty one."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() | int():
            return _number(value)
        case dt.datetime():
            return value.isoformat(sep=" ")
        case dt.date() | dt.time():
            return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    if float(value).is_integer() and abs(value) < EXACT:
        return str(int(value))
    written = f"{value:.15g}"
    return format(Decimal(written), "f") if abs(value) < EXACT else written


def _before(first: tuple[int, list[str]], others: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from others

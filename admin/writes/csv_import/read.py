"""A file as its headers and batches of COPY data; synchronous, made to be pulled batch by batch from a worker thread.

What is wrong with the file as a whole raises `Unreadable` with the physical line. What is wrong with one row travels
with it, so that the row can be shown and the others go on.
"""

from __future__ import annotations

import codecs
import io
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO

from admin.writes.csv_import import tokens
from admin.writes.csv_import.errors import Unreadable, WrongEncoding
from admin.writes.csv_import.sniff import ENCODINGS, Format
from admin.writes.csv_import.tokens import CTRL_Z, Record, Run, Tokens

MAX_COLUMNS = 500
MAX_ROWS = 5_000_000
BATCH = 2**19
"""Characters a batch has at least: large enough that COPY is not slowed down, small enough to stay unnoticed."""

NUL = "contains a NUL character"
"""Problem of a row with such a character, which is shown as ␀."""
BLOCK = 2**16


class Reader:
    """One pass over a file. `headers` are known at once; the counts are complete when `batches` is exhausted."""

    def __init__(self, file: BinaryIO, form: Format) -> None:
        """Reads the header row. Raises `Unreadable`."""
        self.rows = 0
        self.misdecoded = 0
        self.ctrl_z = False
        self._file = file
        self._format = form
        file.seek(0)
        encoding = "utf-8-sig" if form.encoding == "utf-8" else form.encoding
        self._text = io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")
        self._tokens = Tokens(self._text, form.delimiter)
        self._records = self._decoded()
        self.headers = self._read_headers()

    @property
    def blank(self) -> int:
        """How many empty lines were passed over."""
        return self._tokens.blank

    def batches(self) -> Iterator[bytes]:
        """The rows for COPY (FORMAT csv), in the file's own delimiter: line, problem, its cell, rest, cells."""
        lines: list[str] = []
        size = 0
        for record in self._records:
            if isinstance(record, Record) and record.text == CTRL_Z:
                self.ctrl_z = True
                continue
            lines.append(self._run(record) if isinstance(record, Run) else self._row(record))
            size += len(lines[-1])
            if size >= BATCH:
                yield self._packed(lines)
                size = 0
        yield self._packed(lines)

    def release(self) -> None:
        """Let go of the file without closing it."""
        self._text.detach()

    def _decoded(self) -> Iterator[Record | Run]:
        try:
            yield from self._tokens
        except UnicodeDecodeError:
            line, byte = locate_bad_byte(self._file, self._format.encoding)
            name = ENCODINGS.get(self._format.encoding, self._format.encoding)
            raise WrongEncoding(
                f"This file is not {name}: byte {byte:02X} on line {line:,}. Choose the encoding it was saved in."
            ) from None

    def _read_headers(self) -> list[str]:
        first = self._first()
        if first is not None and first.text[:4].lower() == "sep=" and len(first.text) <= 5:
            # Excel's own way to say the delimiter; it is no row.
            first = self._first()
        if first is None or first.text == CTRL_Z:
            raise Unreadable("This file is empty.")
        if first.width > MAX_COLUMNS:
            raise Unreadable(f"Line {first.line} has {first.width:,} columns; at most {MAX_COLUMNS} can be imported.")
        if "\x00" in first.text:
            raise WrongEncoding(
                f"Line {first.line} contains NUL characters: this looks like UTF-16 without a byte order mark. "
                "Choose UTF-16, or save the file as UTF-8."
            )
        self.width = first.width
        self._tokens.expect(first.width)
        if not self._format.header:
            # The first record is a row like the others: hand it out again before them.
            self._records = _before(first, self._records)
            return [f"Column {number}" for number in range(1, first.width + 1)]
        return [clean_header(cell) for cell in tokens.plain(first.text, self._format.delimiter)]

    def _first(self) -> Record | None:
        """The next record, as long as no run of them can come."""
        found = next(self._records, None)
        return found if isinstance(found, Record) else None

    def _count(self, rows: int, line: int) -> None:
        """Count rows, the last of which stands on this line. Raises `Unreadable` where there are too many."""
        self.rows += rows
        if self.rows > MAX_ROWS:
            first = line - (self.rows - MAX_ROWS) + 1
            raise Unreadable(f"The file has more than {MAX_ROWS:,} rows (line {first}). Split it.")

    def _run(self, run: Run) -> str:
        self._count(len(run.texts), run.line + len(run.texts) - 1)
        nothing = self._format.delimiter * 4
        return "".join([f"{line}{nothing}{text}\n" for line, text in enumerate(run.texts, run.line)])

    def _row(self, record: Record) -> str:
        self._count(1, record.line)
        d = self._format.delimiter
        if record.width == self.width and "\x00" not in record.text:
            return f"{record.line}{d}{d}{d}{d}{record.text}\n"
        return self._bad_row(record, d)

    def _bad_row(self, record: Record, d: str) -> str:
        """A row that is listed but never imported: NUL shown as ␀, cells cut off kept beside, missing ones empty."""
        cells = tokens.plain(record.text.replace("\x00", "␀"), d)
        if record.width != self.width:
            problem, at = f"has {_cells(record.width)}, expected {self.width}", ""
            if any(cell.startswith(' "') for cell in cells):
                problem += "; a blank before a quote makes the quote part of the text"
        else:
            at = str(next(n for n, text in enumerate(cells, 1) if "␀" in text))
            problem = NUL
        rest = d.join(map(_again, cells[self.width :]))
        cells = [*cells[: self.width], *[""] * (self.width - len(cells))]
        return f"{record.line}{d}{tokens.quoted(problem)}{d}{at}{d}{_again(rest)}{d}{d.join(map(_again, cells))}\n"

    def _packed(self, lines: list[str]) -> bytes:
        text = "".join(lines)
        lines.clear()
        self.misdecoded += text.count("\ufffd")
        return text.encode()


def clean_header(text: str) -> str:
    """A header as it is shown: composed, trimmed, no-break blanks made blanks, at most 200 characters."""
    return " ".join(unicodedata.normalize("NFC", text.removeprefix("\ufeff")).split())[:200]


def locate_bad_byte(file: BinaryIO, encoding: str) -> tuple[int, int]:
    """The physical line and the value of the first byte that is no text in this encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, ended = 1, ""
    while True:
        block = file.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            seen = error.object[: error.start]
            text = codecs.decode(seen, encoding, "ignore") if seen else ""
            return line + _line_ends(ended + text) - _line_ends(ended), error.object[error.start]
        if not block:
            return line, 0
        line += _line_ends(ended + text) - _line_ends(ended)
        ended = text[-1:] if text.endswith("\r") else ""


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _before(first: Record, others: Iterator[Record | Run]) -> Iterator[Record | Run]:
    yield first
    yield from others


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def _again(cell: str) -> str:
    """A cell of a row that is only shown: empty stays bare, everything else is quoted."""
    return tokens.quoted(cell) if cell else ""

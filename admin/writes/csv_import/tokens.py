"""Strict CSV: records out of lines, each with the physical line it starts on.

Not the csv module: before Python 3.12 it cannot tell a bare empty cell (NULL) from a quoted one (''). COPY can, so it
gets each record as it stands in the file, and here it is only made sure that it is one. Where no line of a block has a
quote, its lines are the records; a line without one is a record as it is; one with well-formed quotes is told by one
regular expression; only the rest is walked cell by cell.

Only LF, CRLF and CR end a line. Inside quotes they are part of the cell, byte for byte.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from admin.writes.csv_import.errors import Unreadable

CELL_LIMIT = 2**20
"""Characters of a cell. More is a quote that was never closed, or a file that does not belong in a table."""
LINE_LIMIT = 8 * CELL_LIMIT
"""Characters of a physical line that are read at once, so that a file without line ends stays out of memory."""

BLOCK = 2**18
"""Characters that are looked at together."""

CTRL_Z = "\x1a"
INSIDE_QUOTES = re.compile(r'(?:[^"]|"")*+')


class Record(NamedTuple):
    """One record: the line it starts on, its text for COPY without the line end, and how many cells it has."""

    line: int
    text: str
    width: int


class Run(NamedTuple):
    """Records one after the other, each of which is a physical line and has the cells that most have."""

    line: int
    texts: list[str]


class Tokens:
    """The records of an open text file. `line` is the number of the physical line that was read last."""

    def __init__(self, file: io.TextIOBase, delimiter: str) -> None:
        self.line = 0
        self.blank = 0
        self._file = file
        self._block: io.StringIO | None = None
        """What was looked at as a block and has to be taken apart line by line."""
        self._delimiter = delimiter
        self._width = 0
        self._cell = rf'(?:"(?:[^"]++|"")*+"|[^{re.escape(delimiter)}"]*+)'
        self._cells = re.compile(f"{re.escape(delimiter)}({self._cell})").findall
        self._whole = re.compile("(?!)").fullmatch

    def expect(self, width: int) -> None:
        """Most records will have this many cells: those are told by one match each, or in runs of many."""
        self._width = width
        self._whole = re.compile(re.escape(self._delimiter).join([self._cell] * width)).fullmatch

    def __iter__(self) -> Iterator[Record | Run]:
        """Runs come only when it was said how many cells to expect."""
        while True:
            while self._width and self._block is None and (run := self._run()):
                yield run
            text = self._readline()
            if not text:
                return
            self.line += 1
            line, bare = self.line, text.rstrip("\r\n")
            if len(bare) > CELL_LIMIT:
                self._refuse_large(text)
            if not bare:
                self.blank += 1
            elif '"' not in bare:
                yield Record(line, bare, bare.count(self._delimiter) + 1)
            elif self._whole(bare):
                yield Record(line, bare, self._width)
            else:
                yield self._quoted(line, text, bare)

    def _readline(self) -> str:
        """The next physical line with its end; empty at the end of the file."""
        if self._block is not None:
            if text := self._block.readline():
                return text
            self._block = None
        return self._file.readline(LINE_LIMIT)

    def _run(self) -> Run | None:
        """The lines of the next block, if they are plain records; None where they have to be looked at one by one."""
        block = self._file.read(BLOCK)
        block += self._file.readline(LINE_LIMIT)
        plain = block.replace("\r\n", "\n")
        if len(block) <= CELL_LIMIT and not any(mark in plain for mark in ('"', "\r", "\0", CTRL_Z)):
            texts = plain.removesuffix("\n").split("\n")
            if {text.count(self._delimiter) for text in texts} == {self._width - 1} and "" not in texts:
                self.line += len(texts)
                return Run(self.line + 1 - len(texts), texts)
        self._block = io.StringIO(block, newline="")
        return None

    def _refuse_large(self, text: str) -> None:
        if len(text) >= LINE_LIMIT or max(map(len, text.split(self._delimiter))) > CELL_LIMIT:
            raise Unreadable(f"Line {self.line} has a cell larger than 1 MiB.")

    def _quoted(self, line: int, text: str, bare: str) -> Record:
        """A record with quotes: taken as it stands when all cells are well-formed, else cell by cell."""
        found = self._cells(self._delimiter + bare)
        if sum(map(len, found)) + len(found) == len(bare) + 1:
            return Record(line, bare, len(found))
        cells = self._walk(text)
        return Record(line, self._delimiter.join(cells), len(cells))

    def _walk(self, text: str) -> list[str]:
        """The cells of the record that starts with this line, as COPY wants them; reads on where quotes hold lines."""
        cells, at = [], 0
        while True:
            if text.startswith('"', at):
                cell, text, at = self._closed(text, at)
            else:
                cell, at = self._bare(text, at)
            cells.append(cell)
            if not text.startswith(self._delimiter, at):
                return cells
            at += 1

    def _bare(self, text: str, at: int) -> tuple[str, int]:
        """A cell without quotes around it. Quotes within are literal, which COPY has to be told by quoting them."""
        end = text.find(self._delimiter, at)
        if end < 0:
            end = len(text.rstrip("\r\n"))
        cell = text[at:end]
        return (quoted(cell) if '"' in cell else cell), end

    def _closed(self, text: str, at: int) -> tuple[str, str, int]:
        """A quoted cell with its quotes; the line it ends on, and where in it."""
        opened, size, parts, start = self.line, 0, [], at + 1
        while True:
            match = INSIDE_QUOTES.match(text, start)
            end = match.end() if match else start
            parts.append(text[start:end])
            size += end - start
            if size > CELL_LIMIT:
                raise Unreadable(
                    f"The cell that starts on line {opened} is larger than 1 MiB, or its quote is never closed."
                )
            if end < len(text):
                break
            text, start = self._readline(), 0
            if not text:
                raise Unreadable(f"The quote opened on line {opened} is never closed.")
            self.line += 1
        self._refuse_text_after(text, end)
        return f'"{"".join(parts)}"', text, end + 1

    def _refuse_text_after(self, text: str, end: int) -> None:
        after = text[end + 1 : end + 2]
        if after and after not in ("\r", "\n", self._delimiter):
            hint = (
                ' Inside quotes, a quote is written twice (“""”), not with a backslash.'
                if text[end - 1] == "\\"
                else ""
            )
            raise Unreadable(f"Line {self.line} has text after a closing quote.{hint}")


def quoted(cell: str) -> str:
    """A cell in quotes."""
    return '"' + cell.replace('"', '""') + '"'


def plain(record: str, delimiter: str) -> list[str]:
    """The cells of one record's text, without their quotes."""
    cell = re.compile(rf'{re.escape(delimiter)}(?:"((?:[^"]++|"")*+)"|([^{re.escape(delimiter)}"]*+))')
    return [
        match[1].replace('""', '"') if match[1] is not None else match[2] for match in cell.finditer(delimiter + record)
    ]


def widths(text: str, delimiter: str) -> Iterator[int]:
    """How many cells each record has, up to the first one that cannot be read."""
    try:
        for record in Tokens(io.StringIO(text, newline=""), delimiter):
            if isinstance(record, Record):
                yield record.width
    except Unreadable:
        return

"""What a file is, by its content alone: names and content types are claims of the sender.

Nothing is guessed silently. An encoding is taken from a byte order mark, or is strict UTF-8; everything else is for
the person to choose. The delimiter is the one that gives the most lines of one width, and it is shown.
"""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

from admin.writes.csv_import import tokens, workbook
from admin.writes.csv_import.errors import Unreadable

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, little-endian without a mark",
    "utf-16-be": "UTF-16, big-endian without a mark",
    "cp1252": "Windows-1252 (Western Europe)",
    "iso8859-15": "ISO 8859-15 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "mac-roman": "Mac Roman",
    "shift_jis": "Shift JIS",
    "gb18030": "GB 18030",
}
SAMPLE = 65_536
"""Bytes that are looked at to find encoding and delimiter."""

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "This is an old or an encrypted Excel workbook. Save it as .xlsx without a password."),
    (b"\x1f\x8b", "This file is compressed (gzip). Unpack it and import the CSV file inside."),
    (b"BZh", "This file is compressed (bzip2). Unpack it and import the CSV file inside."),
    (b"\xfd7zXZ", "This file is compressed (xz). Unpack it and import the CSV file inside."),
    (b"(\xb5/\xfd", "This file is compressed (zstd). Unpack it and import the CSV file inside."),
    (b"7z\xbc\xaf", "This is a 7z archive. Unpack it and import the CSV file inside."),
    (b"%PDF-", "This is a PDF document, not a CSV file."),
    (b"\x89PNG", "This is an image, not a CSV file."),
    (b"\xff\xd8\xff", "This is an image, not a CSV file."),
    (b"GIF8", "This is an image, not a CSV file."),
    (b"PAR1", "This is a Parquet file, not a CSV file."),
    (b"SQLite format 3\0", "This is an SQLite database, not a CSV file."),
    (b"\x7fELF", "This is a program, not a CSV file."),
)


@dataclass(frozen=True)
class Format:
    """How the bytes of a file become rows."""

    encoding: str = "utf-8"
    delimiter: str = ","
    header: bool = True
    sheet: str | None = None
    """The sheet of a workbook; None for a text."""
    sheets: tuple[str, ...] = ()
    """All sheets of the workbook that a person sees."""


def sniff(
    file: BinaryIO, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> Format:
    """The format of a file that is open for reading at any place; what is given is kept.

    Raises `Unreadable` for what is no CSV file.
    """
    file.seek(0)
    start = file.read(SAMPLE)
    if workbook.is_archive(start):
        names = workbook.sheets(file)
        return Format(sheet=sheet or names[0], sheets=tuple(names))
    if sheet is not None:
        raise Unreadable("Only a workbook has sheets, and this is none.")
    refuse_other_content(start)
    if encoding is None:
        encoding = next((name for mark, name in MARKS if start.startswith(mark)), "utf-8")
    return Format(encoding, delimiter or _delimiter(_text(start, encoding)))


def refuse_other_content(start: bytes) -> None:
    """Raise `Unreadable` with a sentence when the first bytes are those of something that is no CSV file."""
    for signature, sentence in SIGNATURES:
        if start.startswith(signature):
            raise Unreadable(sentence)
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        raise Unreadable("This file is empty.")
    if text[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise Unreadable("This is a web page, not a CSV file. Perhaps the download needed a login.")
    if text[:5].lower() in (b"<?xml", b"<svg "):
        raise Unreadable("This is an XML document, not a CSV file.")
    if text.startswith((b"{", b"[")) and text[1:].lstrip()[:1] in b'"{[]}':
        raise Unreadable("This is a JSON file, not a CSV file.")


def _text(start: bytes, encoding: str) -> str:
    """The sample as text without its last, probably cut line; the strict reading comes later."""
    text = start.decode(encoding, errors="replace").removeprefix("\ufeff")
    return text if len(start) < SAMPLE else text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text


def _delimiter(text: str) -> str:
    """The delimiter that gives the most records of one and the same width above one; a comma when none does."""
    if text[:4].lower() == "sep=" and text[4:5] in DELIMITERS:
        return text[4]
    scores = {delimiter: _score(text, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] else ","


def _score(text: str, delimiter: str) -> float:
    widths = Counter(tokens.widths(text, delimiter))
    if not widths:
        return 0
    width, records = widths.most_common(1)[0]
    return records / widths.total() * (1 + width / 100) if width > 1 else 0

"""What a file that is not UTF-8 would look like in each encoding it may have: for a person to recognise."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from admin.writes.csv_import import statements as st
from admin.writes.csv_import.sniff import ENCODINGS

LINES = 3
SHOWN = 160
LOOKED_AT = 400
"""Parts of the kept file (a quarter of a megabyte each) in which a byte that is not ASCII is looked for."""


@dataclass(frozen=True)
class Preview:
    """An encoding in which the bytes are text, and the first lines that tell it from others."""

    encoding: str
    name: str
    lines: tuple[str, ...]


async def previews(session: AsyncSession, import_id: int) -> list[Preview]:
    """Every encoding that could be it, with the lines around the first bytes that are not ASCII."""
    table = st.staging(import_id, "file")
    for part in range(LOOKED_AT):
        found = await st.value(session, st.of("select bytes from {t} where part = {n}", t=table, n=st.lit(part)))
        if found is None:
            return []
        lines = telling(bytes(found))
        if lines:
            return in_each(lines)
    return []


def telling(content: bytes) -> list[bytes]:
    """The first lines with bytes that are not plain ASCII; the first bytes as they are where every other one is NUL."""
    if b"\x00" in content[:200]:
        return [content[:SHOWN]]
    return [line for line in content.splitlines() if not line.isascii()][:LINES]


def in_each(lines: list[bytes]) -> list[Preview]:
    """The lines in every encoding in which they are text without control characters."""
    found = []
    wide = any(b"\x00" in line for line in lines)
    for encoding, name in ENCODINGS.items():
        if encoding.startswith("utf-16") != wide:
            continue
        try:
            texts = tuple(line.decode(encoding)[:SHOWN] for line in lines)
        except UnicodeDecodeError:
            continue
        if all(letter.isprintable() or letter in "\t\r\n" for text in texts for letter in text):
            found.append(Preview(encoding, name, texts))
    return found

"""What a person chose for an import: kept as JSON with the import, the same for the pages and the command line."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Mode = Literal["add", "update", "upsert"]
MODES: dict[Mode, str] = {"add": "Add only", "update": "Update only", "upsert": "Add and update"}

Empty = Literal["keep", "clear", "text"]
Trash = Literal["reject", "add", "restore"]
Decimal = Literal["point", "comma", "grouped"]
Dates = Literal["iso", "dmy", "mdy"]


def heading(headers: tuple[str, ...], cell: int | None, column: str | None) -> str | None:
    """How the file calls a column of it; the table's own name where the file lacks it."""
    return headers[cell - 1] if cell and cell <= len(headers) else column


@dataclass(frozen=True)
class Match:
    """A column of the file (from 1) that goes into a column of the table.

    `via` names the unique column of the parent by which the file names it; None: the value itself. `fill` stands for
    every empty cell. A number behind the file's last column is a column that the file lacks: its `fill` is every
    row's.
    """

    cell: int
    column: str
    via: str | None = None
    fill: str | None = None

    @property
    def target(self) -> str:
        """How the choice is spelled in forms and on the command line: `price`, `author_id.name`."""
        return self.column if self.via is None else f"{self.column}.{self.via}"

    def heading(self, headers: tuple[str, ...]) -> str:
        """How the file calls the column; the table's own name where the file lacks it."""
        return heading(headers, self.cell, self.target) or self.target


@dataclass(frozen=True)
class Options:
    """How the rows of a file become rows of the table. The defaults are the safe side of each choice."""

    matches: tuple[Match, ...]
    mode: Mode = "add"
    key: str | None = None
    """Name of the unique key by which rows are found; None when rows are only added."""
    empty: Empty = "keep"
    """What an empty cell means: keep the value of a row that is there, make it NULL, or be the empty text."""
    skip_bad: bool = False
    """Leave rejected rows out; otherwise one of them stops the whole import."""
    create: tuple[str, ...] = ()
    """Columns whose missing parents are created."""
    trash: Trash = "reject"
    """A row whose key is in the trash: reject it, restore and update that row, or add a new one beside it."""
    unescape: bool = True
    """Take back the apostrophe that a spreadsheet-safe export puts before what looks like a formula."""
    decimal: Decimal = "point"
    """How numbers are written: 1234.50, 1.234,50 or 1,234.50."""
    remembered: bool = False
    """Whether the matches are those of the last import with these headers, and nobody has looked at them yet."""
    dates: Dates = "iso"
    """How dates are written, beside 2026-11-23: not at all otherwise, day first, or month first."""

    def matched(self, column: str) -> Match | None:
        """The match of a column, or None."""
        return next((match for match in self.matches if match.column == column), None)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Options:
        matches = tuple(Match(**match) for match in stored["matches"])
        return cls(**{**stored, "matches": matches, "create": tuple(stored["create"])})

"""What one run has measured, and how such numbers are laid out."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.measure import Failure, Stream, Timing


@dataclass
class Table:
    """All that was measured in one run."""

    consoles: tuple[str, ...]
    bare: dict[str, Timing] = field(default_factory=dict)
    pages: dict[tuple[str, str], Timing | Failure] = field(default_factory=dict)
    loads: dict[str, float] = field(default_factory=dict)
    exports: dict[str, Stream | Failure] = field(default_factory=dict)
    copy: Stream | None = None


def grid(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

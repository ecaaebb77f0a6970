"""The numbers as a table: medians with their ranges, and how many times Larder's each of the others takes."""

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


def markdown(table: Table, machine: dict[str, str]) -> str:
    """The whole report."""
    facts = "; ".join(f"{name} {value}" for name, value in machine.items())
    parts = [
        "# Results of the benchmark",
        f"One run on one machine, which client, servers and database share: {facts}.",
        "Milliseconds are `median (lowest to highest, n=runs)` after a warm-up; × is how many times Larder's median.",
        "## Pages of fifty rows",
        _pages(table),
        "## Size of the page",
        _sizes(table),
        "## Eight clients at once, the first case above",
        _loads(table),
        "## Export of all documents as CSV",
        _exports(table),
    ]
    return "\n\n".join(parts) + "\n"


def _pages(table: Table) -> str:
    head = ["page", *table.consoles, "bare SQL"]
    rows = []
    for case, bare in table.bare.items():
        ours = table.pages[table.consoles[0], case]
        cells = [_cell(table.pages[name, case], ours) for name in table.consoles]
        rows.append([case, *cells, str(bare)])
    return _grid(head, rows)


def _cell(measured: Timing | Failure, ours: Timing | Failure) -> str:
    if isinstance(measured, Failure) or isinstance(ours, Failure) or measured is ours:
        return str(measured)
    return f"{measured} ×{measured.median / ours.median:,.1f}"


def _sizes(table: Table) -> str:
    first = next(iter(table.bare))
    cells = [table.pages[name, first] for name in table.consoles]
    sizes = [f"{cell.size / 1000:.1f} KB" if isinstance(cell, Timing) else str(cell) for cell in cells]
    return _grid(list(table.consoles), [sizes])


def _loads(table: Table) -> str:
    return _grid(list(table.consoles), [[f"{table.loads[name]:,.0f} requests/s" for name in table.consoles]])


def _exports(table: Table) -> str:
    rows = []
    for name, stream in table.exports.items():
        if isinstance(stream, Failure):
            rows.append([name, str(stream), "", "", ""])
            continue
        memory = f"{stream.idle_rss:.0f} → {stream.peak_rss:.0f} MB"
        rows.append(
            [
                name,
                f"{stream.seconds:.1f} s",
                f"{stream.first_byte * 1000:,.0f} ms",
                f"{stream.megabytes:.0f} MB",
                memory,
            ]
        )
    return _grid(["console", "time", "first byte", "size", "memory"], rows)


def _grid(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

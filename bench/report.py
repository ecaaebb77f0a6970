"""The numbers as a table: medians with their ranges, and how many times Larder's each of the others takes."""

from __future__ import annotations

from bench import goals
from bench.measure import Failure, Timing
from bench.table import Table, grid


def head(machine: dict[str, str]) -> str:
    """How to read what follows."""
    return "\n\n".join(
        [
            "# Results of the benchmark",
            f"One run on one machine, which client, servers and database share: {facts(machine)}.",
            (
                "Milliseconds are `median (lowest to highest, n=runs)` after a warm-up; × is how many times Larder's "
                "median."
            ),
        ]
    )


def facts(machine: dict[str, str]) -> str:
    """What was measured on, in a line."""
    return "; ".join(f"{name} {value}" for name, value in machine.items())


def sections(table: Table) -> list[str]:
    """The part of the report that is about pages and exports."""
    return [
        "## Pages of fifty rows",
        _pages(table),
        "## Size of the page",
        _sizes(table),
        "## Eight clients at once, the first case above",
        _loads(table),
        "## Export of all documents as CSV",
        _exports(table),
        "## What was to be reached",
        goals.grid_of(table),
    ]


def _pages(table: Table) -> str:
    head = ["page", *table.consoles, "bare SQL"]
    rows = []
    for case, bare in table.bare.items():
        ours = table.pages[table.consoles[0], case]
        cells = [_cell(table.pages[name, case], ours) for name in table.consoles]
        rows.append([case, *cells, str(bare)])
    return grid(head, rows)


def _cell(measured: Timing | Failure, ours: Timing | Failure) -> str:
    if isinstance(measured, Failure) or isinstance(ours, Failure) or measured is ours:
        return str(measured)
    return f"{measured} ×{measured.median / ours.median:,.1f}"


def _sizes(table: Table) -> str:
    first = next(iter(table.bare))
    cells = [table.pages[name, first] for name in table.consoles]
    sizes = [f"{cell.size / 1000:.1f} KB" if isinstance(cell, Timing) else str(cell) for cell in cells]
    return grid(list(table.consoles), [sizes])


def _loads(table: Table) -> str:
    return grid(list(table.consoles), [[f"{table.loads[name]:,.0f} requests/s" for name in table.consoles]])


def _exports(table: Table) -> str:
    rows = []
    measured = table.exports | ({"COPY alone": table.copy} if table.copy else {})
    for name, stream in measured.items():
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
    return grid(["console", "time", "first byte", "size", "memory"], rows)

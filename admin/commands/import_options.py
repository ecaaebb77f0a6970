"""What the command line says of an import, as the choices that the pages know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from admin.errors import BadRequest
from admin.resource import Resource
from admin.writes.csv_import import mapping, styles
from admin.writes.csv_import.fold import fold
from admin.writes.csv_import.options import Dates, Decimal, Empty, Match, Mode, Options, Trash
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.store import Stored

EMPTY: dict[str, Empty] = {"keep": "keep", "null": "clear", "text": "text"}


@dataclass(frozen=True)
class Wanted:
    """What the command line says."""

    file: Path
    mode: Mode | None
    key: tuple[str, ...]
    maps: tuple[str, ...]
    skip_bad: bool
    create_parents: bool
    dry_run: bool
    rejects: Path | None
    encoding: str | None
    delimiter: str | None
    constants: tuple[str, ...] = ()
    empty: str = "keep"
    trash: Trash = "reject"
    decimal: Decimal = "point"
    dates: Dates = "iso"
    sheet: str | None = None
    again: bool = False


def options(resource: Resource, stored: Stored, wanted: Wanted) -> Options:
    """What is offered for the file, with what the command line says otherwise. Raises `BadRequest`."""
    assert stored.options is not None  # noqa: S101 set when the file was read
    assert stored.staged is not None  # noqa: S101 the same
    headers = stored.staged.headers
    matches = _matches(resource, headers, stored.options.matches, wanted.maps)
    matches = (*matches, *_constants(resource, len(headers), wanted.constants))
    usable = mapping.usable_keys(resource, matches)
    mode = wanted.mode or ("upsert" if usable else "add")
    if wanted.key:
        usable = tuple(key for key in usable if set(key.columns) == set(wanted.key))
        if not usable:
            raise BadRequest(f"{' and '.join(wanted.key)} is no unique key of {resource.identity} that the file has.")
    if mode != "add" and not usable:
        raise BadRequest(f"To update rows, the file needs the columns of a unique key of {resource.identity}.")
    creatable = [m.column for m in matches if m.via and mapping.creatable(resource.column(m.column), m.via)]
    return replace(
        stored.options,
        matches=matches,
        mode=mode,
        key=usable[0].name if mode != "add" else None,
        empty=EMPTY[wanted.empty],
        trash=wanted.trash,
        decimal=wanted.decimal,
        dates=wanted.dates,
        skip_bad=wanted.skip_bad,
        create=tuple(creatable) if wanted.create_parents else (),
    )


def _matches(
    resource: Resource, headers: tuple[str, ...], offered: tuple[Match, ...], maps: tuple[str, ...]
) -> tuple[Match, ...]:
    cells = {match.cell: match for match in offered}
    numbers = {fold(header): number for number, header in enumerate(headers, 1)}
    for entry in maps:
        header, separator, target = entry.rpartition("=")
        if not separator:
            raise BadRequest(f"--map: write HEADER=COLUMN, not {entry}.")
        cell = numbers.get(fold(header))
        if cell is None:
            raise BadRequest(f"--map: the file has no column {header}. It has {', '.join(headers)}.")
        cells.pop(cell, None)
        if target:
            chosen = mapping.chosen(resource, header, cell, target)
            cells = {number: match for number, match in cells.items() if match.column != chosen.column}
            cells[cell] = chosen
    return tuple(cells[cell] for cell in sorted(cells))


def _constants(resource: Resource, width: int, constants: tuple[str, ...]) -> Iterator[Match]:
    """Columns that the file lacks, behind its last one."""
    for cell, entry in enumerate(constants, width + 1):
        target, separator, value = entry.partition("=")
        if not separator:
            raise BadRequest(f"--constant: write COLUMN=VALUE, not {entry}.")
        yield replace(mapping.chosen(resource, target, cell, target), fill=value)


def asked(report: Report, options: Options) -> list[str]:
    """What only a person can tell about numbers and dates, and the option that says it."""
    return [
        f"{question['cells']:,} values in {', '.join(question['columns'])} are written like “{question['example']}”: "
        f"--{name} {' or '.join(question['allowed']) or '(no way of writing fits all of them)'} says how to read them."
        for name in styles.unanswered(report.questions, options)
        if (question := (report.questions or {})[name])
    ]

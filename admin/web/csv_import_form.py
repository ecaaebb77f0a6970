"""What the forms of an import's pages say, as choices; everything that cannot be chosen is refused here.

Each step sends its own part and leaves the others as they were chosen; a form without a step, as scripts send it, says
all of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast, get_args

from starlette.datastructures import FormData

from admin.errors import BadRequest
from admin.resource import Resource
from admin.web.gate import Permission
from admin.web.visit import Visit
from admin.writes.csv_import import guess, mapping
from admin.writes.csv_import.options import Dates, Decimal, Empty, Match, Mode, Options, Trash
from admin.writes.csv_import.sniff import DELIMITERS, ENCODINGS, Format

STEPS = ("match", "mode", "review")


def reading(form: Format, data: FormData) -> Format:
    """How the file is to be read. Raises `BadRequest`."""
    if form.sheet is not None:
        return replace(form, sheet=_one_of(data, "sheet", form.sheets, form.sheet), header=bool(data.get("header")))
    encoding, delimiter = text(data, "encoding"), text(data, "delimiter")
    if encoding not in ENCODINGS:
        raise BadRequest(f"Larder does not read the encoding {encoding[:40]}.")
    names = {name: character for character, name in DELIMITERS.items()}
    if delimiter not in names:
        raise BadRequest(f"A delimiter is one of {', '.join(names)}.")
    return Format(encoding, names[delimiter], header=bool(data.get("header")))


def options(visit: Visit, headers: tuple[str, ...], chosen: Options | None, data: FormData) -> Options:
    """What is to become of the rows, by the parts of the form that was sent. Raises `BadRequest`."""
    base, step = chosen or Options(()), text(data, "step")
    if step not in ("", *STEPS):
        raise BadRequest(f"A step is one of {', '.join(STEPS)}.")
    if step in ("", "match"):
        base = _matched(visit, headers, base, data)
    if step in ("", "mode"):
        base = _moded(visit.resource, base, data)
        if base.trash == "restore" and not visit.may(Permission.RESTORE):
            raise BadRequest(f"Rows of {visit.resource.name_plural} cannot be restored from here.")
    if step in ("", "mode", "review"):
        base = replace(base, skip_bad=bool(data.get("skip")))
    if step in ("", "match", "review"):
        created = tuple(_creating(visit, match) for match in base.matches if data.get(f"create-{match.column}"))
        base = replace(base, create=created)
    return base


def _matched(visit: Visit, headers: tuple[str, ...], base: Options, data: FormData) -> Options:
    """Where the columns go. How rows are found follows from that until somebody chose it."""
    matches = _filled(visit.resource, len(headers), data, _mapped(visit.resource, headers, data))
    if data.get("forget"):
        matches = guess.sure(visit.resource, headers)
    offered = guess.mode_for(visit.resource, base.matches) == (base.mode, base.key)
    base = replace(
        base,
        matches=matches,
        remembered=False,
        decimal=_one_of(data, "decimal", get_args(Decimal), base.decimal),
        dates=_one_of(data, "dates", get_args(Dates), base.dates),
    )
    mode, key = guess.mode_for(visit.resource, matches) if offered else (base.mode, base.key)
    return replace(base, mode=mode, key=_key(visit.resource, matches, key) if mode != "add" else None)


def _mapped(resource: Resource, headers: tuple[str, ...], data: FormData) -> list[Match]:
    return [
        mapping.chosen(resource, header or f"Column {cell}", cell, value)
        for cell, header in enumerate(headers, 1)
        if (value := text(data, f"map-{cell}"))
    ]


def _filled(resource: Resource, width: int, data: FormData, matches: list[Match]) -> tuple[Match, ...]:
    """The matches with what stands for their empty cells, and the columns that the file lacks behind them."""
    fills = {target.value: fill for target in mapping.targets(resource) if (fill := text(data, f"fill-{target.value}"))}
    found = [replace(match, fill=fills.pop(match.target, None)) for match in matches]
    found += [
        replace(mapping.chosen(resource, target, width + n, target), fill=fill)
        for n, (target, fill) in enumerate(fills.items(), 1)
    ]
    return tuple(found)


def _moded(resource: Resource, base: Options, data: FormData) -> Options:
    mode = cast("Mode", _one_of(data, "mode", get_args(Mode)))
    return replace(
        base,
        mode=mode,
        key=_key(resource, base.matches, text(data, "key")) if mode != "add" else None,
        empty=cast("Empty", _one_of(data, "empty", get_args(Empty), "keep")),
        trash=cast("Trash", _one_of(data, "trash", get_args(Trash), "reject")),
        unescape=bool(data.get("unescape")),
    )


def _key(resource: Resource, matches: tuple[Match, ...], wanted: str | None) -> str | None:
    """The key that was chosen, or the first one that the columns still allow."""
    usable = [key.name for key in mapping.usable_keys(resource, matches)]
    return wanted if wanted in usable else next(iter(usable), None)


def _creating(visit: Visit, match: Match) -> str:
    column = visit.resource.column(match.column)
    parent = visit.console.resource_of(column.references.model) if column.references else None
    if parent is None or not visit.may(Permission.CREATE, parent):
        raise BadRequest(f"Missing rows for {match.column} cannot be created from here.")
    if match.via is None or not mapping.creatable(column, match.via):
        raise BadRequest(f"{parent.name_plural} need more than this file says, so they cannot be created from it.")
    return match.column


def _one_of(data: FormData, name: str, allowed: tuple[str, ...], absent: str | None = None) -> Any:
    value = text(data, name)
    if not value and absent is not None:
        return absent
    if value not in allowed:
        raise BadRequest(f"{name} is one of {', '.join(allowed)}.")
    return value


def text(data: FormData, name: str) -> str:
    """What a field says; empty when it is not there or is a file."""
    value = data.get(name)
    return value if isinstance(value, str) else ""

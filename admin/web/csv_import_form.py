"""What the forms of an import's page say, as choices; everything that cannot be chosen is refused here."""

from __future__ import annotations

from typing import cast, get_args

from starlette.datastructures import FormData

from admin.errors import BadRequest
from admin.resource import Resource
from admin.web.gate import Permission
from admin.web.visit import Visit
from admin.writes.csv_import import mapping
from admin.writes.csv_import.options import Match, Mode, Options
from admin.writes.csv_import.sniff import DELIMITERS, ENCODINGS, Format


def reading(data: FormData) -> Format:
    """How the file is to be read. Raises `BadRequest`."""
    encoding, delimiter = _text(data, "encoding"), _text(data, "delimiter")
    if encoding not in ENCODINGS:
        raise BadRequest(f"Larder does not read the encoding {encoding[:40]}.")
    names = {name: character for character, name in DELIMITERS.items()}
    if delimiter not in names:
        raise BadRequest(f"A delimiter is one of {', '.join(names)}.")
    return Format(encoding, names[delimiter], header=bool(data.get("header")))


def options(visit: Visit, headers: tuple[str, ...], data: FormData) -> Options:
    """What is to become of the rows. Raises `BadRequest`."""
    matches = tuple(
        mapping.chosen(visit.resource, header or f"Column {cell}", cell, value)
        for cell, header in enumerate(headers, 1)
        if (value := _text(data, f"map-{cell}"))
    )
    mode = _one_of(data, "mode", get_args(Mode))
    return Options(
        matches=matches,
        mode=cast("Mode", mode),
        key=_key(visit.resource, matches, _text(data, "key")) if mode != "add" else None,
        empty="clear" if _text(data, "empty") == "clear" else "keep",
        skip_bad=bool(data.get("skip")),
        create=tuple(_creating(visit, match) for match in matches if data.get(f"create-{match.column}")),
        trash="add" if _text(data, "trash") == "add" else "reject",
        unescape=bool(data.get("unescape")),
    )


def _key(resource: Resource, matches: tuple[Match, ...], wanted: str) -> str | None:
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


def _one_of(data: FormData, name: str, allowed: tuple[str, ...]) -> str:
    value = _text(data, name)
    if value not in allowed:
        raise BadRequest(f"{name} is one of {', '.join(allowed)}.")
    return value


def _text(data: FormData, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""

"""Headers to columns: what a column of a file may go into, and whether what was chosen can be.

A header means the column whose name it is, case, accents, blanks and underscores aside; labels and the names of
parents count too, so `author` or `Authors` finds the author of that name (see `guess`). Only what the registration
lets a form change, and the key, can be written; anything else is not a target at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admin import values
from admin.errors import BadRequest
from admin.resource import Resource
from admin.traits import Column, Kind, Traits, UniqueKey, traits_of
from admin.writes.csv_import.errors import Unreadable
from admin.writes.csv_import.fold import fold
from admin.writes.csv_import.options import Match, Options

FILL_LIMIT = 2_000
"""Characters of a value that is set for all rows."""
ASKED_OF_POSTGRES: frozenset[Kind] = frozenset({"array", "interval", "bytes", "tsvector", "other"})
"""Kinds whose cells are written as Postgres writes them, not as a form does: the check judges them."""


@dataclass(frozen=True)
class Target:
    """A place a column of the file may go to: a column, or a parent named by one of its unique columns."""

    column: str
    via: str | None
    label: str
    names: tuple[str, ...]
    """Headers that mean it, best first, as `fold` gives them."""

    @property
    def value(self) -> str:
        return self.column if self.via is None else f"{self.column}.{self.via}"


def targets(resource: Resource) -> tuple[Target, ...]:
    """Everything an import into this table may write, in the table's order."""
    found: list[Target] = []
    for column in writable(resource):
        found.append(_by_value(resource, column))
        found += _by_parent(resource, column)
    return tuple(found)


def writable(resource: Resource) -> tuple[Column, ...]:
    """The columns an import may write: those of the form, and the key, by which rows are found."""
    allowed = {*resource.form_columns, *resource.traits.key}
    return tuple(column for name, column in resource.traits.columns.items() if name in allowed and not column.read_only)


def required(resource: Resource) -> tuple[Column, ...]:
    """Columns without which no row can be added."""
    return tuple(column for column in resource.traits.columns.values() if column.required)


def usable_keys(resource: Resource, matches: Iterable[Match]) -> tuple[UniqueKey, ...]:
    """The table's unique keys whose columns are all in the file."""
    columns = {match.column for match in matches}
    return tuple(key for key in resource.traits.unique_keys if columns.issuperset(key.columns))


def chosen(resource: Resource, header: str, cell: int, value: str) -> Match:
    """The match a person chose. Raises `BadRequest` for a column that is not there or may not be written."""
    for target in targets(resource):
        if value == target.value:
            return Match(cell, target.column, target.via)
    name = value.partition(".")[0]
    if name in resource.traits.columns:
        raise BadRequest(f"“{header}” cannot go into {name}: only the database writes it, or it is not offered here.")
    raise BadRequest(f"“{header}” cannot go into {name[:80]}: {resource.name_plural} have no such column.")


def validate(resource: Resource, options: Options) -> None:
    """Raise `BadRequest` when the choices do not fit together."""
    columns = [match.column for match in options.matches]
    for column in columns:
        if columns.count(column) > 1:
            raise BadRequest(f"Two columns of the file go into {column}. Choose one of them.")
    for match in options.matches:
        if match.fill is not None:
            _refuse_no_value(resource, match, match.fill)
    if options.mode != "add" and options.key not in {key.name for key in usable_keys(resource, options.matches)}:
        raise BadRequest("To update rows, choose a key whose columns are in the file.")


def _refuse_no_value(resource: Resource, match: Match, text: str) -> None:
    """Raise `BadRequest` when what stands for every row, or every empty cell, is no value of its column."""
    column = resource.column(match.column)
    if match.via is not None:
        column = parent_of(column).columns[match.via]
    if len(text) > FILL_LIMIT:
        raise BadRequest(f"{resource.label(match.column)}: at most {FILL_LIMIT:,} characters can be set for all rows.")
    if column.kind not in ASKED_OF_POSTGRES:
        try:
            values.parse(column, text)
        except values.BadValue as error:
            raise BadRequest(f"{resource.label(match.column)}: “{text[:80]}” {error}.") from None


def blocking(resource: Resource, options: Options) -> list[str]:
    """Reasons why no row at all can be imported with these choices."""
    if not options.matches:
        return [f"None of the headers matches a column of {resource.name_plural}. Match at least one."]
    missing = missing_columns(resource, options)
    if options.mode == "add" and missing:
        return [
            f"{', '.join(missing)}: required, but not in the file. Match a column of the file to it, or set a value."
        ]
    return []


def missing_columns(resource: Resource, options: Options) -> list[str]:
    """Required columns that nothing in the file goes into: no row can be added without them."""
    return [column.name for column in required(resource) if options.matched(column.name) is None]


def check_headers(headers: list[str]) -> None:
    """Raise `Unreadable` when two columns of the file have one name: nobody could say which is meant."""
    first: dict[str, int] = {}
    for number, header in enumerate(headers, 1):
        same = first.setdefault(header.casefold(), number)
        if header and same != number:
            raise Unreadable(f"Columns {same} and {number} are both called “{header[:80]}”. Rename one of them.")


def parent_keys(column: Column) -> tuple[str, ...]:
    """Unique single columns of the parent, beside the one that is referenced, by which a file may name it."""
    if column.references is None:
        return ()
    parent = traits_of(column.references.model)
    return tuple(
        dict.fromkeys(
            key.columns[0]
            for key in parent.unique_keys
            if len(key.columns) == 1
            and key.columns[0] != column.references.column
            and not parent.columns[key.columns[0]].secret
        )
    )


def creatable(column: Column, via: str) -> bool:
    """Whether a missing parent can be created from this one value: nothing else of it is required."""
    if column.references is None:
        return False
    parent = traits_of(column.references.model)
    return all(other.name == via for other in parent.columns.values() if other.required)


def parent_of(column: Column) -> Traits:
    """The traits of the table a foreign key points to."""
    if column.references is None:
        raise ValueError(f"{column.name} is no foreign key")
    return traits_of(column.references.model)


def _by_value(resource: Resource, column: Column) -> Target:
    names = [column.name, column.sa.name]
    if not parent_keys(column) or parent_of(column).label not in parent_keys(column):
        names += [resource.label(column.name), column.label, *_relation_names(column)]
    label = resource.label(column.name)
    if column.references:
        label = f"{label} by {column.references.column}"
    return Target(column.name, None, label, _folded(names))


def _by_parent(resource: Resource, column: Column) -> list[Target]:
    found = []
    for via in parent_keys(column):
        relations = _relation_names(column)
        names = [f"{relation}.{via}" for relation in relations]
        if via == parent_of(column).label:
            names = [*relations, *[f"{relation}s" for relation in relations], resource.label(column.name), *names]
        found.append(Target(column.name, via, f"{resource.label(column.name)} by {via}", _folded(names)))
    return found


def _relation_names(column: Column) -> list[str]:
    if column.references is None:
        return []
    names = [column.references.relationship, column.name.removesuffix("_id"), column.references.model.__name__]
    return [name for name in names if name]


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(name) for name in names))

"""What a review lets a person choose on the spot, as data for the template."""

from __future__ import annotations

from dataclasses import dataclass

from admin.reads.wording import inside
from admin.web.csv_import_view import View
from admin.web.gate import Permission
from admin.writes.csv_import import mapping
from admin.writes.csv_import.options import Options


@dataclass(frozen=True)
class Option:
    """One of a few choices, with a sentence that says what it does."""

    value: str
    label: str
    help: str = ""
    disabled: bool = False


@dataclass(frozen=True)
class Creatable:
    """Parents that are named and not there, which may be created."""

    name: str
    label: str
    missing: int
    checked: bool


@dataclass(frozen=True)
class Choices:
    """What can be chosen beside the numbers of a review."""

    options: Options
    creatable: list[Creatable]


def choices(view: View) -> Choices:
    """The controls of the page of an import."""
    return Choices(view.options, creatable(view))


def creatable(view: View) -> list[Creatable]:
    """The parents that this person may have created from this file."""
    found = []
    for match in view.options.matches:
        column = view.resource.column(match.column)
        parent = view.visit.console.resource_of(column.references.model) if column.references else None
        if parent is None or match.via is None or not view.visit.may(Permission.CREATE, parent):
            continue
        if mapping.creatable(column, match.via):
            missing = (view.report.missing_parents or {}).get(match.column, 0)
            label = f"Create missing {inside(parent.name_plural)} ({missing:,})"
            found.append(Creatable(f"create-{match.column}", label, missing, match.column in view.options.create))
    return found

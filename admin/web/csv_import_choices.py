"""The controls with which a person says how a file is read and what becomes of its rows, as data for the template."""

from __future__ import annotations

from dataclasses import dataclass

from admin.reads.wording import inside
from admin.web.csv_import_view import View
from admin.web.gate import Permission
from admin.writes.csv_import import mapping
from admin.writes.csv_import.options import MODES, Options
from admin.writes.csv_import.sniff import DELIMITERS, ENCODINGS

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """A column of the file and where it goes."""

    number: int
    header: str
    samples: str
    value: str
    """What is chosen; empty: ignored."""


@dataclass(frozen=True)
class Creatable:
    """Parents that are named and not there, which may be created."""

    name: str
    label: str
    missing: int
    checked: bool


@dataclass(frozen=True)
class Choices:
    """Everything that can be chosen, and what is."""

    options: Options
    columns: list[Column]
    targets: Pairs
    modes: Pairs
    keys: Pairs
    empties: Pairs
    trashes: Pairs
    creatable: list[Creatable]
    encodings: Pairs
    delimiters: Pairs
    encoding: str
    delimiter: str
    header: bool


def choices(view: View) -> Choices:
    """The controls of the page of an import."""
    form = view.stored.format
    return Choices(
        options=view.options,
        columns=_columns(view),
        targets=[("", "Ignore"), *((target.value, target.label) for target in mapping.targets(view.resource))],
        modes=[(mode, text) for mode, text in MODES.items()],
        keys=_keys(view),
        empties=[("keep", "keeps what is there"), ("clear", "empties the column")],
        trashes=[("reject", "is rejected"), ("add", "is added beside it")] if view.resource.traits.soft_deletes else [],
        creatable=_creatable(view),
        encodings=list(ENCODINGS.items()),
        delimiters=[(name, name.title()) for name in DELIMITERS.values()],
        encoding=form.encoding,
        delimiter=DELIMITERS[form.delimiter],
        header=form.header,
    )


def _columns(view: View) -> list[Column]:
    staged = view.stored.staged
    if staged is None:
        return []
    chosen = {match.cell: match.target for match in view.options.matches}
    return [
        Column(n, header or "(no name)", " · ".join(samples), chosen.get(n, ""))
        for n, (header, samples) in enumerate(zip(staged.headers, staged.samples, strict=True), 1)
    ]


def _keys(view: View) -> Pairs:
    usable = mapping.usable_keys(view.resource, view.options.matches)
    return [(key.name, " and ".join(map(view.resource.label, key.columns))) for key in usable]


def _creatable(view: View) -> list[Creatable]:
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

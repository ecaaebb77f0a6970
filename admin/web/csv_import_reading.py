"""The step that says how a file is read, as data for the template."""

from __future__ import annotations

from dataclasses import dataclass

from admin.web.csv_import_view import View
from admin.writes.csv_import.sniff import DELIMITERS, ENCODINGS

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Reading:
    """The choices, what is chosen, and the first values of each column as they are read so."""

    encodings: Pairs
    delimiters: Pairs
    encoding: str
    delimiter: str
    header: bool
    sheets: Pairs
    sheet: str | None
    columns: list[tuple[str, tuple[str, ...]]]


def reading(view: View) -> Reading:
    form, staged = view.stored.format, view.stored.staged
    return Reading(
        encodings=list(ENCODINGS.items()),
        delimiters=[(name, name.title()) for name in DELIMITERS.values()],
        encoding=form.encoding,
        delimiter=DELIMITERS[form.delimiter],
        header=form.header,
        sheets=[(name, name) for name in form.sheets],
        sheet=form.sheet,
        columns=list(zip(staged.headers, staged.samples, strict=True)) if staged else [],
    )

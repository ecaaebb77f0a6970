"""The step that says how a file is read, as data for the template."""

from __future__ import annotations

from dataclasses import dataclass

from admin.web.csv_import_choices import Option
from admin.web.csv_import_view import View
from admin.writes.csv_import.previews import Preview
from admin.writes.csv_import.sniff import DELIMITERS, ENCODINGS

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Reading:
    """The choices, what is chosen, and the first values of each column as they are read so."""

    encodings: Pairs
    previews: list[Option]
    """How the file would look in each encoding, where it is not UTF-8."""
    delimiters: Pairs
    encoding: str
    delimiter: str
    header: bool
    sheets: Pairs
    sheet: str | None
    columns: list[tuple[str, tuple[str, ...]]]


def reading(view: View, found: list[Preview]) -> Reading:
    """The step as it stands; `found` are the encodings that the bytes allow, when somebody has to choose one."""
    form, staged = view.stored.format, view.stored.staged
    return Reading(
        encodings=list(ENCODINGS.items()),
        previews=[Option(one.encoding, one.name, " ⏎ ".join(one.lines)) for one in found],
        delimiters=[(name, name.title()) for name in DELIMITERS.values()],
        encoding=form.encoding,
        delimiter=DELIMITERS[form.delimiter],
        header=form.header,
        sheets=[(name, name) for name in form.sheets],
        sheet=form.sheet,
        columns=list(zip(staged.headers, staged.samples, strict=True)) if staged else [],
    )

"""Values that a person sets where the file says nothing: for every row, or for the empty cells of a column."""

from __future__ import annotations

from dataclasses import dataclass

from admin.web.csv_import_view import View
from admin.writes.csv_import import mapping


@dataclass(frozen=True)
class Fill:
    """A place for a value; `choices` are all it may be, when there are only a few."""

    name: str
    label: str
    help: str
    value: str
    choices: list[tuple[str, str]]


def fills(view: View) -> list[Fill]:
    """One for each column that may be written, the key aside: by the name that the file uses, where it has it."""
    matched = {match.column: match for match in view.options.matches}
    width = len(view.stored.staged.headers) if view.stored.staged else 0
    found = []
    for target in mapping.targets(view.resource):
        match = matched.get(target.column)
        in_file = match is not None and match.cell <= width
        if target.column in view.resource.traits.key or (in_file and match and match.target != target.value):
            continue
        column = view.resource.column(target.column)
        words = ("true", "false") if column.kind == "boolean" else column.choices
        said = match.fill if match and match.target == target.value else None
        found.append(
            Fill(f"fill-{target.value}", target.label, "for empty cells" if in_file else "for every row", said or "",
                 [("", ""), *((word, word) for word in words)] if words and target.via is None else [])
        )  # fmt: skip
    return found

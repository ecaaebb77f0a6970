"""The step that says what becomes of the rows, as data for the template."""

from __future__ import annotations

from dataclasses import dataclass

from admin.reads.wording import inside
from admin.web.csv_import_choices import Option
from admin.web.csv_import_view import View
from admin.writes.csv_import.options import Options


@dataclass(frozen=True)
class ModeChoices:
    """Each choice with a sentence that says what it does."""

    options: Options
    key: str
    modes: list[Option]
    keys: list[Option]
    empties: list[Option]
    bad: list[Option]
    trashes: list[Option]


def mode(view: View) -> ModeChoices:
    keys = _keys(view)
    usable = any(not key.disabled for key in keys)
    return ModeChoices(
        options=view.options,
        key=view.options.key or next((key.value for key in keys if not key.disabled), ""),
        modes=_modes(view, usable=usable),
        keys=keys,
        empties=[
            Option("keep", "Leave what is there", "In a new row it is the column’s default, or nothing."),
            Option("clear", "Empty the column", "NULL: no value at all."),
            Option("text", "An empty text", "In text columns; every other column is emptied."),
        ],
        bad=[
            Option("", "Stops the import", "All rows or none."),
            Option("true", "Is left out", "The others are imported, and you get the bad ones as a file."),
        ],
        trashes=_trashes() if view.resource.traits.soft_deletes else [],
    )


def _modes(view: View, *, usable: bool) -> list[Option]:
    rows = inside(view.resource.name_plural)
    why = "" if usable else " Match the columns of a unique key first."
    return [
        Option("upsert", "Add and update", f"Rows that are there are updated, others are added.{why}", not usable),
        Option("add", "Add only", f"Every row is a new one; none of the {rows} that are there changes."),
        Option("update", "Update only", f"A row that finds none of the {rows} is rejected.{why}", not usable),
    ]


def _keys(view: View) -> list[Option]:
    """Every unique key of the table; those that the file does not have say what is missing."""
    matched = {match.column for match in view.options.matches}
    found = []
    for key in view.resource.traits.unique_keys:
        absent = [view.resource.label(name) for name in key.columns if name not in matched]
        label = " and ".join(map(view.resource.label, key.columns))
        words = f"The file has no {' and no '.join(absent)}." if absent else ""
        found.append(Option(key.name, label, words, bool(absent)))
    return found


def _trashes() -> list[Option]:
    return [
        Option("reject", "Is rejected", "Restore that row first, or leave it out."),
        Option("restore", "Is restored and updated", "Part of the import, and undone with it."),
        Option("add", "Is added as a new row", "Beside the one in the trash, where the key counts live rows only."),
    ]

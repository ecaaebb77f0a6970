"""What a person can do about a rejected line, by the rule that it breaks, with a link where one helps.

Most reasons end with the remedy themselves (“expected like 12.50”). Here stands what a reason cannot know: which pages
there are, and what the person may do on them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from admin.reads.wording import inside
from admin.resource import Resource
from admin.web import urls
from admin.web.csv_import_view import View
from admin.web.gate import Permission
from admin.writes.csv_import import mapping, originals
from admin.writes.csv_import.options import Match
from admin.writes.csv_import.rejected import Bad

OTHER_LINE = re.compile(r"line (\d+)")
OTHER_ROW = re.compile(r"\(#(.+)\)(, in the trash)?$")


@dataclass(frozen=True)
class Remedy:
    """A sentence, and a link with its own words."""

    text: str = ""
    link: str = ""
    url: str = ""


def remedy(view: View, bad: Bad) -> Remedy:
    """What can be done about this; empty where the reason says it all."""
    return next((found(view, bad) for begin, found in BY_RULE.items() if bad.rule.startswith(begin)), Remedy())


def _twice(view: View, bad: Bad) -> Remedy:
    found = OTHER_LINE.search(bad.reason)
    if found is None:
        return Remedy()
    line = int(found[1])
    return Remedy("Correct one of the two, or leave one out.", f"See line {line:,}", view.line_url(line))


def _taken(view: View, bad: Bad) -> Remedy:
    found = OTHER_ROW.search(bad.reason)
    if found is None:
        return Remedy()
    url = view.details_url(tuple(found[1].split(",")))
    return Remedy("Find rows by this column, or give another value.", "Open that row", url)


def _parent(view: View, bad: Bad) -> Remedy:
    match = next((match for match in view.options.matches if match.cell == bad.cell), None)
    parent = _parent_of(view, match)
    if match is None or parent is None:
        return Remedy()
    if "in the trash" in bad.rule:
        return Remedy("Restore it first.", "Open the trash", urls.listing(parent.identity, "deleted=only"))
    if not view.visit.may(Permission.CREATE, parent):
        return Remedy(f"Somebody who may add {inside(parent.name_plural)} has to add it first.")
    if match.via is not None and mapping.creatable(view.resource.column(match.column), match.via):
        return Remedy("", f"Create missing {inside(parent.name_plural)}", view.choices_url)
    return Remedy("Add it first, then check again.", f"New {inside(parent.name)}", urls.create(parent.identity))


def _parent_of(view: View, match: Match | None) -> Resource | None:
    reference = view.resource.column(match.column).references if match else None
    return view.visit.console.resource_of(reference.model) if reference else None


def _required(_: View, bad: Bad) -> Remedy:
    return Remedy("Fill it in." if bad.cell else "Match a column of the file to it.")


def _in_trash(view: View, _: Bad) -> Remedy:
    return Remedy("", "Open the trash", urls.listing(view.resource.identity, "deleted=only"))


def _width(view: View, bad: Bad) -> Remedy:
    return Remedy() if bad.cell else Remedy("", "Edit the line", urls.import_line(view.stored.id, bad.line))


BY_RULE: dict[str, Callable[[View, Bad], Remedy]] = {
    originals.LEFT_OUT: lambda *_: Remedy("It stops nothing."),
    "is in the file twice": _twice,
    "is already used by another row": _taken,
    "there is no ": _parent,
    "this ": _parent,
    "is required": _required,
    "is in the trash": _in_trash,
    "has ": _width,
}
"""By how the rule begins."""

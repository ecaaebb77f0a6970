"""The step that says where the columns of a file go, as data for the template."""

from __future__ import annotations

from dataclasses import dataclass

from admin.web.csv_import_fills import Fill, fills
from admin.web.csv_import_questions import Question, questions
from admin.web.csv_import_view import View
from admin.writes.csv_import import guess, mapping
from admin.writes.csv_import.guess import Guess
from admin.writes.csv_import.options import Match

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """A column of the file, where it goes and why."""

    number: int
    header: str
    samples: tuple[str, ...]
    value: str
    """What is chosen; empty: ignored."""
    why: str


@dataclass(frozen=True)
class Matching:
    """Every column of the file and every place it may go to."""

    columns: list[Column]
    targets: Pairs
    ignored: int
    missing: list[str]
    """Required columns that nothing goes into: no row can be added without them."""
    fills: list[Fill]
    filled: bool
    questions: list[Question]
    remembered: bool


def matching(view: View) -> Matching:
    columns = _columns(view)
    return Matching(
        columns=columns,
        targets=[("", "Ignore"), *((target.value, _label(view, target)) for target in mapping.targets(view.resource))],
        ignored=sum(not column.value for column in columns),
        missing=[view.resource.label(name) for name in mapping.missing_columns(view.resource, view.options)],
        fills=fills(view),
        filled=any(match.fill is not None for match in view.options.matches),
        questions=questions(view),
        remembered=view.options.remembered,
    )


def _label(view: View, target: mapping.Target) -> str:
    required = view.resource.column(target.column).required
    return f"{target.label} (required)" if required else target.label


def _columns(view: View) -> list[Column]:
    staged = view.stored.staged
    if staged is None:
        return []
    chosen = {match.cell: match for match in view.options.matches}
    guesses = {found.cell: found for found in guess.guesses(view.resource, staged.headers, staged.samples)}
    return [
        Column(
            n, header or "(no name)", samples, chosen[n].target if n in chosen else "",
            _why(chosen.get(n), guesses.get(n), remembered=view.options.remembered),
        )
        for n, (header, samples) in enumerate(zip(staged.headers, staged.samples, strict=True), 1)
    ]  # fmt: skip


def _why(match: Match | None, found: Guess | None, *, remembered: bool) -> str:
    """Why a column goes where it goes, or where it may belong."""
    if match is None:
        return f"perhaps {found.target.label}: {found.why}" if found else "will be ignored"
    if found and found.target.value == match.target:
        return found.why
    return "as last time" if remembered else "chosen"

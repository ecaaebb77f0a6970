"""What the values of a file leave open, as questions to a person: how numbers and how dates are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from admin.reads.wording import counted
from admin.web.csv_import_choices import Option
from admin.web.csv_import_view import View
from admin.writes.csv_import import styles

LEGENDS = {"decimal": "How are numbers written?", "dates": "How are dates written?"}
ANSWERS = {
    "decimal": [
        Option("point", "1234.50", "Anything else is rejected."),
        Option("comma", "1.234,50", "The comma stands before the decimals."),
        Option("grouped", "1,234.50", "The comma stands between thousands."),
    ],
    "dates": [
        Option("iso", "2026-11-23", "Anything else is rejected."),
        Option("dmy", "23/11/2026", "The day stands first."),
        Option("mdy", "11/23/2026", "The month stands first."),
    ],
}


@dataclass(frozen=True)
class Question:
    """A question with what it is about, and the answers that every value allows."""

    name: str
    legend: str
    about: str
    answers: list[Option]
    answer: str
    open: bool


def questions(view: View) -> list[Question]:
    """What the last check left open, and what was answered before."""
    asked = view.report.questions or {}
    open_ = styles.unanswered(asked, view.options)
    return [
        Question(name, LEGENDS[name], _about(found), _answers(name, found["allowed"]), getattr(view.options, name),
                 name in open_)
        for name, found in asked.items()
    ]  # fmt: skip


def _about(found: dict[str, Any]) -> str:
    cells = counted(found["cells"], "value", "values")
    return f"{cells} in {', '.join(found['columns'])}, such as “{found['example']}”."


def _answers(name: str, allowed: list[str]) -> list[Option]:
    strict, *others = ANSWERS[name]
    return [
        strict,
        *(
            one if one.value in allowed else Option(one.value, one.label, "Not every value allows that.", disabled=True)
            for one in others
        ),
    ]

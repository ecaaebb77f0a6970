"""What others did meanwhile to the lines that were left alone here: it stays, and is said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from admin.reads import wording
from admin.resource import Resource
from admin.web import field_text
from admin.web.record_line import Line


@dataclass
class Others:
    """The keys of the lines that are stored and were not sent yet, and what was found about the others."""

    child: Resource
    unseen: set[str]
    sent: bool = False
    done: Counter[str] = field(default_factory=Counter)

    def compare(self, key: str, stored: Line, answered: Line | None) -> None:
        """One line as it is stored, and as it was shown to whoever answered; None when it is not there any more."""
        self.sent = True
        self.unseen.discard(key)
        if answered is None:
            self.done["removed"] += 1
        elif stored.key and not answered.gone:
            differing = {
                one.name != stored.ordered_by
                for one, shown in zip(stored.form.fields, answered.form.fields, strict=True)
                if not shown.changed and not field_text.same(one.column, shown.was, one.text)
            }
            if differing:
                self.done["changed" if True in differing else "moved"] += 1

    @property
    def told(self) -> list[str]:
        """“added 1 line item”, “changed 2 line items”. Lines that were not sent at all say nothing."""
        counted = self.done + Counter(added=len(self.unseen) if self.sent else 0)
        return [f"{act} {wording.rows_of(self.child, number)}" for act, number in counted.items()]

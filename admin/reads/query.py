"""The vocabulary of a list: one frozen value says which rows, in which order, from where, and how many.

`web/params` makes it from a query string and writes it back; `reads/listing` answers it. The same value is what an
export streams, what “select all matching” means, and what a page returns to after an edit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Deleted = Literal["hide", "with", "only"]
Mode = Literal["pages", "scroll"]

LAST = 0
"""In place of a page's number: the last page, whatever its number is."""

OPERATORS = (
    "exact", "ne", "gt", "gte", "lt", "lte", "in", "range", "isnull", "contains", "icontains", "startswith", "date",
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """One condition. `text` is what the URL said; `value` what it means: a list for in and range, a bool for isnull.

    Conditions of the same text are the same, whatever their value is made of.
    """

    column: str
    operator: str
    text: str
    value: Any = field(compare=False)


@dataclass(frozen=True)
class ListQuery:
    """What a list shows. `sort` is None for the table's own order; `after` and `before` are opaque keyset cursors.

    Beside a cursor the number of a page is only its name: the rows are those beside the cursor, at the same cost
    at any depth. `mode` is None where the address leaves it open: pages, unless something else is remembered.
    """

    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str | None = None
    descending: bool = False
    operation: int | None = None
    """Only rows that this operation inserted, changed or took away; `deleted` still says which side of the trash."""
    deleted: Deleted = "hide"
    page: int = 1
    size: int = 50
    mode: Mode | None = None
    after: str | None = None
    before: str | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the trash choice leaves rows out."""
        return bool(self.search or self.filters or self.operation is not None)

    def without(self, condition: Filter) -> ListQuery:
        """The same list with one filter taken away, from its first page."""
        return self.restarted(filters=tuple(other for other in self.filters if other != condition))

    def restarted(self, **changes: Any) -> ListQuery:
        """The same list with something changed, from its first page: an old page or cursor means nothing there."""
        return replace(self, **{"page": 1, "after": None, "before": None, **changes})

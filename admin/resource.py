"""A table as the console offers it: its model's traits, and the columns and acts that its registration allows.

The layers below web/ take a `Resource`, never a view: which columns may be seen, sorted, filtered, changed, exported
and imported is decided once, at start-up, and an allow-list everywhere else. What is not named here does not exist for
a URL, a form or a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from admin.traits import Column, Traits


@dataclass(frozen=True)
class Resource:
    """One registered table. Column names are names of mapped attributes, checked against the traits at start-up."""

    identity: str
    name: str
    name_plural: str
    traits: Traits = field(hash=False)
    list_columns: tuple[str, ...]
    details_columns: tuple[str, ...]
    form_columns: tuple[str, ...]
    """What a form may change; also what a CSV import may write."""
    export_columns: tuple[str, ...]
    search_columns: tuple[str, ...]
    """Text columns the search box looks into when the model has no tsvector."""
    default_sort: tuple[tuple[str, bool], ...]
    """(column, descending) pairs, without the primary key that `ordering` appends."""
    page_size: int
    acts: frozenset[str] = field(default_factory=frozenset)
    """Of `create edit delete import export`: what the registration leaves on; roles narrow it further."""
    labels: dict[str, str] = field(default_factory=dict, hash=False)
    """Labels given by the registration; the others come from the traits."""
    whole_rows: bool = False
    """Lists load every column: a formatter of the registration may read any of them."""

    @property
    def model(self) -> type[Any]:
        return self.traits.model

    @property
    def visible(self) -> frozenset[str]:
        """Columns a URL may name to sort or filter: nothing that no page shows (a hidden column is an oracle)."""
        return frozenset(self.list_columns) | frozenset(self.details_columns)

    def showing(self, columns: Iterable[str]) -> Resource:
        """The same table with other columns in its list, in this order; those that are not visible are passed over.

        What may be seen, sorted and filtered by stays what it was.
        """
        chosen = tuple(name for name in dict.fromkeys(columns) if name in self.visible)
        if not chosen:
            return self
        visible = dict.fromkeys([*self.details_columns, *self.list_columns])
        return replace(self, list_columns=chosen, details_columns=tuple(visible))

    def edits_in_place(self, name: str) -> bool:
        """Whether the cells of a column can be edited in the list."""
        return name in self.form_columns and name not in self.traits.key and not self.column(name).secret

    def column(self, name: str) -> Column:
        return self.traits.columns[name]

    def label(self, name: str) -> str:
        return self.labels.get(name) or self.traits.columns[name].label

"""Full-text search: a tsvector that Postgres keeps beside the text, and a GIN index on it.

Use it for words in prose. It costs about the size of the text once more, and slower writes.
A table names its own columns, weights and text search configuration in one SQL expression:

    search TSVECTOR GENERATED ALWAYS AS (
      setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', left(body, 250000)), 'B')
    ) STORED NOT NULL

'english' folds "prostates" and "prostate" into one and drops stop words: right for prose.
'simple' keeps every word as it stands: right for names and titles, where "It" is a book and
half the titles are in other languages.

Traps: the query must use the configuration of the column; one that consists of stop words alone
finds nothing; the expression must be immutable, so the configuration is a literal; and a tsvector
holds 1 MB, so a text that may be longer is cut with left(), or it could not be saved.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Computed, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, mapped_column


def searchable(expression: str) -> MappedColumn[str]:
    """A tsvector column generated from `expression`, loaded only when asked for."""
    return mapped_column(TSVECTOR, Computed(expression, persisted=True), nullable=False, deferred=True, sort_order=50)


def words(name: str, column: InstrumentedAttribute[Any]) -> Index:
    """`USING gin`: finds the rows that hold a word, however many rows there are."""
    return Index(name, column, postgresql_using="gin")

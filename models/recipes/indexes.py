"""Indexes, each made for one query: an index that no query uses only makes writes slower.

keyset   ORDER BY what a list sorts by, ending in the key: a page costs the same at any depth, and a
         filter on the first column is served in the same order. Read backwards it serves DESC.
trigram  ILIKE '%part%' on a short column: names, emails. Three letters at least, and slow to write.

The recipe soft_delete has the partial ones (live, live_unique, trash), full_text the one for words.

Trap: (a, b) serves `WHERE a = 1 ORDER BY b` and `ORDER BY a, b`, but neither `ORDER BY b` nor
`ORDER BY a, b DESC`. Column order is: what is compared with =, then what is sorted, then the key.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Index, Table, event, text
from sqlalchemy.orm import InstrumentedAttribute


def keyset(name: str, *columns: InstrumentedAttribute[Any]) -> Index:
    """`CREATE INDEX event_created_at ON event (created_at, id)`"""
    return Index(name, *columns)


def trigram(name: str, column: InstrumentedAttribute[Any]) -> Index:
    """`CREATE INDEX author_name_part ON author USING gin (name gin_trgm_ops)`"""
    ops = {column.key: "gin_trgm_ops"}
    index = Index(name, column, postgresql_using="gin", postgresql_ops=ops)
    if index.table is not None:
        event.listen(index.table, "before_create", bring_trigrams)
    return index


def bring_trigrams(_: Table, connection: Connection, **__: object) -> None:
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))

"""Deleting without losing: a row with `deleted_at` is in the trash, a row without is live.

Use it where people delete by hand and want it back. It costs a condition on every read, so the
condition is put there once for all reads (see admin/reads/visibility.py), and 1 bit a row while live.
Indexes for reading hold live rows only and stay as small as what is shown:

    CREATE INDEX customer_live_created_at ON customer (created_at, id) WHERE deleted_at IS NULL
    CREATE UNIQUE INDEX customer_live_email ON customer (email) WHERE deleted_at IS NULL

Traps: a plain UNIQUE still counts what is in the trash, so nobody could use that email again; with
a unique index of live rows the restore may collide instead. And ON CONFLICT finds a partial index
only if it repeats its WHERE.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column


class SoftDelete:
    """`deleted_at TIMESTAMP WITH TIME ZONE`: NULL while the row is live."""

    # With the bare annotation, without mapped_column(), with_loader_criteria() does not see the mixin.
    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=102)


def live(name: str, *columns: InstrumentedAttribute[Any]) -> Index:
    """An index of the live rows only, for lists that hide the trash."""
    return Index(name, *columns, postgresql_where=columns[0].class_.deleted_at.is_(None))


def live_unique(name: str, *columns: InstrumentedAttribute[Any]) -> Index:
    """Unique among live rows: what is in the trash holds no name."""
    where = columns[0].class_.deleted_at.is_(None)
    return Index(name, *columns, unique=True, postgresql_where=where)


def trash(name: str, *columns: InstrumentedAttribute[Any]) -> Index:
    """An index of the deleted rows only: small, and the way to a trash among millions of live rows."""
    return Index(name, *columns, postgresql_where=columns[0].class_.deleted_at.is_not(None))

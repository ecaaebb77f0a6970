"""What happened, ten million times: append-only, and therefore with few indexes and no updated_at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.recipes.indexes import keyset
from models.recipes.keys import BigintKey


class Event(BigintKey, Base):
    __tablename__ = "event"

    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


# The list, newest first, and a time range: created_at >= '2026-01-01' ORDER BY created_at DESC, id DESC
keyset("event_created_at", Event.created_at, Event.id)
# The events of one kind, newest first: kind = 'order.paid' ORDER BY created_at DESC, id DESC
keyset("event_kind", Event.kind, Event.created_at, Event.id)

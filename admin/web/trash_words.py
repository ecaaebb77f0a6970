"""What is said of a row in the trash: how long ago it went there, who put it there, and how long it stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from admin.beyond import Beyond
from admin.web import cells
from admin.web.list_cells import safe
from admin.web.visit import Visit

AGES = ((86_400, "d"), (3_600, "h"), (60, "min"))


@dataclass(frozen=True)
class TrashWords:
    """What is the same for all rows of a page: the moment, the days that rows stay, and who deleted at which moment."""

    now: dt.datetime
    days: int
    who: Mapping[dt.datetime, str]

    @classmethod
    def of(cls, visit: Visit, who: Mapping[dt.datetime, str]) -> TrashWords:
        return cls(dt.datetime.now(dt.UTC), visit.console.settings.undo_days, who)

    def said(self, deleted_at: dt.datetime | Beyond) -> str:
        """HTML: “deleted 2 h ago by Ann, purged in 28 days”, and the moment itself."""
        if isinstance(deleted_at, Beyond):
            return f'<small title="{safe(deleted_at)}">deleted</small>'
        by = f" by {safe(self.who[deleted_at])}" if deleted_at in self.who else ""
        said = f"deleted {self.ago(deleted_at)}{by}, {self.left(deleted_at)}"
        return f'<small title="{cells.instant(deleted_at)[1]}">{said}</small>'

    def ago(self, moment: dt.datetime) -> str:
        """“2 h ago”."""
        seconds = (self.now - moment).total_seconds()
        return next((f"{seconds // size:,.0f} {unit} ago" for size, unit in AGES if seconds >= size), "just now")

    def left(self, moment: dt.datetime) -> str:
        """“purged in 28 days”."""
        days = self.days - (self.now - moment).days
        return f"purged in {days:,} {'day' if days == 1 else 'days'}" if days > 0 else "about to be purged"

"""Find and replace on the page of rejected rows: what is asked for in the address, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import BadRequest
from admin.reads.wording import counted
from admin.web.csv_import_view import View
from admin.writes.csv_import import replacing
from admin.writes.csv_import.reasons import Group
from admin.writes.csv_import.replacing import Found, Replacement


@dataclass(frozen=True)
class Replacing:
    """The form, what it says now, and what that would change; None where nothing was asked for yet."""

    columns: tuple[tuple[str, str], ...]
    column: str
    wanted: Replacement | None
    found: Found | None
    problem: str

    @property
    def count(self) -> str:
        cells = counted(self.found.cells if self.found else 0, "cell", "cells")
        return cells if self.found is None or self.found.whole else f"{cells} or more"

    @property
    def sentence(self) -> str:
        if self.found and not self.found.whole:
            return f"{self.count} would change: only the first {replacing.LOOKED_AT:,} rows were looked at so far"
        return f"{self.count} would change" if self.found and self.found.cells else "No cell would change."


def asked(data: Mapping[str, Any]) -> Replacement | None:
    """The replacement that a form or an address asks for."""
    column, find, by = (str(data.get(name, "")) for name in ("column", "find", "by"))
    if not (column.isdecimal() and len(column) < 5 and "find" in data):
        return None
    return Replacement(int(column), find, by, part=bool(data.get("part")), everywhere=bool(data.get("everywhere")))


async def replacing_of(session: AsyncSession, view: View, group: Group | None) -> Replacing:
    """The form with what it would do."""
    staged = view.stored.staged
    headers = staged.headers if staged else ()
    columns = tuple((str(number), header) for number, header in enumerate(headers, 1) if header)
    wanted = asked(view.visit.request.query_params) if view.state == "review" else None
    found, problem = None, ""
    if wanted is not None:
        try:
            found = await replacing.find(session, view.stored.id, len(headers), wanted)
        except BadRequest as error:
            problem = str(error)
    first = group or next((one for one in view.report.groups if one.cell), None)
    column = str(wanted.cell if wanted else (first.cell if first and first.cell else 1))
    return Replacing(columns, column, wanted, found, problem)

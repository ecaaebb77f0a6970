"""Messages shown once, on the next page: kept in the session's row, never in a URL that anybody could write."""

from __future__ import annotations

import dataclasses

from sqlalchemy.ext.asyncio import AsyncSession

from admin.web.page import Flash
from admin.web.visit import Visit
from admin.writes import sessions


async def add(session: AsyncSession, visit: Visit, flash: Flash) -> None:
    """Leave a message for the visitor's next page, in the transaction of what it reports."""
    digest = visit.request.scope.get("larder.session")
    if digest is not None:
        await sessions.leave_flash(session, digest, dataclasses.asdict(flash))

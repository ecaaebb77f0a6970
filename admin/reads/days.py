"""Which day it is: the database's clock decides, so that every console on it means the same day (UTC)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def today(session: AsyncSession) -> dt.date:
    """The present day in UTC."""
    day: dt.date = (await session.execute(select(cast(func.timezone("UTC", func.now()), Date)))).scalar_one()
    return day

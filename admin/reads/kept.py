"""An answer that is kept for a while, for each database: what costs a moment and seldom changes."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")


class Kept(Generic[T]):
    """By engine, with the moment until which it is good. Two who ask at once may both read: it is only a reading."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._known: WeakKeyDictionary[Any, tuple[float, T]] = WeakKeyDictionary()

    async def get(self, session: AsyncSession, read: Callable[[], Awaitable[T]]) -> T:
        """What is kept, or what `read` says now."""
        bind = session.get_bind()
        until, known = self._known.get(bind, (0.0, None))
        if known is None or until < time.monotonic():
            known = await read()
            self._known[bind] = (time.monotonic() + self.seconds, known)
        return known

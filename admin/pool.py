"""SQLAlchemy's pool of connections, which tells how often a request had to wait for one, and how long."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from sqlalchemy import AsyncAdaptedQueuePool
from sqlalchemy.pool import ConnectionPoolEntry

LATELY_S = 600
REMEMBERED = 10_000
"""Waits that are remembered; of more within the time, the last."""


@dataclass
class Waits:
    """When somebody waited (by the monotonic clock) and for how many seconds; `total` since the start."""

    total: int = 0
    _each: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def add(self, seconds: float) -> None:
        self.total += 1
        self._each.append((time.monotonic(), seconds))

    def lately(self) -> tuple[int, float]:
        """How many there were within the last minutes, and the longest."""
        since = time.monotonic() - LATELY_S
        found = [seconds for at, seconds in self._each if at >= since]
        return len(found), max(found, default=0.0)


class WatchedPool(AsyncAdaptedQueuePool):
    """A wait is a request for a connection while all that there may be are in use."""

    @property
    def waits(self) -> Waits:
        waits: Waits = self.__dict__.setdefault("_waits", Waits())
        return waits

    def _do_get(self) -> ConnectionPoolEntry:
        if self.checkedout() < self.size() + self._max_overflow:
            return super()._do_get()
        began = time.perf_counter()
        try:
            return super()._do_get()
        finally:
            self.waits.add(time.perf_counter() - began)

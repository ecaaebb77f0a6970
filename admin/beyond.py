"""Values that Postgres holds and Python cannot: infinity, days before the year 1 or after 9999, 24:00, a month's span.

psycopg refuses such a value, and with it the whole page, or takes a month for thirty days. Here it is loaded as the
text that Postgres writes: it can be seen everywhere, and no form takes it for something that it could write back.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.abc import Loader as AnyLoader
from psycopg.adapt import Loader

TYPES = ("date", "time", "timetz", "timestamp", "timestamptz", "interval")

EXACT_INTERVAL = re.compile(rb"(-?[0-9]+ days?)?( ?\+?([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?)?")
"""Days and less than a day of hours, which is what a `timedelta` holds; it knows neither months nor 24:00:00."""


class Beyond(str):
    """The text of a value for which Python has none."""

    __slots__ = ()


class _Fallback(Loader):
    """psycopg's own loader where it knows an answer."""

    own: type[AnyLoader]

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        self._load = self.own(oid, context).load

    def load(self, data: Buffer) -> Any:
        try:
            return self._load(data)
        except psycopg.DataError:
            return Beyond(bytes(data).decode())


class _Interval(_Fallback):
    def load(self, data: Buffer) -> Any:
        text = bytes(data)
        return super().load(data) if EXACT_INTERVAL.fullmatch(text) else Beyond(text.decode())


def _loaders() -> dict[str, type[Loader]]:
    made = {}
    for name in TYPES:
        base = _Interval if name == "interval" else _Fallback
        own = psycopg.adapters.get_loader(psycopg.adapters.types[name].oid, psycopg.pq.Format.TEXT)
        made[name] = type(f"Beyond{name.title()}", (base,), {"own": own})
    return made


LOADERS = _loaders()


def teach(connection: Any) -> None:
    """Let a psycopg connection load these values."""
    for name, loader in LOADERS.items():
        connection.adapters.register_loader(name, loader)

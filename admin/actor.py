"""Who acts: the person a request, a command or a job works for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A person of the console. Records keep the name beside the id, so that they stay true when the person is gone."""

    id: int | None
    name: str
    role: str

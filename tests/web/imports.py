"""Imports as a browser without scripts makes them: a file handed in, and what its status says."""

from __future__ import annotations

import re
from typing import Any

from httpx2 import AsyncClient, Response

CUSTOMERS = b"email,name,balance\nann@example.org,Ann,10.00\nben@example.org,Ben,1.5\n"


async def hand_in(
    client: AsyncClient, content: bytes, identity: str = "customer", name: str = "people.csv"
) -> Response:
    return await client.post(f"/admin/{identity}/import", files={"file": (name, content, "text/csv")})


async def handed_in(client: AsyncClient, content: bytes, identity: str = "customer") -> str:
    """The path of the import's page."""
    answer = await hand_in(client, content, identity)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def status(client: AsyncClient, path: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"{path}/status")).json()
    return found


def counts(found: dict[str, Any]) -> dict[str, int]:
    return {name: found["report"][name] for name in ("new", "changed", "unchanged", "rejected", "total")}


def mark(page: str) -> str:
    """What a page of a review sends along, so that a change of another review is noticed."""
    found = re.search(r'name="review" value="(\w+)"', page)
    assert found is not None
    return found[1]

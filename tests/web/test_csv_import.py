"""The pages of an import, as a browser without scripts walks them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from admin.web.console import Console
from tests.postgres import Database
from tests.web.conftest import Browse

pytestmark = pytest.mark.anyio

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


async def test_a_file_goes_from_upload_over_review_to_its_result(browse: Browse, database: Database):
    client = await browse("editor")
    assert 'type="file"' in (await client.get("/admin/customer/import")).text
    path = await handed_in(client, CUSTOMERS)
    review = await client.get(path)
    assert review.status_code == 200
    assert "Import 2 rows" in review.text
    assert database.value("select count(*) from customer") == 0
    assert (await status(client, path))["state"] == "review"
    answer = await client.post(f"{path}/apply")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert "2 customers imported" in (await client.get(path)).text
    assert database.sql("select email, balance::text from customer order by 1") == [
        ("ann@example.org", "10.00"),
        ("ben@example.org", "1.50"),
    ]
    found = await status(client, path)
    assert (found["state"], found["rows_done"], found["rows_total"]) == ("done", 2, 2)
    assert counts(found) == {"new": 2, "changed": 0, "unchanged": 0, "rejected": 0, "total": 2}

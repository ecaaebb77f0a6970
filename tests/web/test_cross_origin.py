from __future__ import annotations

import pytest
from structlog.testing import capture_logs

pytestmark = pytest.mark.anyio

OURS, EVIL = "http://localhost", "https://evil.example"

TABLE = [
    ({"sec-fetch-site": "cross-site", "origin": EVIL}, False),
    ({"sec-fetch-site": "cross-site", "origin": OURS}, False),
    ({"sec-fetch-site": "same-site", "origin": "http://other.localhost"}, False),
    ({"sec-fetch-site": "something-new"}, False),
    ({"origin": EVIL}, False),
    ({"origin": "null"}, False),
    ({"origin": "http://localhost:81"}, False),
    ({"origin": "http://localhost.evil.example"}, False),
    ({"sec-fetch-site": "same-origin", "origin": OURS}, True),
    ({"sec-fetch-site": "none"}, True),
    ({"origin": OURS}, True),
    ({}, False),
]


@pytest.mark.parametrize(("headers", "passes"), TABLE, ids=str)
async def test_who_may_send_what_changes_data(browse, console, database, headers, passes):
    """Every unsafe route: what is refused is refused before anything looks at it."""
    browser = await browse("admin")
    unsafe = [door for door in console.doors if door.method not in ("GET", "HEAD")]
    assert len(unsafe) >= 2
    for door in unsafe:
        path = "/admin" + door.path.replace("{identity}", "setting").replace("{", "").replace("}", "")
        if passes and door.path != "/login":
            # What passes is the subject of other tests; here it would log the admin out or change rows.
            continue
        request = browser.build_request(door.method, path, headers={"accept": "text/html", **headers})
        if "origin" not in headers:
            del request.headers["origin"]
        answer = await browser.send(request)
        assert (answer.status_code == 403) is not passes, (door.name, answer.status_code)


async def test_a_program_without_a_session_may_log_in(browse):
    browser = await browse()
    del browser.headers["origin"]
    assert (await browser.post("/admin/login", data={"username": "x", "password": "y"})).status_code == 400


async def test_nothing_is_asked_of_a_request_that_only_reads(browse):
    browser = await browse("viewer")
    answer = await browser.get("/admin/login", headers={"sec-fetch-site": "cross-site", "origin": EVIL})
    assert answer.status_code == 303


async def test_a_refusal_is_a_page_and_is_logged(browse):
    browser = await browse("editor")
    with capture_logs() as lines:
        answer = await browser.post("/admin/logout", headers={"origin": EVIL})
    assert "another site" in answer.text
    (line,) = [line for line in lines if line["event"] == "cross-origin request refused"]
    assert (line["origin"], line["path"]) == (EVIL, "/admin/logout")
    assert (await browser.get("/admin/login")).status_code == 303, "still logged in"

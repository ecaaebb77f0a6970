from __future__ import annotations

import dataclasses

import pytest
from starlette.responses import PlainTextResponse

from admin.web.gate import Permission
from admin.web.routes import Door, routes

pytestmark = pytest.mark.anyio


async def endpoint(visit):
    return PlainTextResponse(visit.request.method)


def test_two_doors_of_one_name_are_an_error_at_the_start():
    door = Door("GET", "/x", Permission.VIEW, endpoint)
    with pytest.raises(ValueError, match="GET /x"):
        routes([door, door], None)


def test_a_path_is_one_route_with_all_its_methods():
    made = routes([Door(method, "/x", Permission.VIEW, endpoint) for method in ("GET", "POST")], None)
    assert [route.methods for route in made] == [{"GET", "HEAD", "POST"}]


async def test_a_key_with_odd_characters_survives_the_way_through_the_login(browse):
    browser = await browse()
    answer = await browser.get("/admin/setting/edit/a%2Fb%3Fc%20d%23e?page=2")
    shown = await browser.get(answer.headers["location"])
    assert 'value="/admin/setting/edit/a%2Fb%3Fc%20d%23e?page=2"' in shown.text


async def test_a_role_is_refused_before_a_table_is_looked_for(browse):
    browser = await browse("viewer")
    for identity in ("document", "nothing"):
        assert (await browser.post(f"/admin/{identity}/create")).status_code == 403
    assert (await browser.get("/admin/nothing/list")).status_code == 404


async def test_what_a_table_does_not_allow_nobody_may(browse, console):
    setting = console.resources["setting"]
    console.resources["setting"] = dataclasses.replace(setting, acts=frozenset())
    admin = await browse("admin")
    for path in ("create", "import", "export/csv"):
        assert (await admin.get(f"/admin/setting/{path}")).status_code == 403, path
    assert (await admin.get("/admin/setting/list")).status_code == 200

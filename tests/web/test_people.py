"""People, for admins, and one's own account: what changes holds from the next request on, and is recorded."""

from __future__ import annotations

import asyncio
import re

import pytest
from httpx2 import AsyncClient, Response

from tests.postgres import Database
from tests.web.conftest import PASSWORD, Browse
from tests.web.pages import follow

pytestmark = pytest.mark.anyio

NEW = "seven green kettles sing"


def person(database: Database, name: str) -> str:
    return f"/admin/people/{database.value('select id from larder.person where name = %s', name)}"


def operations(database: Database) -> list[str]:
    return [sentence for (sentence,) in database.sql("select sentence from larder.operation order by id")]


async def log_in(browse: Browse, name: str, password: str) -> Response:
    return await (await browse()).post("/admin/login", data={"username": name, "password": password})


async def is_in(browser: AsyncClient) -> bool:
    return (await browser.get("/admin/operations")).status_code == 200


async def test_nobody_but_admins_may_look_after_people(browse: Browse, database: Database):
    target = person(database, "editor") if await browse() else ""
    for who in ("viewer", "editor"):
        browser = await browse(who)
        for path in ("/admin/people", target):
            assert (await browser.get(path)).status_code == 403
        for act in ("role", "active", "password", "sessions"):
            assert (await browser.post(f"{target}/{act}", data={"role": "admin"})).status_code == 403
        assert (await browser.post("/admin/people", data={"name": "X", "role": "admin"})).status_code == 403
    assert operations(database) == []


async def test_somebody_is_added_and_can_log_in(browse: Browse, database: Database):
    admin = await browse("admin")
    page = await follow(
        admin, await admin.post("/admin/people", data={"name": "Ann", "role": "viewer", "password": NEW})
    )
    assert "Ann may log in, as viewer." in page.text
    assert (await log_in(browse, "Ann", NEW)).status_code == 303
    assert operations(database) == ["Ann may log in, as viewer."]
    listed = await admin.get("/admin/operations?kind=person")
    assert "Ann may log in, as viewer." in listed.text
    assert "/undo" not in re.sub(r"<header.*?</header>", "", listed.text, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"name": "Ann", "role": "viewer", "password": "Kz4!"}, "at least 12 characters"),
        ({"name": "Ann", "role": "viewer", "password": "password123456"}, "easy to guess"),
        ({"name": "EDITOR", "role": "viewer", "password": NEW}, "already a person called EDITOR"),
        ({"name": " ", "role": "viewer", "password": NEW}, "1 to 80 characters"),
        ({"name": "Ann", "role": "owner", "password": NEW}, "There is no role"),
        ({}, "1 to 80 characters"),
    ],
)
async def test_what_cannot_be_is_said_and_what_was_typed_stays(browse: Browse, database: Database, form, why):
    page = await (await browse("admin")).post("/admin/people", data=form)
    assert page.status_code in (400, 409)
    assert why in page.text
    assert f'value="{form.get("name", "")}"' in page.text
    assert form.get("password", "\0") not in page.text
    assert operations(database) == []


async def test_another_role_holds_at_once_and_asks_for_a_new_login(browse: Browse, database: Database):
    admin, editor = await browse("admin"), await browse("editor")
    await admin.post(person(database, "editor") + "/role", data={"role": "viewer"})
    assert not await is_in(editor)
    again = await browse("editor")
    assert (await again.get("/admin/author/create")).status_code == 403
    assert operations(database) == ["editor is viewer now, and was editor."]
    await admin.post(person(database, "editor") + "/role", data={"role": "viewer"})
    assert len(operations(database)) == 1


async def test_who_is_shut_out_is_out_with_the_next_request(browse: Browse, database: Database):
    admin, editor = await browse("admin"), await browse("editor")
    assert await is_in(editor)
    await admin.post(person(database, "editor") + "/active")
    assert not await is_in(editor)
    assert (await log_in(browse, "editor", PASSWORD)).status_code == 400
    await admin.post(person(database, "editor") + "/active", data={"active": "1"})
    assert not await is_in(editor)
    assert (await log_in(browse, "editor", PASSWORD)).status_code == 303


async def test_the_last_admin_stays(browse: Browse, database: Database):
    admin = await browse("admin")
    own = person(database, "admin")
    for act, form in (("role", {"role": "editor"}), ("active", {})):
        page = await admin.post(f"{own}/{act}", data=form)
        assert page.status_code == 409
        assert "only admin who may log in" in page.text
    await admin.post(person(database, "editor") + "/role", data={"role": "admin"})
    assert (await admin.post(f"{own}/role", data={"role": "viewer"})).status_code == 303
    assert not await is_in(admin)


async def test_two_admins_who_shut_each_other_out_at_once_leave_one(browse: Browse, database: Database):
    await browse()
    database.sql("update larder.person set role = 'admin' where name = 'editor'")
    one, other = await browse("admin"), await browse("editor")
    await asyncio.gather(
        one.post(person(database, "editor") + "/active"), other.post(person(database, "admin") + "/active")
    )
    assert database.value("select count(*) from larder.person where role = 'admin' and active") == 1


async def test_a_password_given_by_an_admin_ends_the_sessions(browse: Browse, database: Database):
    admin, editor = await browse("admin"), await browse("editor")
    assert (await admin.post(person(database, "editor") + "/password", data={"password": "x"})).status_code == 400
    assert await is_in(editor)
    await admin.post(person(database, "editor") + "/password", data={"password": NEW})
    assert not await is_in(editor)
    assert (await log_in(browse, "editor", NEW)).status_code == 303
    assert (await admin.post(person(database, "admin") + "/password", data={"password": NEW})).status_code == 409
    kept = database.value("select string_agg(to_jsonb(o)::text, '') from larder.operation o")
    assert NEW not in kept
    assert "$argon2" not in kept
    assert "$argon2" not in (await admin.get(person(database, "editor"))).text


async def test_an_admin_sees_and_ends_sessions(browse: Browse, database: Database):
    admin, first, second = await browse("admin"), await browse("editor"), await browse("editor", ip="10.0.0.9")
    path = person(database, "editor")
    page = (await admin.get(path)).text
    assert "10.0.0.9" in page
    (short,) = re.findall(r'value="([0-9a-f]{16})" aria-label="End test at 10\.0\.0\.9"', page)
    await admin.post(f"{path}/sessions", data={"session": short})
    assert (await is_in(first), await is_in(second)) == (True, False)
    await admin.post(f"{path}/sessions")
    assert not await is_in(first)
    assert "logged in nowhere" in (await admin.get(path)).text
    for odd in ("/admin/people/999", f"/admin/people/{2**70}"):
        assert (await admin.get(odd)).status_code == 404


async def test_people_are_changed_by_post_from_here_only(browse: Browse, database: Database):
    admin = await browse("admin")
    path = person(database, "editor")
    elsewhere = await admin.post(f"{path}/active", headers={"origin": "https://elsewhere.example"})
    assert elsewhere.status_code == 403
    assert (await admin.get(f"{path}/active")).status_code == 405
    assert database.value("select active from larder.person where name = 'editor'") is True


# -- one's own account ------------------------------------------------------------------------------------------------


async def change(browser: AsyncClient, old: str, new: str = NEW, again: str | None = None) -> Response:
    return await browser.post("/admin/account/password", data={"old": old, "password": new, "again": again or new})


async def test_ones_own_password_asks_for_the_old_one_and_ends_the_other_sessions(browse: Browse, database: Database):
    here, there = await browse("viewer"), await browse("viewer")
    before = here.cookies["larder"]
    answer = await change(here, PASSWORD)
    token = answer.cookies["larder"]
    assert token != before
    here.cookies.clear()
    here.cookies.set("larder", token)
    assert "Your password is changed." in (await follow(here, answer)).text
    assert (await is_in(here), await is_in(there)) == (True, False)
    assert (await log_in(browse, "viewer", NEW)).status_code == 303
    assert (await log_in(browse, "viewer", PASSWORD)).status_code == 400
    assert operations(database) == ["viewer changed their password."]


async def test_a_wrong_old_password_or_a_weak_new_one_changes_nothing(browse: Browse, database: Database):
    viewer, other = await browse("viewer"), await browse("viewer")
    for page, why in (
        (await change(viewer, "wrong horse"), "old password is not right"),
        (await change(viewer, PASSWORD, NEW, "another"), "same way twice"),
        (await change(viewer, PASSWORD, "short"), "at least 12 characters"),
    ):
        assert page.status_code == 400
        assert why in page.text
    assert await is_in(other)
    assert operations(database) == []


async def test_guessing_the_old_password_is_slowed_down(browse: Browse):
    viewer = await browse("viewer")
    codes = [(await change(viewer, "wrong horse")).status_code for _ in range(6)]
    assert codes == [400] * 5 + [429]
    assert (await change(viewer, PASSWORD)).status_code == 429


async def test_one_ends_ones_other_sessions_and_nobody_elses(browse: Browse, database: Database):
    here, there, editor = await browse("viewer"), await browse("viewer", ip="10.0.0.9"), await browse("editor")
    page = (await here.get("/admin/account")).text
    assert "this browser" in page
    (theirs,) = database.sql(
        "select encode(substring(token_hash, 1, 8), 'hex') from larder.session s join larder.person p"
        " on p.id = person_id where name = 'editor'"
    )
    answer = await follow(here, await here.post("/admin/account/sessions", data={"session": theirs[0]}))
    assert "It had ended already." in answer.text
    await here.post("/admin/account/sessions")
    assert [await is_in(one) for one in (here, there, editor)] == [True, False, True]

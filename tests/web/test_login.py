from __future__ import annotations

import threading
from urllib.parse import parse_qs, urlsplit

import anyio
import anyio.lowlevel
import psycopg
import pytest
from argon2 import PasswordHasher
from httpx2 import ASGITransport, AsyncClient
from structlog.testing import capture_logs

from admin.app import create_app
from admin.web.login import BODY
from admin.writes import passwords
from tests.web.conftest import ORIGIN, PASSWORD

pytestmark = pytest.mark.anyio

PAGE = "/admin/login"


async def try_in(browser, name="editor", password="wrong", **more):
    return await browser.post(PAGE, data={"username": name, "password": password, **more})


@pytest.fixture
def checked(monkeypatch):
    """The passwords that were really looked at, with the hash they were held against."""
    seen = []
    verify = passwords._verify

    def watch(stored, password):
        seen.append((stored, password))
        return verify(stored, password)

    monkeypatch.setattr(passwords, "_verify", watch)
    return seen


async def test_the_right_password_opens_the_console(browse):
    answer = await try_in(await browse(), password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")


async def test_a_name_is_the_same_in_any_case(browse):
    assert (await try_in(await browse(), "EDITOR", PASSWORD)).status_code == 303


async def test_a_wrong_password_keeps_the_name_and_shows_no_password(browse):
    answer = await try_in(await browse(), password="canary-5fd1")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="editor"' in answer.text
    assert "canary-5fd1" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_whoever_is_not_logged_in_is_led_there_and_back(browse):
    browser = await browse()
    answer = await browser.get("/admin/book/list?search=sea&page=2")
    assert answer.status_code == 303
    address = urlsplit(answer.headers["location"])
    assert (address.scheme, address.netloc, address.path) == ("", "", PAGE)
    assert parse_qs(address.query) == {"next": ["/admin/book/list?search=sea&page=2"]}
    shown = await browser.get(answer.headers["location"])
    assert 'name="next" value="/admin/book/list?search=sea&amp;page=2"' in shown.text
    inside = await try_in(browser, password=PASSWORD, next="/admin/book/list?search=sea&page=2")
    assert inside.headers["location"] == "/admin/book/list?search=sea&page=2"


async def test_a_script_that_is_not_logged_in_any_more_is_told_so(browse):
    answer = await (await browse()).get("/admin/book/count", headers={"accept": "application/json"})
    assert answer.status_code == 403
    assert "not logged in any more" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("sent_to", "back"),
    [
        ("/admin/book/create", "/admin/book/create"),
        ("/admin/setting/edit/a%2Fb?search=x", "/admin/setting/edit/a%2Fb?search=x"),
        ("/admin/book/delete?page=2", "/admin/book/list?page=2"),
        ("/admin/imports/5/apply", "/admin/imports/5"),
        ("/admin/operations/7/undo?row=3", "/admin/operations/7"),
    ],
)
async def test_a_change_that_met_no_session_is_said_to_be_lost_and_not_sent_again(browse, sent_to, back):
    browser = await browse()
    answer = await browser.post(sent_to)
    assert answer.status_code == 303
    shown = await browser.get(answer.headers["location"])
    assert "You were logged out; nothing was saved." in shown.text
    (target,) = parse_qs(urlsplit(answer.headers["location"]).query)["next"]
    inside = await try_in(browser, password=PASSWORD, next=target)
    assert (inside.status_code, inside.headers["location"]) == (303, back)


async def test_a_login_that_was_asked_for_speaks_of_no_loss(browse):
    assert "nothing was saved" not in (await (await browse()).get(PAGE)).text


class TestEverybodyGetsTheSameAnswer:
    """Time is not measured here: what takes the time is one verification, and that is counted."""

    @pytest.mark.parametrize("name", ["editor", "nobody", "shut out", "", "x" * 300, "a\0b", "e'; drop table x"])
    async def test_whether_the_name_exists_or_not(self, browse, checked, database, name):
        database.sql(
            "insert into larder.person (name, role, password_hash, active) "
            "select 'shut out', role, password_hash, false from larder.person where name = 'editor'"
        )
        browser = await browse()
        reference = (await try_in(browser, "viewer")).text
        answer = await try_in(browser, name, PASSWORD if name == "shut out" else "wrong")
        assert answer.status_code == 400
        assert answer.text.count("is not right") == reference.count("is not right") == 1
        assert len(checked) == 2, "one verification each"

    async def test_the_hash_of_nobody_costs_what_a_real_one_does(self, checked, browse):
        await try_in(await browse(), "nobody")
        ((stored, _),) = checked
        assert stored == passwords.NOBODY
        assert not passwords.is_outdated(stored)

    async def test_the_hash_of_nobody_lets_nobody_in(self, browse, monkeypatch):
        monkeypatch.setattr(passwords, "_verify", lambda *_: True)
        assert (await try_in(await browse(), "nobody")).status_code == 400


class TestThrottle:
    async def test_five_failures_then_wait_even_with_the_right_password(self, browse, checked):
        browser = await browse()
        assert [(await try_in(browser)).status_code for _ in range(6)] == [400] * 5 + [429]
        answer = await try_in(browser, password=PASSWORD)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 300
        assert "minutes" in answer.text
        assert len(checked) == 5

    async def test_names_that_nobody_has_are_counted_alike(self, browse):
        browser = await browse()
        assert [(await try_in(browser, "nobody")).status_code for _ in range(6)] == [400] * 5 + [429]

    async def test_of_sixty_at_once_five_are_looked_at(self, browse, checked):
        browser, statuses = await browse(), []

        async def once():
            statuses.append((await try_in(browser)).status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(60):
                tasks.start_soon(once)
        assert sorted(statuses) == [400] * 5 + [429] * 55
        assert len(checked) == 5

    async def test_a_flood_of_them_leaves_connections_for_everybody_else(self, browse, console, database):
        reader, browser = await browse("viewer"), await browse()
        pool = console.sessions.kw["bind"].pool
        most = 0
        with psycopg.connect(database.superuser_url.replace("+psycopg", "")) as other:
            other.execute(
                "insert into larder.login_throttle values ('address 127.0.0.1', 1, now() + interval '1 hour')"
            )
            async with anyio.create_task_group() as tasks:
                for _ in range(40):
                    tasks.start_soon(try_in, browser)
                while pool.checkedout() < 4:
                    await anyio.lowlevel.checkpoint()
                assert (await reader.get(PAGE)).status_code == 303
                most = pool.checkedout()
                other.commit()
        assert most == 4

    async def test_it_holds_for_other_processes_and_after_a_restart(self, browse, settings):
        browser = await browse()
        for _ in range(5):
            await try_in(browser)
        another = create_app(settings)
        async with another.router.lifespan_context(another):
            transport = ASGITransport(another, client=("127.0.0.1", 1))
            async with AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as elsewhere:
                assert (await try_in(elsewhere, password=PASSWORD)).status_code == 429

    async def test_somebody_else_at_the_same_address_is_not_held_up(self, browse):
        browser = await browse()
        for _ in range(6):
            await try_in(browser)
        assert (await try_in(browser, "viewer", PASSWORD)).status_code == 303

    async def test_the_same_person_elsewhere_is_not_held_up(self, browse):
        browser = await browse()
        for _ in range(6):
            await try_in(browser)
        assert (await try_in(await browse(ip="192.0.2.7"), password=PASSWORD)).status_code == 303

    async def test_a_login_that_works_takes_back_what_was_mistyped(self, browse):
        browser = await browse()
        for _ in range(4):
            await try_in(browser)
        assert (await try_in(browser, password=PASSWORD)).status_code == 303
        assert [(await try_in(browser)).status_code for _ in range(6)] == [400] * 5 + [429]

    async def test_waiting_helps(self, browse, database):
        browser = await browse()
        for _ in range(6):
            await try_in(browser)
        database.sql("update larder.login_throttle set until = now() - interval '1 second'")
        assert (await try_in(browser, password=PASSWORD)).status_code == 303


class TestPasswords:
    async def test_one_too_long_is_refused_before_it_costs_anything(self, browse, checked):
        answer = await try_in(await browse(), password="x" * 1025)
        assert (answer.status_code, checked) == (400, [])
        assert "1024 bytes" in answer.text

    async def test_long_ones_with_spaces_and_any_letters_work_as_typed(self, browse, database):
        password = "  Größe 漢字 🦊 " + "x" * 60 + "  "
        database.sql(
            "update larder.person set password_hash = %s where name = 'editor'", await passwords.hashed(password)
        )
        browser = await browse()
        assert (await try_in(browser, password=password.strip())).status_code == 400
        assert (await try_in(browser, password=password)).status_code == 303

    async def test_no_more_than_four_are_hashed_at_once(self, browse, monkeypatch):
        running, most = 0, 0
        four, one = threading.Barrier(4), threading.Lock()

        def slow(*_):
            nonlocal running, most
            with one:
                running += 1
                most = max(most, running)
            four.wait(30)
            with one:
                running -= 1
            return False

        monkeypatch.setattr(passwords, "_verify", slow)
        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(try_in, await browse(ip=f"192.0.2.{number}"))
        assert most == 4

    async def test_a_hash_from_weaker_days_is_renewed(self, browse, database):
        weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
        database.sql("update larder.person set password_hash = %s", weak)
        browser = await browse()
        assert (await try_in(browser, password=PASSWORD)).status_code == 303
        stored = database.value("select password_hash from larder.person where name = 'editor'")
        assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert (await try_in(browser, password=PASSWORD)).status_code == 303

    async def test_neither_passwords_nor_cookies_nor_typed_names_are_logged(self, browse):
        browser = await browse()
        with capture_logs() as lines:
            await try_in(browser, "canary-name", "canary-password")
            await try_in(browser, password=PASSWORD)
            await browser.get("/admin/book/list?search=canary-search")
        text = repr(lines)
        assert "logged in" in text
        assert "login refused" in text
        assert not [word for word in ("canary", PASSWORD, browser.cookies["larder"], "argon2") if word in text]


class TestBody:
    async def test_is_small(self, browse, checked):
        browser = await browse()
        answer = await try_in(browser, "x" * (BODY + 1))
        assert (answer.status_code, checked) == (413, [])
        assert "16 KB" in answer.text

    async def test_is_counted_when_nobody_says_how_long_it_is(self, browse):
        sent = 0

        async def endless():
            nonlocal sent
            while True:
                sent += 1024
                yield b"x" * 1024

        with anyio.fail_after(30):
            answer = await (await browse()).post(
                PAGE, content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
            )
        assert answer.status_code == 413
        assert "16 KB" in answer.text
        assert sent <= BODY + 64 * 1024

    async def test_of_a_kind_that_is_no_form_is_no_login(self, browse):
        answer = await (await browse()).post(PAGE, content=b"{", headers={"content-type": "application/json"})
        assert answer.status_code == 400

    @pytest.mark.parametrize(
        "body",
        [b"", b"&&&&", b"=", b"username", b"username=%00&password=%00", b"username=%ff%fe&password=%ed%a0%80",
         b"username=a&username=b&password=c&password=d", b"x=" + b"&x=" * 2000, b"\xff\x00\xfe", b"next=%00"],
    )  # fmt: skip
    async def test_of_any_bytes_is_answered(self, browse, body):
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert (await (await browse()).post(PAGE, content=body, headers=headers)).status_code == 400

    async def test_with_a_file_for_a_name_is_no_login(self, browse):
        answer = await (await browse()).post(PAGE, files={"username": ("admin", b"x")}, data={"password": PASSWORD})
        assert answer.status_code == 400

    async def test_broken_is_refused_with_a_page(self, browse):
        headers = {"content-type": "multipart/form-data; boundary=x"}
        answer = await (await browse()).post(PAGE, content=b"--y", headers=headers)
        assert answer.status_code == 400

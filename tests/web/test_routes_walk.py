"""Every route, as everybody: what each of them may reach stands here once more, apart from the code that decides it.

A new route without an entry fails the first test. Statuses of POST routes are those of an empty form, which changes
nothing: 400, 404, or 303 to another page than the login mean that the gate let the request pass.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.anyio

NOBODY, VIEWER, EDITOR, ADMIN = None, "viewer", "editor", "admin"

EXPECTED: dict[str, tuple[int, int, int, int]] = {
    #                                            nobody viewer editor admin
    "GET /login":                                 (200, 303, 303, 303),
    "POST /login":                                (400, 400, 400, 400),
    "POST /logout":                               (303, 303, 303, 303),
    "GET /":                                      (303, 200, 200, 200),
    "GET /{identity}/list":                       (303, 200, 200, 200),
    "GET /{identity}/count":                      (303, 200, 200, 200),
    "GET /{identity}/choices/{column}":           (303, 200, 200, 200),
    "GET /{identity}/facets/{column}":            (303, 200, 200, 200),
    "POST /{identity}/columns":                   (303, 400, 400, 400),
    "GET /{identity}/views":                      (303, 200, 200, 200),
    "POST /{identity}/views":                     (303, 303, 303, 303),
    "POST /{identity}/views/{view_id:int}":       (303, 303, 303, 303),
    "POST /{identity}/views/{view_id:int}/delete":  (303, 404, 404, 404),
    "POST /{identity}/views/{view_id:int}/default": (303, 404, 404, 404),
    "GET /{identity}/details/{pk:path}":          (303, 200, 200, 200),
    "GET /{identity}/export/csv":                 (303, 200, 200, 200),
    "GET /{identity}/export/json":                (303, 200, 200, 200),
    "GET /{identity}/create":                     (303, 403, 200, 200),
    "POST /{identity}/create":                    (303, 403, 400, 400),
    "GET /{identity}/edit/{pk:path}":             (303, 403, 200, 200),
    "POST /{identity}/edit/{pk:path}":            (303, 403, 303, 303),
    "GET /{identity}/field/{column}/{pk:path}":  (303, 403, 200, 200),
    "POST /{identity}/field/{column}/{pk:path}": (303, 403, 200, 200),
    "GET /{identity}/import":                     (303, 403, 200, 200),
    "POST /{identity}/import":                    (303, 403, 400, 400),
    "POST /{identity}/mode":                      (303, 400, 400, 400),
    "POST /{identity}/revert/{pk:path}":          (303, 403, 400, 400),
    "POST /{identity}/delete":                    (303, 403, 303, 303),
    "POST /{identity}/bulk-edit":                 (303, 403, 303, 303),
    "GET /{identity}/restore":                    (303, 403, 303, 303),
    "POST /{identity}/restore":                   (303, 403, 303, 303),
    "GET /{identity}/restore/{pk:path}":          (303, 403, 303, 303),
    "POST /{identity}/restore/{pk:path}":         (303, 403, 303, 303),
    "POST /{identity}/purge":                     (303, 403, 403, 303),
    "GET /operations":                            (303, 200, 200, 200),
    "GET /operations/{id:int}":                   (303, 404, 404, 404),
    "GET /{identity}/trash":                      (303, 200, 200, 200),
    "GET /sizes":                                 (303, 200, 200, 200),
    "GET /go":                                    (303, 200, 200, 200),
    "GET /shortcuts":                             (303, 200, 200, 200),
    "POST /shortcuts":                            (303, 303, 303, 303),
    "GET /{identity}/import/example.csv":         (303, 403, 200, 200),
    "GET /trash":                                 (303, 200, 200, 200),
    "GET /operations/last":                       (303, 403, 200, 200),
    "POST /operations/{id:int}/undo":             (303, 403, 404, 404),
    "GET /people":                                (303, 403, 403, 200),
    "POST /people":                               (303, 403, 403, 400),
    "GET /people/{person_id:int}":                (303, 403, 403, 404),
    "POST /people/{person_id:int}/role":          (303, 403, 403, 404),
    "POST /people/{person_id:int}/active":        (303, 403, 403, 404),
    "POST /people/{person_id:int}/password":      (303, 403, 403, 404),
    "POST /people/{person_id:int}/sessions":      (303, 403, 403, 404),
    "GET /account":                               (303, 200, 200, 200),
    "POST /account/password":                     (303, 400, 400, 400),
    "POST /account/sessions":                     (303, 303, 303, 303),
    "GET /imports":                               (303, 403, 200, 200),
    "GET /imports/{import_id:int}":               (303, 403, 404, 404),
    "POST /imports/{import_id:int}/read":         (303, 403, 404, 404),
    "POST /imports/{import_id:int}/choices":      (303, 403, 404, 404),
    "POST /imports/{import_id:int}/check":       (303, 403, 404, 404),
    "GET /imports/{import_id:int}/file":        (303, 403, 404, 404),
    "GET /imports/{import_id:int}/match":       (303, 403, 404, 404),
    "GET /imports/{import_id:int}/mode":        (303, 403, 404, 404),
    "POST /imports/{import_id:int}/corrections":(303, 403, 404, 404),
    "POST /imports/{import_id:int}/take-back":  (303, 403, 404, 404),
    "GET /imports/{import_id:int}/lines/{line:int}": (303, 403, 404, 404),
    "POST /imports/{import_id:int}/replace":   (303, 403, 400, 400),
    "POST /imports/{import_id:int}/mended":    (303, 403, 404, 404),
    "POST /imports/{import_id:int}/apply":        (303, 403, 404, 404),
    "POST /imports/{import_id:int}/cancel":       (303, 403, 404, 404),
    "GET /imports/{import_id:int}/status":        (303, 403, 404, 404),
    "GET /imports/{import_id:int}/rejects.csv":   (303, 403, 404, 404),
}  # fmt: skip

OUTSIDE = {"/": 303, "/admin": 303, "/healthz": 200, "/readyz": 200, "/metrics": 200, "/admin/static": 404}
"""What is no door of the console: open to everybody, and holding nothing of anybody's."""

PARTS = {"{person_id:int}": "77",
         "{identity}": "document", "{column}": "owner_id", "{pk:path}": "1", "{import_id:int}": "7", "{id:int}": "7",
         "{view_id:int}": "7", "{line:int}": "7"}  # fmt: skip
"""There is no import and no operation with this number."""

CHANGE = "?delete=1&pks=1&deleted=only&action=delete"
"""What would ask for a change, were it sent by a form."""


def path_of(door) -> str:
    path = door.path
    for part, value in PARTS.items():
        path = path.replace(part, value)
    assert "{" not in path, f"no example for {door.name}"
    return f"/admin{path}"


@pytest.fixture
def rows(database) -> None:
    """A live document and one in the trash, and their owner."""
    database.sql("""insert into "user" (id, email, name, role) values (1, 'ann@example.org', 'Ann', 'editor')""")
    database.sql("insert into document (id, owner_id, title, body) values (1, 1, 'Live', ''), (2, 1, 'Gone', '')")
    database.sql("update document set deleted_at = now() where id = 2")


async def test_every_door_is_in_the_table_and_nothing_else(console):
    assert {door.name for door in console.doors} == EXPECTED.keys()


@pytest.mark.parametrize("who", [NOBODY, VIEWER, EDITOR, ADMIN])
async def test_every_door_opens_for_those_it_is_for(browse, console, rows, who):
    column = [NOBODY, VIEWER, EDITOR, ADMIN].index(who)
    wrong = {}
    for door in console.doors:
        browser = await browse(who)
        answer = await browser.request(door.method, path_of(door))
        expected = EXPECTED[door.name][column]
        if answer.status_code != expected:
            wrong[door.name] = f"{answer.status_code} instead of {expected}"
        if answer.status_code == 303 and door.path not in ("/login", "/logout"):
            assert answer.headers["location"].startswith("/admin/login") is (who is NOBODY), door.name
    assert wrong == {}


async def test_the_pages_of_every_table_open(browse, console):
    browser = await browse(ADMIN)
    assert len(console.resources) == 13
    for identity, resource in console.resources.items():
        for path, act in [("list", ""), ("create", "create"), ("import", "import"), ("export/csv", "export")]:
            answer = await browser.get(f"/admin/{identity}/{path}")
            assert answer.status_code == (200 if not act or act in resource.acts else 403), (identity, path)
        for path in ("edit/no-such-key", "details/no-such-key"):
            assert (await browser.get(f"/admin/{identity}/{path}")).status_code in (403, 404), (identity, path)


async def test_head_is_answered_like_get_and_changes_nothing(browse, console, database, rows):
    browser = await browse(ADMIN)
    before = contents(database)
    for door in console.doors:
        if door.method == "GET":
            assert (await browser.head(path_of(door))).status_code == EXPECTED[door.name][3], door.name
            await browser.head(path_of(door) + CHANGE)
    assert contents(database) == before
    assert (await (await browse()).head("/admin/book/list")).status_code == 303


async def test_what_is_no_door_holds_nothing_of_anybodys(browse, app):
    browser = await browse()
    paths = {getattr(route, "path", "") for route in app.routes}
    assert paths - {"/admin"} == OUTSIDE.keys() - {"/admin"}
    for path, status in OUTSIDE.items():
        assert (await browser.get(path)).status_code == status, path


async def test_nobody_learns_which_tables_there_are(browse, console):
    browser = await browse()
    known, unknown = [await browser.get(f"/admin/{name}/list") for name in ("document", "nothing")]
    assert (known.status_code, unknown.status_code) == (303, 303)
    viewer = await browse(VIEWER)
    for name in ("document", "nothing"):
        assert (await viewer.post(f"/admin/{name}/create")).status_code == 403


async def test_nothing_is_read_from_the_body_of_whoever_may_not_send_it(browse, console):
    read = 0

    async def body():
        nonlocal read
        read += 1
        yield b"x" * 1024

    doors = [door for door in console.doors if door.method == "POST" and door.permission != "public"]
    for who in (NOBODY, VIEWER):
        browser = await browse(who)
        for door in doors if who is NOBODY else [door for door in doors if door.permission != "view"]:
            answer = await browser.post(path_of(door), content=body())
            assert answer.status_code == (303 if who is NOBODY else 403), door.name
    assert read == 0


async def test_looking_changes_nothing(browse, console, database, rows):
    """Rows and their versions in every table are the same after every GET of everybody."""
    browsers = [await browse(who) for who in (VIEWER, EDITOR, ADMIN)]
    before = contents(database)
    assert len(before) > 15
    for browser in browsers:
        for door in console.doors:
            if door.method == "GET":
                for query in ("", CHANGE):
                    await browser.get(path_of(door) + query)
    assert contents(database) == before


def contents(database) -> dict[str, object]:
    """Where every row of every table lies and by which transaction; the last use of a session is no change."""
    tables = database.sql(
        "select format('%I.%I', schemaname, tablename) from pg_tables "
        "where schemaname in ('public', 'larder', 'larder_staging') and tablename <> 'session'"
    )
    return {
        table: database.value(f"select string_agg(ctid::text || xmin::text, ' ' order by ctid) from {table}")
        for (table,) in tables
    }

from __future__ import annotations

import asyncio
import re

import pytest
from httpx2 import AsyncClient, Response

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import links
from tests.web.pages import follow, toasts

pytestmark = pytest.mark.anyio


def sentences(page: Response) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/admin/operations/\d+">(.*?)</a>', page.text)


async def create(client: AsyncClient, name: str) -> None:
    answer = await client.post("/admin/author/create", data={"name": name})
    assert answer.status_code == 303, answer.text


async def test_everything_done_stands_in_the_list_newest_first(browse: Browse, database: Database):
    editor, admin = await browse("editor"), await browse("admin")
    await create(editor, "Ann")
    await create(admin, "Ben")
    await admin.post("/admin/author/edit/1", data={"name": "Anna"})
    page = await admin.get("/admin/operations")
    assert sentences(page) == ["Author 1: name changed.", "Author 2 created.", "Author 1 created."]
    assert page.text.count('name="then" value="operations"') == 3
    assert sentences(await admin.get("/admin/operations?kind=edit")) == ["Author 1: name changed."]
    assert sentences(await admin.get("/admin/operations?table=book")) == []
    me = database.value("select id from larder.person where name = 'editor'")
    assert sentences(await admin.get(f"/admin/operations?person={me}")) == ["Author 1 created."]


async def test_the_list_turns_pages(browse: Browse, database: Database):
    client = await browse("viewer")
    database.sql("""
        insert into larder.operation (person_name, kind, identity, rows, sentence, source)
        select 'Ann', 'create', 'author', 1, 'Author ' || n || ' created.', 'browser' from generate_series(1, 120) n
    """)
    seen, url = [], "/admin/operations?table=author"
    while url:
        page = await client.get(url)
        seen += sentences(page)
        older = re.search(r'href="(/admin/operations\?[^"]*before=\d+)"[^>]*>Older', page.text)
        url = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"Author {n} created." for n in range(120, 0, -1)]
    assert '<a class="button" href="/admin/operations?table=author">' in page.text


@pytest.mark.parametrize(
    "query",
    [
        "person=x",
        "person=99999999999999999999",
        "table=nonsense",
        "kind=nonsense",
        "before=-1",
        "since=yesterday",
        "since=2026-02-30",
        "until=20261123",
        "until=9999-12-31",
    ],
)
async def test_what_makes_no_sense_is_refused_with_its_name(browse: Browse, query: str):
    page = await (await browse("viewer")).get(f"/admin/operations?{query}")
    assert page.status_code == 400
    assert f"The parameter {query.partition('=')[0]} makes no sense" in page.text


async def test_filters_combine_and_each_is_a_chip(browse: Browse, database: Database):
    client = await browse("viewer")
    database.sql("""
        insert into larder.operation (at, person_name, person_id, kind, identity, rows, sentence, source)
        select timestamptz '2026-01-01 23:30Z' + d * interval '1 day', name, (select id from larder.person p
          where p.name = one.name), kind, 'author', 1, name || ' ' || kind || ' ' || d, 'browser'
        from generate_series(1, 4) d,
          (values ('admin', 'edit'), ('admin', 'delete'), ('Larder', 'purge')) one (name, kind)
    """)
    me = database.value("select id from larder.person where name = 'admin'")
    url = f"/admin/operations?person={me}&kind=edit&since=2026-01-03&until=2026-01-04"
    page = await client.get(url)
    assert sentences(page) == ["admin edit 3", "admin edit 2"]
    found = links(page)
    assert found["Remove filter: By admin"] == "/admin/operations?kind=edit&since=2026-01-03&until=2026-01-04"
    assert found["Remove filter: Until 2026-01-04"] == f"/admin/operations?person={me}&kind=edit&since=2026-01-03"
    assert sentences(await client.get(found["Remove filter: Edited"])) == [
        f"admin {kind} {day}" for day in (3, 2) for kind in ("delete", "edit")
    ]
    assert sentences(await client.get("/admin/operations?person=0&since=2026-01-05")) == ["Larder purge 4"]
    assert (await client.get("/admin/operations?since=2026-01-05&until=2026-01-04")).status_code == 400
    nothing = await client.get("/admin/operations?kind=import")
    assert "Nothing like this was done" in nothing.text


async def test_the_page_of_an_operation_tells_what_changed(browse: Browse, database: Database):
    client = await browse("editor")
    await create(client, "Ann <b>")
    await client.post("/admin/author/edit/1", data={"name": "Anna", "country": "Iceland"})
    made, edited = _ids(database)
    assert '<a href="/admin/author/details/1">Author 1</a>' in (await client.get(f"/admin/operations/{made}")).text
    text = (await client.get(f"/admin/operations/{edited}")).text
    assert "<del>Ann &lt;b&gt;</del>" in text
    assert "<ins>Anna</ins>" in text
    assert "<ins>Iceland</ins>" in text


async def test_a_removed_row_is_shown_as_a_whole(browse: Browse, database: Database):
    client = await browse("editor")
    await create(client, "Ann")
    await client.post("/admin/operations/1/undo")
    assert database.value("select count(*) from author") == 0
    page = (await client.get("/admin/operations/2")).text
    assert re.search(
        r'<h2>Removed</h2>\s*<details>\s*<summary>Author 1 <small class="muted">Ann</small></summary>', page
    )
    assert re.search(r"<dt>Name</dt>\s*<dd>Ann</dd>", page)
    assert "<del>" not in page


async def test_many_rows_are_told_page_by_page(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into document (title, body) select 'T', 'x' from generate_series(1, 130)")
    await client.post("/admin/document/delete", data={"all": "1"})
    (number,) = _ids(database)
    first = await client.get(f"/admin/operations/{number}")
    following = re.search(rf'href="(/admin/operations/{number}\?after=\d+)"', first.text)
    assert following
    second = await client.get(following[1])
    told = re.findall(r"/admin/document/details/(\d+)", first.text + second.text)
    assert sorted(map(int, told)) == list(range(1, 131))


async def test_an_undo_leads_back_to_where_its_button_stood(browse: Browse, database: Database):
    client = await browse("editor")
    await create(client, "Ann")
    (number,) = _ids(database)
    answer = await client.post(f"/admin/operations/{number}/undo?sortBy=name&sort=desc")
    assert answer.headers["location"] == "/admin/author/list?sortBy=name&sort=desc"
    assert database.value("select count(*) from author") == 0
    # The undo is an operation, and can be undone.
    answer = await client.post(f"/admin/operations/{_ids(database)[1]}/undo?kind=undo", data={"then": "operations"})
    assert answer.headers["location"] == "/admin/operations?kind=undo"
    assert database.value("select count(*) from author") == 1
    answer = await client.post(f"/admin/operations/{_ids(database)[2]}/undo", data={"then": "operation"})
    assert answer.headers["location"] == f"/admin/operations/{_ids(database)[2]}"


async def test_an_undo_above_a_form_leads_back_to_the_form(browse: Browse, database: Database):
    client = await browse("editor")
    database.sql("insert into setting values ('a/b &', '1')")
    url = "/admin/setting/edit/a%2Fb%20%26?sortBy=key&sort=asc"
    page = await follow(client, await client.post(url, data={"value": "2", "form-then": "continue"}))
    (undo,) = re.findall(r'action="(/admin/operations/\d+/undo[^"]*)"', page.text)
    answer = await client.post(undo.replace("&amp;", "&"))
    assert answer.headers["location"] == url
    assert database.value("select value from setting") == 1


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "operation/../../x", ""])
async def test_no_form_and_no_header_leads_away(browse: Browse, database: Database, then: str):
    client = await browse("editor")
    await create(client, "Ann")
    (number,) = _ids(database)
    url, headers = f"/admin/operations/{number}/undo?next=//evil.example", {"referer": "http://localhost/evil"}
    answer = await client.post(url, data={"then": then}, headers=headers)
    assert answer.headers["location"] == "/admin/author/list?next=//evil.example"


async def test_what_was_changed_since_is_kept_and_told(browse: Browse, database: Database):
    editor, admin = await browse("editor"), await browse("admin")
    database.sql("insert into customer (email, name) select n::text, 'Old ' || n from generate_series(1, 3) n")
    await editor.post("/admin/customer/delete", data={"pks": ["1", "2", "3"]})
    database.sql("insert into customer (email, name) values ('2', 'Ann Lee')")
    page = await follow(admin, await admin.post(f"/admin/operations/{_ids(database)[0]}/undo"))
    (said,) = toasts(page)
    assert "2 rows put back and 1 not possible: email is used by #4 now" in said
    assert database.value("select count(*) from customer where deleted_at is null") == 3
    assert 'href="/admin/customer/restore/2">Resolve #2<' in page.text


async def test_eight_undos_at_once_act_once(browse: Browse, database: Database):
    client = await browse("editor")
    await create(client, "Ann")
    (number,) = _ids(database)
    answers = await asyncio.gather(*(client.post(f"/admin/operations/{number}/undo") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(_ids(database)) == 2
    assert database.value("select count(*) from author") == 0


async def test_an_undone_operation_says_so_and_offers_no_undo(browse: Browse, database: Database):
    client = await browse("editor")
    await create(client, "Ann")
    (number,) = _ids(database)
    await client.post(f"/admin/operations/{number}/undo")
    await client.get("/admin/operations")
    page = (await client.get(f"/admin/operations/{number}")).text
    assert "undone by editor" in page
    assert ">Undo</button>" not in page


async def test_a_viewer_sees_and_undoes_nothing(browse: Browse, database: Database):
    editor, viewer = await browse("editor"), await browse("viewer")
    await create(editor, "Ann")
    (number,) = _ids(database)
    for url in ("/admin/operations", f"/admin/operations/{number}"):
        page = await viewer.get(url)
        assert page.status_code == 200
        assert "Undo</button>" not in page.text
    assert (await viewer.post(f"/admin/operations/{number}/undo")).status_code == 403
    assert (await editor.get(f"/admin/operations/{number}/undo")).status_code == 405
    assert database.value("select count(*) from author") == 1


@pytest.mark.parametrize("number", ["999", "99999999999999999999", "abc"])
async def test_no_such_operation(browse: Browse, number: str):
    client = await browse("editor")
    assert (await client.get(f"/admin/operations/{number}")).status_code == 404
    assert (await client.post(f"/admin/operations/{number}/undo")).status_code == 404


def _ids(database: Database) -> list[int]:
    return [number for (number,) in database.sql("select id from larder.operation order by id")]

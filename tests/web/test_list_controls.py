"""What stands around the rows: every control is a link or a form to another list, and each role has its own."""

from __future__ import annotations

import html
import re

import pytest
from httpx2 import AsyncClient

from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.lists import buttons, count, documents, keys, links

pytestmark = pytest.mark.anyio


@pytest.fixture
async def editor(browse: Browse) -> AsyncClient:
    return await browse("editor")


# -- narrowing ------------------------------------------------------------------------------------------------------


async def test_each_condition_is_a_chip_that_takes_it_away(editor: AsyncClient, database: Database):
    database.sql("insert into \"user\" (email, name) values ('ann@example.org', 'Ann Lee')")
    page = links(await editor.get("/admin/document/list?status=draft&owner_id=1&search=sea&page=1&pageSize=10"))
    assert page["Remove filter: Status is draft"] == "/admin/document/list?owner_id=1&search=sea&pageSize=10"
    assert page["Remove filter: Owner is Ann Lee"] == "/admin/document/list?status=draft&search=sea&pageSize=10"
    assert page["Remove filter: Search: sea"] == "/admin/document/list?status=draft&owner_id=1&pageSize=10"
    assert page["Clear all"] == "/admin/document/list?pageSize=10"


async def test_the_search_box_keeps_everything_else(editor: AsyncClient):
    page = await editor.get("/admin/document/list?status=draft&sortBy=title&page=1&search=old")
    box = re.search(r'<form class="search".*?</form>', page.text, re.DOTALL)
    assert box is not None
    assert re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', box[0]) == [("status", "draft"), ("sortBy", "title")]
    assert 'name="search" value="old"' in box[0]


async def test_a_search_says_in_words_how_it_was_understood(editor: AsyncClient, database: Database):
    documents(database, 3)
    page = await editor.get('/admin/document/list?search="paper" or -body pap&status=draft')
    assert html.unescape(page.text).count("Looked for “paper” or “pap…”, without “body”.") == 1
    assert "Looked for" not in (await editor.get("/admin/document/list?status=draft")).text
    assert (await editor.get("/admin/document/list?search=nowhere")).text.count("Looked for") == 1


async def test_the_filter_form_leads_to_the_address_with_the_filter(editor: AsyncClient):
    answer = await editor.get(
        "/admin/document/list?search=sea&filter-column=status&filter-condition=in&filter-value=draft,archived"
    )
    location = "/admin/document/list?status__in=draft%2Carchived&search=sea"
    assert (answer.status_code, answer.headers["location"]) == (303, location)
    answer = await editor.get("/admin/document/list?filter-column=search&filter-condition=exact&filter-value=x")
    assert answer.status_code == 400


async def test_what_makes_no_sense_is_refused(editor: AsyncClient):
    answer = await editor.get("/admin/document/list?stratus=draft")
    assert answer.status_code == 400
    assert "stratus" in answer.text


@pytest.mark.parametrize(
    ("address", "words", "link"),
    [
        ("", "No documents yet", "New document"),
        ("?status=draft", "No documents match", "Clear all filters"),
        ("?search=sea", "No documents match", "Look in the trash too"),
        ("?deleted=only", "Nothing in the trash", "Back to the list"),
    ],
)
async def test_an_empty_list_says_why_and_leads_on(editor: AsyncClient, address: str, words: str, link: str):
    page = await editor.get(f"/admin/document/list{address}")
    assert f"<h2>{words}</h2>" in page.text
    assert link in links(page)
    assert count(page) == ("exact", "0", "No rows")


# -- what one may do ------------------------------------------------------------------------------------------------


async def test_what_is_offered_depends_on_the_role(browse: Browse, database: Database):
    documents(database, 1)
    offered = {}
    for role in ("viewer", "editor", "admin"):
        page = await (await browse(role)).get("/admin/document/list?deleted=with")
        database.sql("update document set deleted_at = now()")
        trash = await (await browse(role)).get("/admin/document/list?deleted=only")
        database.sql("update document set deleted_at = null")
        names = [name for name in ("New document", "Import CSV", "Export CSV", "Export JSON") if name in links(page)]
        offered[role] = (names, buttons(page), buttons(trash))
    exports = ["Export CSV", "Export JSON"]
    everything = ["New document", "Import CSV", *exports]
    assert offered == {
        "viewer": (exports, [], []),
        "editor": (everything, ["Delete", "Edit selected", "Restore"], ["Restore"]),
        "admin": (everything, ["Delete", "Edit selected", "Restore"], ["Restore", "Delete forever"]),
    }


async def test_an_export_is_of_the_rows_of_the_list_and_new_leads_back_to_it(editor: AsyncClient, database: Database):
    documents(database, 30)
    page = links(await editor.get("/admin/document/list?status=draft&pageSize=10&page=2"))
    assert page["Export CSV"] == "/admin/document/export/csv?status=draft&pageSize=10"
    assert page["New document"] == "/admin/document/create?status=draft&pageSize=10&page=2"


async def test_ticked_rows_go_where_the_button_says_with_the_list_they_are_of(editor: AsyncClient, database: Database):
    documents(database, 1)
    page = await editor.get("/admin/document/list?status=draft")
    assert '<input type=checkbox name=pks value="1" aria-label="Select row 1">' in page.text
    assert 'form="bulk" formaction="/admin/document/delete?status=draft"' in page.text
    all_of_it = re.search(
        r'<input type="checkbox" form="bulk" name="all" value="1"><span>(.*?)</span></label>', page.text
    )
    assert all_of_it is not None
    assert re.sub("<.*?>", "", all_of_it[1]) == "Select all 1 matching"


# -- one operation's rows -------------------------------------------------------------------------------------------


async def test_the_rows_of_an_operation_are_a_list_of_their_own(editor: AsyncClient, database: Database):
    documents(database, 5)
    await editor.post("/admin/document/delete", data={"pks": ["1", "3"]})
    found = links(await editor.get("/admin/operations/1"))
    assert found["2 documents"] == "/admin/document/list?operation=1&deleted=with"
    page = await editor.get(found["2 documents"])
    assert sorted(keys(page)) == ["1", "3"]
    chip = links(page)["Remove filter: Rows of operation 1: 2 documents deleted"]
    assert chip == "/admin/document/list?deleted=with"
    assert len(keys(await editor.get(chip))) == 5
    rows = links(await editor.get("/admin/operations"))
    assert rows["2 rows: 2 documents deleted."] == found["2 documents"]
    # What the list shows is what is exported and what “all matching” means.
    exported = await editor.get("/admin/document/export/csv?operation=1&deleted=only")
    assert len(exported.text.splitlines()) == 3
    await editor.post("/admin/document/restore?operation=1&deleted=only", data={"all": "1"})
    assert database.value("select count(*) from document where deleted_at is null") == 5


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999", "77", "1&operation=2"])
async def test_no_operation_of_this_number_is_refused(editor: AsyncClient, number: str):
    answer = await editor.get(f"/admin/document/list?operation={number}")
    assert answer.status_code == 400
    assert "The parameter operation" in answer.text

"""What a review says of rows: where columns go, which rows they find, and what the table will not take."""

from __future__ import annotations

import pytest

from admin.errors import BadRequest
from admin.writes.csv_import.options import Match, Options
from admin.writes.csv_import.sniff import Format
from tests.postgres import Database
from tests.writes.csv_import.conftest import Imports

pytestmark = pytest.mark.anyio

COUNTS = ("new", "changed", "unchanged", "rejected")


def counts(report: object) -> tuple[int, ...]:
    return tuple(getattr(report, name) for name in COUNTS)


@pytest.fixture
def library(database: Database) -> None:
    database.sql("insert into author (id, name) values (1, 'Ann Lee'), (2, 'Bo Yi')")
    database.sql(
        "insert into book (id, author_id, title, isbn, price)"
        " values (10, 1, 'First', 'i-1', 5), (11, 2, 'Second', 'i-2', 6)"
    )
    database.sql("select setval('author_id_seq', 2)")


@pytest.fixture
def customers(database: Database) -> None:
    database.sql(
        "insert into customer (id, email, name, city, balance, deleted_at) values"
        " (1, 'ann@x', 'Ann', 'Rome', 5, null), (2, 'ben@x', 'Ben', null, 6, null), (3, 'cy@x', 'Cy', null, 7, now())"
    )
    database.sql("select setval('customer_id_seq', 3)")


async def test_a_partial_file_changes_its_own_columns_and_no_others(
    imports: Imports, library: None, database: Database
):
    report = await imports.run("id,price\n10,5.00\n11,7.25\n")
    assert counts(report) == (0, 1, 1, 0)
    assert report.changes == {"price": 1}
    assert database.sql("select id, author_id, title, isbn, price::text from book order by id") == [
        (10, 1, "First", "i-1", "5.00"),
        (11, 2, "Second", "i-2", "7.25"),
    ]
    assert database.sql("select id from book where updated_at > created_at") == [(11,)]


async def test_a_new_row_without_a_required_column_is_rejected_by_name(imports: Imports, library: None):
    report = await imports.check("id,price\n10,9\n12,9\n")
    assert counts(report) == (0, 1, 0, 1)
    assert {(one.line, one.column) for one in report.rejections} == {(3, "author_id"), (3, "title")}


async def test_adding_without_a_required_column_is_not_possible_at_all(imports: Imports, library: None):
    report = await imports.check("title,price\nThird,9\n")
    assert report.blocking == (
        "author_id: required, but not in the file. Match a column of the file to it, or set a value.",
    )
    assert counts(report) == (0, 0, 0, 1)


async def test_headers_that_match_nothing_block_until_columns_are_chosen(imports: Imports, library: None):
    report = await imports.check("10,5.00\n11,7.25\n")
    assert "None of the headers matches" in report.blocking[0]
    stored = await imports.read(Format(header=False))
    assert stored.staged is not None
    assert (stored.staged.headers, stored.staged.rows) == (("Column 1", "Column 2"), 2)
    report = await imports.choose(matches=(Match(1, "id"), Match(2, "price")), mode="upsert", key="book_pkey")
    assert counts(report) == (0, 1, 1, 0)


async def test_what_the_database_keeps_is_ignored_and_cannot_be_chosen(imports: Imports, library: None):
    report = await imports.check("id,title,created_at,search\n10,First,2001-01-01,x\n")
    assert "Ignored: created_at, search." in report.warnings
    assert counts(report) == (0, 0, 1, 0)


async def test_a_parent_is_named_by_its_key_or_its_name(imports: Imports, library: None, database: Database):
    report = await imports.run("Author,Title\nBo Yi,Third\n")
    assert counts(report) == (1, 0, 0, 0)
    report = await imports.run("author_id,title\n1,Fourth\n")
    assert counts(report) == (1, 0, 0, 0)
    assert database.sql("select author_id, title from book where id < 10 order by title") == [
        (1, "Fourth"),
        (2, "Third"),
    ]


async def test_a_parent_that_is_not_there_is_rejected_or_created(imports: Imports, library: None, database: Database):
    content = "authors,title,isbn\nNew One,Third,i-3\nNew One,Fourth,i-4\nAnn Lee,First,i-1\nNew Two,Second,i-2\n"
    report = await imports.check(content)
    assert counts(report) == (0, 0, 1, 3)
    assert report.missing_parents == {"author_id": 2}
    assert {one.reason for one in report.rejections} == {"there is no author with this name"}
    report = await imports.choose(create=("author_id",))
    assert counts(report) == (2, 1, 1, 0)
    assert database.value("select count(*) from author") == 2
    done = await imports.apply()
    assert (counts(done), done.created) == ((2, 1, 1, 0), {"author_id": 2})
    assert database.sql("select b.title, a.name from book b join author a on a.id = author_id order by isbn") == [
        ("First", "Ann Lee"),
        ("Second", "New Two"),
        ("Third", "New One"),
        ("Fourth", "New One"),
    ]


async def test_a_foreign_key_that_leads_nowhere_is_rejected(imports: Imports, library: None):
    report = await imports.check("author_id,title\n1,Third\n99,Fourth\n")
    assert [(one.line, one.column, one.value, one.reason) for one in report.rejections] == [
        (3, "author_id", "99", "there is no author with this id")
    ]


async def test_a_parent_in_the_trash_is_not_there_but_for_the_row_that_has_it(
    imports: Imports, customers: None, database: Database
):
    database.sql("insert into invoice (id, number, customer_id, amount) values (1, 'a', 3, 5)")
    report = await imports.check("number,customer_id,amount\na,3,6\nb,3,7\n", "invoice")
    assert counts(report) == (0, 1, 0, 1)
    assert report.rejections[0].reason == "this customer is in the trash"


async def test_add_only_rejects_what_is_there_and_names_it(imports: Imports, customers: None):
    report = await imports.check("email,name\nann@x,Ann\nnew@x,New\n", "customer", mode="add", key=None)
    assert counts(report) == (1, 0, 0, 1)
    assert report.rejections[0].reason == "is already used by Ann (#1)"


async def test_update_only_rejects_what_is_not_there(imports: Imports, customers: None):
    report = await imports.check("email,name\nann@x,Anna\nnew@x,New\n,Nobody\n", "customer", mode="update")
    assert counts(report) == (0, 1, 0, 2)
    assert [one.reason for one in report.rejections] == ["no row has this email", "is empty, so no row can be found"]


async def test_a_row_in_the_trash_is_not_silently_doubled(imports: Imports, customers: None, database: Database):
    report = await imports.check("email,name\ncy@x,Cy\n", "customer")
    assert [one.reason for one in report.rejections] == ["is in the trash; restore that row first"]
    report = await imports.choose(trash="add")
    assert counts(report) == (1, 0, 0, 0)
    await imports.apply()
    assert database.value("select count(*) from customer where email = 'cy@x'") == 2


async def test_the_primary_key_of_a_row_in_the_trash_is_taken(imports: Imports, customers: None):
    report = await imports.check("id,email,name\n3,new@x,New\n", "customer", trash="add")
    assert counts(report) == (0, 0, 0, 1)


async def test_an_empty_cell_keeps_or_clears(imports: Imports, customers: None, database: Database):
    content = "email,name,city\nann@x,,\n"
    report = await imports.check(content, "customer")
    assert counts(report) == (0, 0, 1, 0)
    report = await imports.choose(empty="clear")
    assert [one.reason for one in report.rejections] == ["is required, but empty"]
    report = await imports.run("email,city\nann@x,\n", "customer", empty="clear")
    assert report.changes == {"city": 1}
    assert database.value("select city from customer where id = 1") is None


async def test_an_empty_cell_in_a_new_row_is_null_or_the_default(imports: Imports, database: Database):
    await imports.run("email,name,city,balance,active\nann@x,Ann,,,\n", "customer")
    assert database.sql("select city, balance::text, active from customer") == [(None, "0.00", True)]


async def test_a_row_found_by_another_key_keeps_its_primary_key(imports: Imports, customers: None):
    report = await imports.check("id,email,name\n7,ann@x,Ann\n2,ben@x,Ben\n", "customer", key="customer_live_email")
    assert counts(report) == (0, 0, 1, 1)
    assert report.rejections[0].reason == "is not the id of the row with this email"


async def test_an_update_cannot_take_what_another_row_has(imports: Imports, customers: None):
    report = await imports.check("id,email\n1,ben@x\n2,ben@x\n", "customer")
    assert [(one.line, one.reason) for one in report.rejections] == [
        (2, "is already used by Ben (#2)"),
        (3, "is already on line 2"),
    ]


async def test_a_check_of_the_table_speaks_its_own_sentence(imports: Imports, database: Database):
    report = await imports.check("sku,name,quantity\na,A,-1\nb,B,0\n", "inventory-item")
    assert [(one.line, one.column, one.value, one.reason) for one in report.rejections] == [
        (2, "quantity", "-1", "quantity cannot be less than 0")
    ]


async def test_rows_without_a_key_are_new_each_time_and_that_is_said(imports: Imports, library: None):
    report = await imports.check("isbn,author_id,title\n,1,No number\ni-1,1,First\n")
    assert counts(report) == (1, 0, 1, 0)
    assert "1 row has no isbn, so it is new each time this file is imported." in report.warnings


async def test_composite_and_textual_keys(imports: Imports, database: Database):
    database.sql("""insert into setting values ('a,b', '{"x": 1}'), ('c', 'null')""")
    report = await imports.run('key,value\n"a,b","{""x"": 1}"\nc,5\nd,[]\n', "setting")
    assert counts(report) == (1, 1, 1, 0)
    assert database.sql("select key, value::text from setting order by 1") == [
        ("a,b", '{"x": 1}'),
        ("c", "5"),
        ("d", "[]"),
    ]


async def test_choices_that_do_not_fit_together_are_refused(imports: Imports, library: None):
    await imports.check("id,title\n10,First\n")
    for wrong in (
        {"matches": (Match(1, "id"), Match(2, "id"))},
        {"mode": "update", "key": "book_isbn_key"},
        {"mode": "upsert", "key": None},
    ):
        with pytest.raises(BadRequest):
            await imports.choose(**wrong)
    stored = await imports.stored()
    assert stored.options == Options((Match(1, "id"), Match(2, "title")), "upsert", "book_pkey")


async def test_another_encoding_is_chosen_not_guessed(imports: Imports, database: Database):
    stored = await imports.hand_in("name\nJosé\n".encode("cp1252"), "author")
    assert (stored.record.state, stored.record.error) == (
        "failed",
        "This file is not UTF-8: byte E9 on line 2. Choose the encoding it was saved in.",
    )
    stored = await imports.read(Format("cp1252"))
    assert stored.staged is not None
    assert (stored.record.state, stored.record.error, stored.staged.samples) == ("review", None, (("José",),))
    await imports.apply()
    assert database.sql("select name from author") == [("José",)]


async def test_what_cannot_be_edited_by_hand_cannot_be_changed_by_a_file(imports: Imports, database: Database):
    database.sql("insert into event (id, kind) values (1, 'a'), (2, 'b')")
    report = await imports.check("id,kind\n1,a\n2,other\n3,c\n", "event")
    assert counts(report) == (1, 0, 1, 1)
    assert [(one.line, one.reason) for one in report.rejections] == [(3, "rows of this table cannot be changed")]


async def test_json_that_is_nested_too_deeply_is_a_bad_row_and_no_accident(imports: Imports, database: Database):
    deep, wide = "[" * 100_000 + "]" * 100_000, "[" + "[]," * 2_000 + "[]]"
    text = '{""a"": ""' + "[" * 600 + '""}'
    report = await imports.check(f'key,value\na,{{}}\nb,"{deep}"\nc,"{wide}"\nd,"{text}"\n', "setting")
    assert [(one.line, one.reason) for one in report.rejections] == [(3, "is JSON nested more than 500 deep")]
    assert report.new == 3

"""The run: what the review said, once, whole or not at all, and never over somebody else's change."""

from __future__ import annotations

import anyio
import pytest

from admin.errors import Conflict
from admin.reads import csv_import as reads
from admin.writes import undo
from admin.writes.csv_import import store
from tests.postgres import Database
from tests.writes.csv_import.conftest import ANN, Imports

pytestmark = pytest.mark.anyio

CUSTOMERS = "email,name,city\nann@x,Anna,Rome\nben@x,Ben,Oslo\nnew@x,New,\n"


@pytest.fixture
def customers(database: Database) -> None:
    database.sql("insert into customer (email, name) values ('ann@x', 'Ann'), ('ben@x', 'Ben')")


async def test_an_import_is_one_operation_with_all_its_rows(imports: Imports, customers: None, database: Database):
    done = await imports.run(CUSTOMERS, "customer")
    assert (done.new, done.changed, done.applied) == (1, 2, True)
    ((operation, kind, rows, sentence, detail),) = database.sql(
        "select id, kind, rows, sentence, detail from larder.operation"
    )
    assert (kind, rows, sentence) == ("import", 3, "Customers imported: 1 added and 2 changed.")
    assert detail["import"] == imports.id
    assert database.value("select count(*) from larder.before_image where operation_id = %s", operation) == 2
    assert database.sql("select keys from larder.inserted_keys where operation_id = %s", operation) == [([["3"]],)]
    stored = await imports.stored()
    assert (stored.record.state, stored.record.operation_id) == ("done", operation)
    assert imports.staging() == []


async def test_a_column_that_a_trigger_fills_in_may_be_missing_or_empty(
    imports: Imports, customers: None, database: Database
):
    database.sql("insert into inventory_item (sku, name, quantity) values ('S', 'S', 99)")
    database.sql('insert into "order" (customer_id) values (1), (2)')
    await imports.run("order_id,sku,qty,unit_price\n2,S,1,1\n1,S,2,1\n2,S,3,1\n", "line-item")
    file = "order_id,sku,qty,unit_price,position\n2,S,4,1,\n2,S,5,1,1\n1,S,6,1,0\n"
    assert (await imports.run(file, "line-item", skip_bad=True)).rejected == 1
    standing = "select order_id, array_agg(qty::int order by position, id) from line_item group by 1 order by 1"
    assert database.sql(standing) == [(1, [2]), (2, [1, 5, 3, 4])]


async def test_asked_again_it_answers_with_what_it_did(imports: Imports, customers: None, database: Database):
    first = await imports.run(CUSTOMERS, "customer")
    assert await imports.apply() == first
    assert database.value("select count(*) from larder.operation") == 1


async def test_two_runs_at_once_change_everything_once(imports: Imports, customers: None, database: Database):
    await imports.check(CUSTOMERS, "customer")
    answers: list[object] = []

    async def run() -> None:
        try:
            answers.append((await imports.apply()).applied)
        except Conflict:
            answers.append("is being worked on")

    async with anyio.create_task_group() as both:
        for _ in range(4):
            both.start_soon(run)
    assert True in answers
    assert set(answers) <= {True, "is being worked on"}
    assert database.value("select count(*) from customer") == 3
    assert database.value("select count(*) from larder.operation") == 1


async def test_two_imports_of_one_file_at_once_both_add_up(imports: Imports, database: Database):
    content = "email,name\n" + "".join(f"p{n}@x,P{n}\n" for n in range(500))
    await imports.check(content, "customer")
    first = imports.id
    await imports.check(content, "customer")
    second = imports.id
    reports = []

    async def run(import_id: int) -> None:
        reports.append(await imports.apply(import_id))

    async with anyio.create_task_group() as both:
        both.start_soon(run, first)
        both.start_soon(run, second)
    assert database.value("select count(*) from customer") == 500
    assert sorted(report.applied for report in reports) == [False, True]
    (later,) = [report for report in reports if not report.applied]
    assert (later.new, later.unchanged, later.total) == (0, 500, 500)


async def test_a_row_changed_since_the_review_stops_the_import(imports: Imports, customers: None, database: Database):
    await imports.check(CUSTOMERS, "customer")
    database.sql("update customer set city = 'Bonn' where email = 'ann@x'")
    report = await imports.apply()
    assert not report.applied
    assert database.sql("select name, city from customer order by id") == [("Ann", "Bonn"), ("Ben", None)]
    stored = await imports.stored()
    assert stored.record.state == "review"
    assert "1 row could not be written as reviewed" in str(stored.record.error)
    assert (await imports.apply()).applied
    assert database.value("select city from customer where email = 'ann@x'") == "Rome"


async def test_a_row_changed_since_the_review_is_skipped_with_the_bad_ones(
    imports: Imports, customers: None, database: Database
):
    await imports.check(CUSTOMERS, "customer", skip_bad=True)
    database.sql("update customer set city = 'Bonn' where email = 'ann@x'")
    database.sql("insert into customer (email, name) values ('new@x', 'Somebody else')")
    report = await imports.apply()
    assert (report.new, report.changed, report.rejected, report.applied) == (0, 1, 2, True)
    assert {one.reason for one in report.rejections} == {"was changed by somebody else since the review"}
    assert database.sql("select name, city from customer order by email") == [
        ("Ann", "Bonn"),
        ("Ben", "Oslo"),
        ("Somebody else", None),
    ]


async def test_a_row_deleted_since_the_review_is_not_added_anew(imports: Imports, customers: None, database: Database):
    await imports.check(CUSTOMERS, "customer", skip_bad=True)
    database.sql("delete from customer where email = 'ann@x'")
    report = await imports.apply()
    assert (report.new, report.changed, report.rejected) == (1, 1, 1)
    assert database.value("select count(*) from customer where email = 'ann@x'") == 0


async def test_rejected_rows_stop_the_import_unless_they_are_skipped(imports: Imports, database: Database):
    await imports.check("email,name,balance\na@x,A,1\nb@x,B,two\n", "customer")
    with pytest.raises(Conflict, match="1 row is rejected"):
        await imports.apply()
    assert database.value("select count(*) from customer") == 0
    await imports.choose(skip_bad=True)
    report = await imports.apply()
    assert (report.new, report.rejected) == (1, 1)
    assert database.sql("select email from customer") == [("a@x",)]


async def test_what_only_the_table_knows_is_found_row_by_row(imports: Imports, oddity: None, database: Database):
    content = 'name,during\nann,"[1,5)"\nrefuse me,\ncy,"[7,9)"\n'
    await imports.check(content, "oddity")
    report = await imports.apply()
    assert not report.applied
    assert [(one.line, one.reason) for one in report.rejections] == [(3, "nobody may be called that")]
    assert database.value("select count(*) from oddity") == 0
    await imports.choose(skip_bad=True)
    report = await imports.apply()
    assert (report.new, report.rejected, report.applied) == (2, 1, True)
    assert database.sql("select name from oddity order by id") == [("ann",), ("cy",)]


async def test_numbers_of_a_sequence_go_on_behind_those_of_the_file(imports: Imports, database: Database):
    await imports.run("id,name\n50,Ann\n,Ben\n7,Cy\n", "author")
    database.sql("insert into author (name) values ('Di')")
    assert database.sql("select id, name from author order by name") == [(50, "Ann"), (1, "Ben"), (7, "Cy"), (51, "Di")]


async def test_rejected_rows_are_kept_for_their_file(imports: Imports, database: Database):
    await imports.run("email,name,balance\na@x,A,1\nb@x,B,two\nc@x,C,3,4\n", "customer", skip_bad=True)
    assert imports.staging() == [f"import_{imports.id}", f"import_{imports.id}_error"]
    assert database.value(f"select count(*) from larder_staging.import_{imports.id}") == 2


async def test_a_cancelled_import_leaves_nothing_and_cannot_run(imports: Imports, database: Database):
    await imports.check(CUSTOMERS, "customer")
    async with imports.sessions.begin() as session:
        await store.cancel(session, imports.id)
    assert imports.staging() == []
    with pytest.raises(Conflict, match="cancelled"):
        await imports.apply()
    assert database.value("select count(*) from customer") == 0


async def test_what_nobody_finishes_is_swept_away(imports: Imports, database: Database):
    await imports.check(CUSTOMERS, "customer")
    old = imports.id
    await imports.check(CUSTOMERS, "customer")
    assert (await imports.stored(old)).record.state == "review"
    database.sql("update larder.import set at = now() - interval '8 days' where id = %s", old)
    async with imports.sessions.begin() as session:
        await store.sweep(session, 7)
    assert (await imports.stored(old)).record.state == "cancelled"
    assert not any(name.startswith(f"import_{old}_") for name in imports.staging())


async def test_an_import_that_fails_changes_nothing(imports: Imports, customers: None, database: Database):
    await imports.check(CUSTOMERS, "customer")
    database.sql("revoke insert on customer from larder_app")
    with pytest.raises(Exception, match="permission denied"):
        await imports.apply()
    assert database.value("select count(*) from customer where city is not null") == 0
    assert (await imports.stored()).record.state == "review"


async def test_an_import_is_undone_with_the_parents_it_created(imports: Imports, database: Database):
    database.sql("insert into author (id, name) values (70, 'Ann')")
    database.sql("insert into book (id, author_id, title, isbn, price) values (70, 70, 'First', 'i-1', 5)")
    content = "isbn,author,title,price\ni-1,Ben,First!,6\ni-2,Cy,Second,7\n"
    done = await imports.run(content, "book", create=("author_id",))
    assert (done.new, done.changed, done.created) == (1, 1, {"author_id": 2})
    operation = (await imports.stored()).record.operation_id
    assert operation is not None
    async with imports.sessions.begin() as session:
        await undo.undo(session, ANN, operation)
    assert database.sql("select id, name from author") == [(70, "Ann")]
    assert database.sql("select author_id, title, price::text from book") == [(70, "First", "5.00")]
    async with imports.sessions() as session:
        assert await reads.state_of(session, imports.id) == "undone"

"""An import taken back: what was undone, what was kept and why, what is impossible and why; and the undo taken back."""

from __future__ import annotations

import pytest

from admin.writes import undo
from admin.writes.undo.told import UndoReport
from tests.postgres import Database
from tests.writes.csv_import.conftest import ANN, Imports

pytestmark = pytest.mark.anyio

FILE = "email,name,city,balance\nann@x,Anna,Rome,5\nben@x,Benno,Oslo,6\nnew@x,New,Bonn,7\nold@x,Old,Ulm,8\n"
CUSTOMERS = "select email, name, city, balance::text from customer order by email"


@pytest.fixture
def customers(database: Database) -> None:
    database.sql(
        "insert into customer (email, name, city, balance) values ('ann@x', 'Ann', 'Paris', 1), ('ben@x', 'Ben', '', 2)"
    )


async def undone(imports: Imports, operation: int | None) -> UndoReport:
    assert operation is not None
    async with imports.sessions.begin() as session:
        return await undo.undo(session, ANN, operation)


async def test_rows_go_back_column_by_column_and_the_rest_is_said(
    imports: Imports, customers: None, database: Database
):
    await imports.run(FILE, "customer")
    # Since then: a column of a changed row, a column of an added row, and an invoice for another added row.
    database.sql("update customer set city = 'Lyon' where email = 'ann@x'")
    database.sql("update customer set name = 'Newer' where email = 'new@x'")
    database.sql(
        "insert into invoice (number, customer_id, amount) select 'i', id, 1 from customer where email = 'old@x'"
    )
    report = await undone(imports, (await imports.stored()).record.operation_id)
    assert (report.undone, report.kept_rows, report.impossible_rows) == (2, 2, 1)
    assert {(one.key, one.reason.split(" on ")[0], one.partly) for one in report.kept} == {
        ("1", "somebody outside the console changed city", True),
        ("3", "somebody outside the console changed it", False),
    }
    assert [(one.key, one.reason) for one in report.impossible] == [("4", "rows of invoice refer to it")]
    assert database.sql(CUSTOMERS) == [
        ("ann@x", "Ann", "Lyon", "1.00"),
        ("ben@x", "Ben", "", "2.00"),
        ("new@x", "Newer", "Bonn", "7.00"),
        ("old@x", "Old", "Ulm", "8.00"),
    ]


async def test_an_undo_is_undone_and_the_import_is_there_again(imports: Imports, customers: None, database: Database):
    await imports.run(FILE, "customer")
    before = database.sql(CUSTOMERS)
    first = await undone(imports, (await imports.stored()).record.operation_id)
    assert (first.undone, database.value("select count(*) from customer")) == (4, 2)
    again = await undone(imports, first.operation_id)
    assert (again.undone, again.whole) == (4, True)
    assert database.sql(CUSTOMERS) == before

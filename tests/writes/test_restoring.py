"""A row comes back although something stands in its way, in one operation that one undo takes back."""

from __future__ import annotations

from typing import Any

import pytest

from admin.actor import Actor
from admin.errors import Conflict
from admin.reads.selection import Selection
from admin.writes import deletion, restoring
from admin.writes.restoring import Ways
from admin.writes.undo import undo
from models import Customer, LineItem, Order
from tests.postgres import Database
from tests.strangers import resource_of
from tests.writes.conftest import Act

pytestmark = pytest.mark.anyio

CUSTOMER, ORDER, LINE = map(resource_of, (Customer, Order, LineItem))


@pytest.fixture
def taken(database: Database) -> None:
    """A customer in the trash whose email two others have had since; the newer of them lives."""
    for number, name in ((7, "Old"), (2, "Gone"), (9, "New")):
        database.sql("insert into customer (id, email, name) values (%s, 'a@x', %s)", number, name)
        if name != "New":
            database.sql("update customer set deleted_at = now() where id = %s", number)


def states(database: Database) -> list[tuple[Any, ...]]:
    return database.sql("select id, email, deleted_at is null from customer order by id")


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize("key", [7, 2])
async def test_in_place_of_the_live_row(database: Database, act: Act, ann: Actor, key: int):
    before = states(database)
    done = await act(restoring.restore, ann, CUSTOMER, (key,), Ways(replace=True))
    assert done.sentence == f"Customer {key} restored in place of customer 9, now in the trash."
    assert states(database) == [(n, "a@x", n == key) for n in (2, 7, 9)]
    assert database.value("select rows from larder.operation") == 2
    # Whichever key comes first: the one leaves before the other comes back.
    report = await act(undo, ann, done.operation_id)
    assert (report.undone, report.whole, states(database)) == (2, True, before)
    assert (await act(undo, ann, report.operation_id)).whole
    assert states(database) == [(n, "a@x", n == key) for n in (2, 7, 9)]


@pytest.mark.usefixtures("taken")
async def test_with_another_value_or_not_at_all(database: Database, act: Act, ann: Actor):
    with pytest.raises(deletion.InTheWay, match="email a@x is already used by New"):
        await act(restoring.restore, ann, CUSTOMER, (7,), Ways(values={"email": "a@x"}))
    assert states(database)[1] == (7, "a@x", False)
    done = await act(restoring.restore, ann, CUSTOMER, (7,), Ways(values={"email": "b@x"}))
    assert done.sentence == "Customer 7 restored with another email."
    assert states(database)[1] == (7, "b@x", True)
    with pytest.raises(Conflict, match="is not in the trash"):
        await act(restoring.restore, ann, CUSTOMER, (7,), Ways())
    assert (await act(undo, ann, done.operation_id)).whole
    assert states(database)[1] == (7, "a@x", False)


async def test_with_what_it_belongs_to(database: Database, act: Act, ann: Actor):
    database.sql("""
        insert into customer (email, name) values ('a', 'A');
        insert into inventory_item (sku, name, quantity) values ('S', 'S', 9);
        insert into "order" (customer_id) values (1);
        insert into line_item (order_id, sku, qty, unit_price) select 1, 'S', 1, 1 from generate_series(1, 3)
    """)
    await act(deletion.delete, ann, LINE, Selection(keys=[(1,)]))
    await act(deletion.delete, ann, ORDER, Selection(keys=[(1,)]))
    with pytest.raises(deletion.InTheWay, match="its order 1 is in the trash"):
        await act(restoring.restore, ann, LINE, (1,), Ways())
    done = await act(restoring.restore, ann, LINE, (1,), Ways(owners=True))
    assert done.sentence == "Line Item 1 restored with its order 1."
    live = 'select (select count(*) from "order" where deleted_at is null), count(*) from line_item'
    assert database.sql(f"{live} where deleted_at is null") == [(1, 3)]
    assert database.value("select rows from larder.operation where kind = 'restore'") == 4
    assert (await act(undo, ann, done.operation_id)).whole
    assert database.sql(f"{live} where deleted_at is null") == [(0, 0)]

"""The trash is hidden wherever rows are read, and shown where that is asked for."""

from __future__ import annotations

import pytest
from sqlalchemy import exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload, subqueryload

from admin.reads import choices, counts, listing, record
from admin.reads.query import ListQuery
from admin.traits import traits_of
from models import Customer, Order
from tests.postgres import Database, Queries
from tests.strangers import Shelf, create, resource_of

pytestmark = pytest.mark.anyio

INCLUDE = {"include_deleted": True}


@pytest.fixture
def orders(database: Database) -> None:
    """Ann is in the trash, Bob is live. Ann's order is live, with one line of two in the trash; Bob's order is not."""
    database.sql("insert into customer (id, email, name, deleted_at) values (1, 'a@x', 'Ann', now())")
    database.sql("insert into customer (id, email, name) values (2, 'b@x', 'Bob')")
    database.sql("""insert into "order" (id, customer_id, deleted_at) values (1, 1, null), (2, 2, now())""")
    database.sql("insert into inventory_item (sku, name, quantity) values ('s', 'Screw', 99)")
    database.sql(
        "insert into line_item (id, order_id, sku, qty, unit_price, deleted_at) "
        "values (1, 1, 's', 1, 1, null), (2, 1, 's', 1, 1, now()), (3, 2, 's', 1, 1, null)"
    )


LEAKS = {
    "columns": select(Customer.id),
    "entities": select(Customer).with_only_columns(Customer.id),
    "alias": select(aliased(Customer).id),
    "cte": select(select(Customer).cte().c.id),
    "subquery": select(select(Customer).subquery().c.id),
    "join from another table": select(Customer.id).select_from(Order).join(Customer, Customer.id == Order.customer_id),
    "in a subquery": select(Order.customer_id).where(Order.customer_id.in_(select(Customer.id))),
    "union": select(Customer.id).where(Customer.id == 1).union_all(select(Customer.id).where(Customer.id == 1)),
    "exists without a model around": select(literal(1)).where(exists().where(Customer.id == 1)),
    "scalar subquery": select(select(Customer.id).where(Customer.id == 1).scalar_subquery()).where(literal(True)),
}


@pytest.mark.parametrize("shape", LEAKS)
@pytest.mark.usefixtures("orders")
async def test_no_shape_of_a_select_finds_the_deleted_row(session: AsyncSession, shape: str):
    assert 1 not in (await session.scalars(LEAKS[shape])).all()


@pytest.mark.parametrize("shape", LEAKS)
@pytest.mark.usefixtures("orders")
async def test_a_select_that_asks_for_them_finds_them(session: AsyncSession, shape: str):
    found = (await session.scalars(LEAKS[shape], execution_options=INCLUDE)).all()
    assert 1 in found


@pytest.mark.usefixtures("orders")
async def test_counts_and_exists_leave_out_deleted_rows(session: AsyncSession):
    assert await session.scalar(select(func.count()).select_from(Customer)) == 1
    assert await session.scalar(select(func.count()).select_from(select(Customer).subquery())) == 1
    assert (
        await session.scalar(select(func.count()).select_from(select(literal(1)).select_from(Customer).subquery())) == 1
    )
    assert await session.scalar(select(exists().where(Customer.id == 1))) is False
    assert await session.scalar(select(select(func.count(Customer.id)).scalar_subquery())) == 1


@pytest.mark.usefixtures("orders")
async def test_get_does_not_find_a_deleted_row_unless_asked(session: AsyncSession):
    assert await session.get(Customer, 1) is None
    deleted = await session.get(Customer, 1, execution_options=INCLUDE)
    assert deleted is not None
    await session.refresh(deleted)  # what is at hand can be read again
    assert deleted.name == "Ann"


@pytest.mark.parametrize("load", [selectinload, subqueryload])
@pytest.mark.usefixtures("orders")
async def test_a_live_child_shows_its_deleted_parent(session: AsyncSession, load: object):
    (order,) = (await session.scalars(select(Order).options(load(Order.customer)))).all()  # type: ignore[operator]
    assert order.customer.name == "Ann"


@pytest.mark.parametrize("load", [selectinload, subqueryload])
@pytest.mark.usefixtures("orders")
async def test_a_collection_shows_live_children_only(session: AsyncSession, load: object):
    (order,) = (await session.scalars(select(Order).options(load(Order.lines)))).all()  # type: ignore[operator]
    assert [line.id for line in order.lines] == [1]


@pytest.mark.usefixtures("orders")
async def test_lazy_loads_follow_the_same_rule(session: AsyncSession):
    order = (await session.scalars(select(Order))).one()
    parent, lines = await session.run_sync(lambda _: (order.customer.name, [line.id for line in order.lines]))
    assert (parent, lines) == ("Ann", [1])


@pytest.mark.usefixtures("orders")
async def test_list_count_search_and_choices_agree(session: AsyncSession):
    resource = resource_of(Customer)
    for search in ("", "a", "1", "a@x"):
        for deleted, expected in (("hide", {2}), ("with", {1, 2}), ("only", {1})):
            query = ListQuery(search=search, deleted=deleted)
            rows = (await listing.fetch(session, resource, query)).rows
            assert {row.id for row in rows} <= expected, (search, deleted)
            assert (await counts.exactly(session, resource, query)).n == len(rows)
    assert await choices.search(session, traits_of(Customer), "Ann") == []
    assert await choices.search(session, traits_of(Customer), "1") == []
    assert [choice.label for choice in await choices.search(session, traits_of(Customer), "")] == ["Bob"]


@pytest.mark.usefixtures("orders")
async def test_a_record_shows_the_trash_unless_told_not_to(session: AsyncSession):
    resource = resource_of(Customer)
    deleted = await record.get(session, resource, (1,))
    assert deleted is not None
    assert deleted.deleted
    assert await record.get(session, resource, (1,), include_deleted=False) is None


@pytest.mark.usefixtures("orders")
async def test_the_condition_stands_once_in_a_list(session: AsyncSession, queries: Queries):
    await listing.fetch(session, resource_of(Customer), ListQuery())
    assert queries.statements[0].count("deleted_at IS NULL") == 1


async def test_models_of_another_base_are_covered_too(session: AsyncSession, database: Database):
    create(database)
    database.sql("insert into shelf (room, code, deleted_at) values (1, 'a', now()), (1, 'b', null)")
    assert (await session.scalars(select(Shelf.code))).all() == ["b"]

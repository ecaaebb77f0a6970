from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import chosen
from admin.traits import traits_of
from admin.values import BadValue
from models import Invoice, LineItem
from tests.postgres import Database

pytestmark = pytest.mark.anyio

CUSTOMER = traits_of(Invoice).columns["customer_id"]
SKU = traits_of(LineItem).columns["sku"]


@pytest.fixture
def customers(database: Database) -> None:
    database.sql("""
        insert into customer (id, email, name, deleted_at) values
          (1, 'ann@x', 'Ann Lee', null), (2, 'ben@x', 'Ben Moor', null), (3, 'ben2@x', 'Ben Moor', null),
          (4, 'gone@x', 'Gone', now()), (5, 'seven@x', '7', null), (7, 'x', 'Seventh', null)
    """)


@pytest.mark.parametrize(
    ("text", "key", "label", "deleted"),
    [
        ("1", 1, "Ann Lee", False),
        (" 1 ", 1, "Ann Lee", False),
        ("Ann Lee", 1, "Ann Lee", False),
        ("ben2@x", 3, "Ben Moor", False),
        # A key is taken before a name, and a deleted row is found by its key alone.
        ("7", 7, "Seventh", False),
        ("4", 4, "Gone", True),
    ],
)
async def test_a_parent_is_meant_by_its_key_or_by_what_it_alone_is_called(
    session: AsyncSession, customers: None, text: str, key: int, label: str, deleted: bool
):
    assert CUSTOMER.references
    value, parent = await chosen.by_text(session, CUSTOMER, CUSTOMER.references, text)
    assert (value, parent.key, parent.label, parent.deleted) == (key, str(key), label, deleted)


@pytest.mark.parametrize("text", ["99", "ann lee", "Ann", "Gone", "Ben Moor", "%", "\x00", "9" * 30])
async def test_a_text_that_means_none_or_several_is_refused(session: AsyncSession, customers: None, text: str):
    assert CUSTOMER.references
    with pytest.raises(BadValue):
        await chosen.by_text(session, CUSTOMER, CUSTOMER.references, text)


async def test_the_value_is_that_of_the_column_referred_to(session: AsyncSession, database: Database):
    database.sql("insert into inventory_item (id, sku, name) values (9, 'LMP-1', 'Lamp')")
    assert SKU.references
    for text in ("LMP-1", "Lamp"):
        value, parent = await chosen.by_text(session, SKU, SKU.references, text)
        assert (value, parent.key) == ("LMP-1", "9")

"""The lines of an order. They have a trash of their own only because their order has one."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.inventory_item import InventoryItem
from models.order import Order
from models.recipes.indexes import keyset
from models.recipes.keys import BigintKey
from models.recipes.soft_delete import SoftDelete, live, trash
from models.recipes.timestamps import Timestamps


class LineItem(BigintKey, Timestamps, SoftDelete, Base):
    __tablename__ = "line_item"
    __table_args__ = (
        CheckConstraint("qty > 0", name="qty", comment="qty is 1 or more"),
        CheckConstraint("position > 0", name="position", comment="position is 1 or more"),
    )

    # CASCADE: a line belongs to its order.
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id, ondelete="CASCADE"))
    # RESTRICT, but a renamed sku takes its lines along.
    sku: Mapped[str] = mapped_column(ForeignKey(InventoryItem.sku, ondelete="RESTRICT", onupdate="CASCADE"))
    qty: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    # Where it stands in its order. Left out, it stands last: see models/positions.py.
    position: Mapped[int] = mapped_column(server_default=FetchedValue())

    order: Mapped[Order] = relationship(back_populates="lines")
    item: Mapped[InventoryItem] = relationship()

    def __str__(self) -> str:
        return f"{self.qty} × {self.sku}"


# The list, newest first: deleted_at IS NULL ORDER BY created_at DESC, id DESC
live("line_item_live_created_at", LineItem.created_at, LineItem.id)
# The trash, newest first: deleted_at IS NOT NULL ORDER BY created_at DESC, id DESC
trash("line_item_trash", LineItem.created_at, LineItem.id)
# The lines of an order as they stand, live and deleted, which go and come back with it:
# order_id = 7 ORDER BY position, id
keyset("line_item_order_id", LineItem.order_id, LineItem.position, LineItem.id)
# Where an item was ordered, and the check when it is deleted: sku = 'LMP-0042' ORDER BY id
keyset("line_item_sku", LineItem.sku, LineItem.id)

"""Orders: they own their lines, which go to the trash and come back with them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, choice
from models.customer import Customer
from models.recipes.indexes import keyset
from models.recipes.keys import BigintKey
from models.recipes.soft_delete import SoftDelete, live, trash
from models.recipes.timestamps import Timestamps

if TYPE_CHECKING:
    from models.line_item import LineItem


class OrderStatus(enum.StrEnum):
    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Order(BigintKey, Timestamps, SoftDelete, Base):
    __tablename__ = "order"

    # RESTRICT: an order without a customer could be neither sent nor billed.
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id, ondelete="RESTRICT"))
    status: Mapped[OrderStatus] = mapped_column(choice(OrderStatus, "order_status"), server_default=OrderStatus.PLACED)
    placed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    customer: Mapped[Customer] = relationship()
    lines: Mapped[list[LineItem]] = relationship(
        back_populates="order", cascade="all", passive_deletes=True, order_by="(LineItem.position, LineItem.id)"
    )

    def __str__(self) -> str:
        return f"Order {self.id}"


# The list, newest first: deleted_at IS NULL ORDER BY created_at DESC, id DESC
live("order_live_created_at", Order.created_at, Order.id)
# The list by day of order: deleted_at IS NULL ORDER BY placed_at DESC, id DESC
live("order_live_placed_at", Order.placed_at, Order.id)
# What is paid and to be packed: deleted_at IS NULL AND status = 'paid' ORDER BY created_at DESC, id DESC
live("order_live_status", Order.status, Order.created_at, Order.id)
# The trash, newest first: deleted_at IS NOT NULL ORDER BY created_at DESC, id DESC
trash("order_trash", Order.created_at, Order.id)
# The orders of a customer, and the check when a customer is purged: customer_id = 7 ORDER BY id
keyset("order_customer_id", Order.customer_id, Order.id)

"""What is in stock. The sku is what other tables and files call an item by, so it is unique for good."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.recipes.indexes import keyset, trigram
from models.recipes.keys import BigintKey
from models.recipes.timestamps import Timestamps


class InventoryItem(BigintKey, Timestamps, Base):
    __tablename__ = "inventory_item"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity", comment="quantity cannot be less than 0"),)

    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    quantity: Mapped[int] = mapped_column(server_default=text("0"))

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


# The list, newest first: ORDER BY created_at DESC, id DESC
keyset("inventory_item_created_at", InventoryItem.created_at, InventoryItem.id)
# What runs out first: ORDER BY quantity, id
keyset("inventory_item_quantity", InventoryItem.quantity, InventoryItem.id)
# The search box and the picker of a line's item: name ILIKE '%lamp%'
trigram("inventory_item_name_part", InventoryItem.name)

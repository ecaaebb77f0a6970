"""Customers: the table that is imported by the million, so every index here has to earn its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.recipes.indexes import trigram
from models.recipes.keys import BigintKey
from models.recipes.soft_delete import SoftDelete, live, live_unique, trash
from models.recipes.timestamps import Timestamps


class Customer(BigintKey, Timestamps, SoftDelete, Base):
    __tablename__ = "customer"

    email: Mapped[str]
    name: Mapped[str]
    city: Mapped[str | None]
    balance: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default=text("0"))
    born: Mapped[date | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    def __str__(self) -> str:
        return self.name


# One live customer an email, the match of an import, emails that start with ...:
# email = 'ann@example.org' AND deleted_at IS NULL
live_unique("customer_live_email", Customer.email)
# The list, newest first: deleted_at IS NULL ORDER BY created_at DESC, id DESC
live("customer_live_created_at", Customer.created_at, Customer.id)
# The list by name: deleted_at IS NULL ORDER BY name, id
live("customer_live_name", Customer.name, Customer.id)
# The trash, newest first: deleted_at IS NOT NULL ORDER BY created_at DESC, id DESC
trash("customer_trash", Customer.created_at, Customer.id)
# The search box and the picker of an invoice's customer: name ILIKE '%lee%'
trigram("customer_name_part", Customer.name)

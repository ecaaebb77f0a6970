"""Invoices: a number that is unique among live rows, and a customer who cannot vanish under them."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, choice
from models.customer import Customer
from models.recipes.indexes import keyset, trigram
from models.recipes.keys import BigintKey
from models.recipes.soft_delete import SoftDelete, live, live_unique, trash
from models.recipes.timestamps import Timestamps


class InvoiceStatus(enum.StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    PAID = "paid"
    VOID = "void"


class Invoice(BigintKey, Timestamps, SoftDelete, Base):
    __tablename__ = "invoice"

    number: Mapped[str]
    # RESTRICT: accounts must keep saying who owed what.
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id, ondelete="RESTRICT"))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    status: Mapped[InvoiceStatus] = mapped_column(
        choice(InvoiceStatus, "invoice_status"), server_default=InvoiceStatus.DRAFT
    )
    due: Mapped[date | None]

    customer: Mapped[Customer] = relationship()

    def __str__(self) -> str:
        return self.number


# One live invoice a number, and the search box by exact number: number = 'INV-2026-00042' AND deleted_at IS NULL
live_unique("invoice_live_number", Invoice.number)
# The list, newest first: deleted_at IS NULL ORDER BY created_at DESC, id DESC
live("invoice_live_created_at", Invoice.created_at, Invoice.id)
# What was sent and is not paid: deleted_at IS NULL AND status = 'sent' ORDER BY created_at DESC, id DESC
live("invoice_live_status", Invoice.status, Invoice.created_at, Invoice.id)
# The list by due date: deleted_at IS NULL ORDER BY due, id
live("invoice_live_due", Invoice.due, Invoice.id)
# The trash, newest first: deleted_at IS NOT NULL ORDER BY created_at DESC, id DESC
trash("invoice_trash", Invoice.created_at, Invoice.id)
# The invoices of a customer, and the check when a customer is purged: customer_id = 7 ORDER BY id
keyset("invoice_customer_id", Invoice.customer_id, Invoice.id)
# The search box by a part of the number: number ILIKE '%00042%'
trigram("invoice_number_part", Invoice.number)

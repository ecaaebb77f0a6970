"""The cookbook: tables composed from recipes. Importing this package fills `Base.metadata`."""

from __future__ import annotations

from models.api_key import ApiKey
from models.author import Author
from models.base import Base
from models.book import Book
from models.customer import Customer
from models.document import Document
from models.event import Event
from models.inventory_item import InventoryItem
from models.invoice import Invoice
from models.line_item import LineItem
from models.order import Order
from models.positions import keep_positions
from models.review import Review
from models.setting import Setting
from models.stock import keep_stock
from models.user import User

__all__ = [
    "ApiKey",
    "Author",
    "Base",
    "Book",
    "Customer",
    "Document",
    "Event",
    "InventoryItem",
    "Invoice",
    "LineItem",
    "Order",
    "Review",
    "Setting",
    "User",
    "keep_positions",
    "keep_stock",
]

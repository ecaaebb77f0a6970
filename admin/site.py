"""This project's registrations: which tables the console shows and how. The only file of the engine that knows them.

Options are sqladmin's (see `ModelAdmin`); what is left out follows from the model. Order here is order in the menu.
"""

from __future__ import annotations

from functools import partial
from types import new_class
from typing import Any

from admin.web.console import Console
from admin.web.inlines import Inline
from admin.web.model_admin import ModelAdmin
from models import (
    ApiKey,
    Author,
    Book,
    Customer,
    Document,
    Event,
    InventoryItem,
    Invoice,
    LineItem,
    Order,
    Review,
    Setting,
    User,
)


class BookAdmin(ModelAdmin, model=Book):
    category = "Library"
    icon = "book"
    column_list = [Book.id, Book.title, Book.author, Book.isbn, Book.published, Book.price, Book.updated_at]
    column_labels = {Book.isbn: "ISBN"}


class AuthorAdmin(ModelAdmin, model=Author):
    category = "Library"
    icon = "pen"
    column_list = [Author.id, Author.name, Author.born, Author.country, Author.updated_at]


class ReviewAdmin(ModelAdmin, model=Review):
    category = "Library"
    icon = "star"
    column_list = [Review.id, Review.book, Review.reviewer, Review.rating, Review.body, Review.created_at]
    column_searchable_list = [Review.reviewer]


class DocumentAdmin(ModelAdmin, model=Document):
    category = "Writing"
    icon = "file"
    column_list = [Document.id, Document.title, Document.status, Document.owner, Document.body, Document.created_at]


class CustomerAdmin(ModelAdmin, model=Customer):
    category = "Sales"
    icon = "users"
    column_list = [
        Customer.id,
        Customer.name,
        Customer.email,
        Customer.city,
        Customer.balance,
        Customer.active,
        Customer.created_at,
    ]
    column_searchable_list = [Customer.name]


class InvoiceAdmin(ModelAdmin, model=Invoice):
    category = "Sales"
    icon = "receipt"
    column_list = [
        Invoice.id,
        Invoice.number,
        Invoice.customer,
        Invoice.amount,
        Invoice.status,
        Invoice.due,
        Invoice.created_at,
    ]


class OrderAdmin(ModelAdmin, model=Order):
    category = "Sales"
    icon = "cart"
    column_list = [Order.id, Order.customer, Order.status, Order.placed_at, Order.updated_at]
    inlines = [
        Inline(
            LineItem,
            columns=[LineItem.sku, LineItem.qty, LineItem.unit_price],
            amount=[LineItem.qty, LineItem.unit_price],
            position=LineItem.position,
        )
    ]


class LineItemAdmin(ModelAdmin, model=LineItem):
    name = "Line item"
    category = "Sales"
    icon = "list"
    column_labels = {LineItem.sku: "SKU"}


class InventoryItemAdmin(ModelAdmin, model=InventoryItem):
    name = "Inventory item"
    category = "Stock"
    icon = "box"
    column_labels = {InventoryItem.sku: "SKU"}
    column_searchable_list = [InventoryItem.name]


class UserAdmin(ModelAdmin, model=User):
    category = "Accounts"
    icon = "user"
    column_list = [User.id, User.email, User.name, User.role, User.active, User.created_at]
    column_searchable_list = [User.email, User.name]


class ApiKeyAdmin(ModelAdmin, model=ApiKey):
    name = "API key"
    category = "Accounts"
    icon = "key"
    column_list = [ApiKey.id, ApiKey.label, ApiKey.user, ApiKey.last_used_at, ApiKey.created_at]


class EventAdmin(ModelAdmin, model=Event):
    category = "System"
    icon = "activity"
    # Append-only: what happened does not change. Rows come from programs and from imports.
    can_edit = False
    can_delete = False


class SettingAdmin(ModelAdmin, model=Setting):
    category = "System"
    icon = "sliders"


VIEWS: tuple[type[ModelAdmin], ...] = (
    BookAdmin,
    AuthorAdmin,
    ReviewAdmin,
    DocumentAdmin,
    CustomerAdmin,
    InvoiceAdmin,
    OrderAdmin,
    LineItemAdmin,
    InventoryItemAdmin,
    UserAdmin,
    ApiKeyAdmin,
    EventAdmin,
    SettingAdmin,
)


def register(console: Console) -> None:
    """Add every table to the console, each as a class of its own: sqladmin keeps what it learns on the view class."""
    for view in VIEWS:
        console.add_view(new_class(view.__name__, (view,), {"model": view.model}, partial(_keep_names, view)))


def _keep_names(view: type[ModelAdmin], namespace: dict[str, Any]) -> None:
    """The metaclass would name the class after its model again."""
    namespace.update(name=view.name, name_plural=view.name_plural)

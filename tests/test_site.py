from __future__ import annotations

from starlette.applications import Starlette

from admin import site
from admin.settings import Settings
from admin.web.console import Console


def test_every_contracted_table_is_registered_under_its_identity_and_name():
    console = Console(Starlette(), None, Settings(), [])
    site.register(console)
    assert {identity: resource.name_plural for identity, resource in console.resources.items()} == {
        "book": "Books", "author": "Authors", "review": "Reviews", "document": "Documents", "customer": "Customers",
        "invoice": "Invoices", "order": "Orders", "line-item": "Line items", "inventory-item": "Inventory items",
        "user": "Users", "api-key": "API keys", "event": "Events", "setting": "Settings",
    }  # fmt: skip


def test_two_consoles_share_no_view_class():
    first, second = (Console(Starlette(), None, Settings(), []) for _ in range(2))
    site.register(first)
    site.register(second)
    assert {type(view) for view in first.views}.isdisjoint(type(view) for view in second.views)


def test_the_same_column_is_called_the_same_everywhere():
    console = Console(Starlette(), None, Settings(), [])
    site.register(console)
    labels = {resource.label("sku") for resource in console.resources.values() if "sku" in resource.traits.columns}
    assert labels == {"SKU"}

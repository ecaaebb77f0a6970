from __future__ import annotations

from starlette.applications import Starlette

from admin import site
from admin.database import make_engine, make_session_maker
from admin.settings import Settings
from admin.web.console import Console


def console() -> Console:
    """A console that nothing is asked of, so that nothing is connected."""
    settings = Settings(database_url="postgresql://nowhere/nothing")
    made = Console(Starlette(), make_session_maker(make_engine(settings)), settings, [])
    site.register(made)
    return made


def test_every_contracted_table_is_registered_under_its_identity_and_name():
    assert {identity: resource.name_plural for identity, resource in console().resources.items()} == {
        "book": "Books", "author": "Authors", "review": "Reviews", "document": "Documents", "customer": "Customers",
        "invoice": "Invoices", "order": "Orders", "line-item": "Line items", "inventory-item": "Inventory items",
        "user": "Users", "api-key": "API keys", "event": "Events", "setting": "Settings",
    }  # fmt: skip


def test_two_consoles_share_no_view_class():
    first, second = console(), console()
    assert {type(view) for view in first.views}.isdisjoint(type(view) for view in second.views)


def test_the_same_column_is_called_the_same_everywhere():
    labels = {resource.label("sku") for resource in console().resources.values() if "sku" in resource.traits.columns}
    assert labels == {"SKU"}

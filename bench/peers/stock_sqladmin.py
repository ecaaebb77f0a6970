"""Stock sqladmin on Larder's tables: the columns and the page size of Larder's lists, everything else as it comes."""

from __future__ import annotations

import os

from sqladmin import Admin, ModelView
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette

from models import Customer, Document, Event

engine = create_async_engine(os.environ["BENCH_URL"])
app = Starlette()
admin = Admin(app, engine)


class CustomerAdmin(ModelView, model=Customer):
    column_list = [
        Customer.id, Customer.name, Customer.email, Customer.city, Customer.balance, Customer.active,
        Customer.created_at,
    ]  # fmt: skip
    column_searchable_list = [Customer.name]
    column_default_sort = ("id", True)
    page_size = 50
    can_export = True
    can_import = True
    column_import_list = [
        Customer.email,
        Customer.name,
        Customer.city,
        Customer.balance,
        Customer.born,
        Customer.active,
    ]
    max_import_file_size = 2**30


class DocumentAdmin(ModelView, model=Document):
    column_list = [Document.id, Document.title, Document.status, Document.owner, Document.created_at]
    column_searchable_list = [Document.title, Document.body]
    column_default_sort = ("id", True)
    column_export_list = [Document.id, Document.owner_id, Document.title, Document.body, Document.status]
    page_size = 50


class EventAdmin(ModelView, model=Event):
    column_list = [Event.id, Event.kind, Event.payload, Event.created_at]
    column_default_sort = ("id", True)
    page_size = 50


for view in (CustomerAdmin, DocumentAdmin, EventAdmin):
    admin.add_view(view)

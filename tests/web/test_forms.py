from __future__ import annotations

import pytest

from admin.errors import FieldError
from admin.web import forms
from admin.web.fields import Options, Problem
from admin.web.model_admin import ModelAdmin
from tests.postgres import Database
from tests.strangers import Node
from tests.web.conftest import Browse
from tests.web.pages import form, quote

ROWS = {
    "author": [
        "(name, born, country) values (e'Ann\u2028 <b>&amp;', '0987-01-01', '')",
        "(name, created_at) values (' x ', '1999-12-31 23:59:59.999999Z')",
    ],
    "book": [
        "(author_id, title, isbn, price) values (1, e'a\\tb', '', 0.10)",
        "(author_id, title) values (1, '')",
    ],
    "review": [r"(book_id, reviewer, rating, body) values (1, 'R', 5, e'\n\nx\r\ny\rz\n')"],
    "user": ["(email, name, role, active) values ('', 'U', 'editor', false)"],
    "api-key": ["(user_id, label, last_used_at) values (1, 'K', '2026-01-01 00:00:00.000001+05:30')"],
    "document": [
        "(owner_id, title, body, status) values (null, 'T', '{\"a\": 1}', 'archived')",
        "(owner_id, title, body, tags) values (1, 'T', '', '{NULL,\"\",\"a, b\",a,a}')",
    ],
    "customer": [
        "(email, name, city, balance, active) values ('c', 'C', '', -0.00, false)",
        "(email, name, balance) values ('d', 'D', 9999999999.99)",
    ],
    "invoice": ["(number, customer_id, amount, due) values ('1', 1, 1.50, '2026-02-28')"],
    "inventory-item": ["(sku, name, quantity) values ('a/b, \"ü\"', 'I', 9223372036854775807)"],
    "order": ["(customer_id, status, placed_at) values (1, 'shipped', '2026-11-23 14:05:06.7Z')"],
    "line-item": ["(order_id, sku, qty, unit_price) values (1, 'a/b, \"ü\"', 2, 1.10)"],
    "setting": [
        "values ('0', 'null'), ('1', '\"text\"'), ('2', '\"\"'), ('3', '[]'), ('4', '1e400'), ('5', '0.10'), ('', '1')",
        r"""values ('6', '{"b": 1.10, "a": [12345678901234567890123, null, true], "": "\u2028"}')""",
        "values ('a,b/c d?#%ü', '1')",
    ],
}
"""Rows that forms of other consoles change by being opened and saved."""

OTHERWISE = {
    **dict.fromkeys(("born", "published", "due"), "1929-10-21"),
    **dict.fromkeys(("price", "balance", "amount", "unit_price"), "3.5"),
    **dict.fromkeys(("rating", "qty", "quantity", "position"), "4"),
    **dict.fromkeys(("placed_at", "last_used_at"), "2026-01-01 00:00Z"),
    **dict.fromkeys(("author_id", "book_id", "user_id", "owner_id", "customer_id", "order_id"), "2"),
    "role": "viewer",
    "status": "paid",
    "active": "true",
    "value": '{"new": [1]}',
    "tags": '["new", "a, b"]',
}
"""Another value for columns that take no text."""


class PaperAdmin(ModelAdmin, model=Node):
    form_columns = [Node.parent_slug]
    form_args = {"parent_slug": {"label": "Above", "description": "The node it hangs on.", "default": "root"}}
    form_widget_args = {"parent_slug": {"readonly": True, "placeholder": "slug", "rows": 4}}


def test_the_vocabulary_of_sqladmin_is_kept():
    resource = PaperAdmin.build_resource()
    options = forms.options(resource, PaperAdmin(), "parent_slug")
    assert options == Options("Above", "The node it hangs on.", "root", True, 4, "slug")
    (field,) = forms.for_new(resource, PaperAdmin(), {}).fields
    assert (field.label, field.help, field.text, field.readonly) == ("Above", "The node it hangs on.", "root", True)


def test_filters_of_a_list_become_texts_of_a_form():
    resource = PaperAdmin.build_resource()
    pairs = [("parent_slug__exact", "a"), ("slug", "b"), ("parent_slug__in", "c"), ("nonsense", "d")]
    assert forms.given(resource, pairs) == {"parent_slug": "a"}


def test_an_error_about_no_field_of_the_form_stands_above_it():
    form = forms.for_new(PaperAdmin.build_resource(), PaperAdmin(), {})
    made = form.with_errors([FieldError("slug", "Taken.", ("node", "a/b")), FieldError("parent_slug", "Gone.")])
    assert made.problems == (Problem("Taken.", "/admin/node/edit/a%2Fb"),)
    assert made.fields[0].errors == (Problem("Gone."),)
    assert form.valid
    assert not made.valid


@pytest.mark.anyio
@pytest.mark.parametrize("identity", ROWS)
async def test_a_form_that_was_opened_and_saved_changes_no_byte(browse: Browse, database: Database, identity: str):
    client = await browse("editor")
    fill(database)
    stored = f"select t::text, xmin::text from {table(identity)} t order by 1"
    before = database.sql(stored)
    for key in keys(database, identity):
        url = f"/admin/{identity}/edit/{quote(key)}"
        answer = await client.post(url, data=await form(client, url))
        assert answer.status_code == 303, (key, answer.text)
    assert database.sql(stored) == before
    assert database.value("select count(*) from larder.operation") == 0


@pytest.mark.anyio
@pytest.mark.parametrize("identity", ROWS)
async def test_every_field_can_be_changed_by_itself(browse: Browse, database: Database, identity: str):
    client = await browse("editor")
    fill(database)
    database.sql("""
        insert into author (name) values ('Z'); insert into "user" (email, name) values ('z', 'Z');
        insert into book (author_id, title) values (2, 'Z'); insert into "order" (customer_id) values (2);
        insert into inventory_item (sku, name, quantity) values ('Z', 'Z', 9999)
    """)
    url = f"/admin/{identity}/edit/{quote(keys(database, identity)[0])}"
    shown = [name.removeprefix("was-") for name in await form(client, url) if name.startswith("was-")]
    # The lines inside an order have names of their own, and a test of their own.
    names = [name for name in shown if "." not in name]
    assert names
    for name in names:
        special = {("line-item", "sku"): "Z", ("document", "status"): "draft"}
        text = special.get((identity, name)) or OTHERWISE.get(name, "new text")
        answer = await client.post(url, data=await form(client, url, **{name: text}))
        assert answer.status_code == 303, (name, answer.text)
        changed = database.value("select detail -> 'columns' from larder.operation order by id desc limit 1")
        assert changed == [name]


@pytest.mark.anyio
async def test_looking_changes_nothing(browse: Browse, database: Database):
    client = await browse("editor")
    fill(database)
    count = "select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables where schemaname = 'public'"
    database.sql("select pg_stat_force_next_flush()")
    before = database.value(count)
    for identity in ROWS:
        for page in (f"edit/{keys(database, identity)[0]}", f"details/{keys(database, identity)[0]}", "create"):
            assert (await client.get(f"/admin/{identity}/{page}")).status_code == 200, (identity, page)
    database.sql("select pg_stat_force_next_flush()")
    assert database.value(count) == before


def fill(database: Database) -> None:
    for identity, rows in ROWS.items():
        for row in rows:
            database.sql(f"insert into {table(identity)} {row}")


def table(identity: str) -> str:
    return f'"{identity.replace("-", "_")}"'


def keys(database: Database, identity: str) -> list[str]:
    """The keys of a table; one that stands in a URL as it is comes first."""
    column = "key" if identity == "setting" else "id"
    rows = database.sql(f"select {column}::text from {table(identity)} order by {column}")
    return sorted((key for (key,) in rows), key=lambda key: not key)

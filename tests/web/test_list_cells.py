from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from admin.reads.parents import Parent
from admin.web import cells, list_cells
from models import ApiKey, Book, Customer, Document, Event
from tests.strangers import Odd, Size, resource_of

SHOWN: list[tuple[type, str, Any]] = [
    (Book, "id", 12),
    (Book, "author_id", 7),
    (Book, "title", "Hunt & Gather <Ltd>"),
    (Book, "isbn", None),
    (Book, "price", Decimal("1204.50")),
    (Book, "price", None),
    (Book, "published", dt.date(1974, 5, 1)),
    (Book, "created_at", dt.datetime(2026, 11, 23, 14, 5, 6, 789, dt.UTC)),
    (Customer, "active", True),
    (Customer, "active", False),
    (ApiKey, "id", uuid.UUID(int=1)),
    (Event, "payload", {"<b>": "'"}),
    (Odd, "page", -12),
    (Odd, "tags", ["<i>", None]),
    (Odd, "size", Size.SMALL),
    (Odd, "happened", dt.datetime(2026, 11, 23, 14, 5)),
    (Document, "body", "A <long> & winding text, " * 4),
    (Document, "body", "A <long> & winding text, " * 40),
]


@pytest.mark.parametrize(("model", "name", "value"), SHOWN)
def test_what_is_painted_quickly_looks_like_every_cell(model: type, name: str, value: Any):
    resource = resource_of(model)
    column, is_key = resource.column(name), name in resource.traits.key
    painted = list_cells.painter(column, is_key=is_key)(value, "details/1?a=b&c")
    assert painted == list_cells.html(cells.painter(column, is_key=is_key)(value), "details/1?a=b&c")
    assert not re.search(r"<(?!/?(?:td|a|s|time|span|details|summary)\b)", painted)


@given(st.text(st.sampled_from("ab&<>\"'é")))
def test_a_text_is_escaped_as_every_page_escapes_it(text: str):
    assert list_cells.safe(text) == escape(text)


def test_a_parent_leads_to_its_page_and_says_that_it_was_deleted():
    parent = cells.parent_cell(Parent("7", "Ann <Lee>", deleted=True), "/admin/user/details/7")
    link = '<td><s><a href="/admin/user/details/7">Ann &lt;Lee&gt;</a></s> (deleted)'
    assert list_cells.html(parent, "") == link

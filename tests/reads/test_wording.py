"""Names and numbers become sentences."""

from __future__ import annotations

import datetime as dt

import pytest

from admin.reads import wording
from models import ApiKey, Order
from tests.strangers import resource_of

ORDER, KEY = resource_of(Order), resource_of(ApiKey, name="API key", name_plural="API keys")


def test_one_and_many():
    assert wording.one(ORDER, "7", "deleted") == "Order 7 deleted."
    assert wording.one(ORDER, "7", "deleted", {"public.line_item": 1}) == "Order 7 and 1 line item deleted."
    assert wording.many(ORDER, 37, "deleted", {"public.line_item": 1204}) == "37 orders and 1,204 line items deleted."
    assert wording.many(ORDER, 1, "restored") == "1 order restored."
    assert wording.many(KEY, 2, "restored") == "2 API keys restored."
    assert wording.many(ORDER, 2, "deleted", {"public.api_key": 2}) == "2 orders and 2 API keys deleted."


def test_a_row_that_is_not_there():
    assert wording.absent(ORDER, "abc") == "There is no order abc."
    assert wording.absent(KEY, "") == "There is no API key."
    assert wording.absent(ORDER, "x" * 500) == f"There is no order {'x' * 80}."


def test_lists():
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b"]) == "a and b"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert wording.edited(KEY, "x", ["label", "user_id"]) == "API key x: label and user changed."


@pytest.mark.parametrize(
    ("word", "expected"),
    [("order", "orders"), ("branch", "branches"), ("box", "boxes"), ("category", "categories"), ("key", "keys")],
)
def test_plurals(word: str, expected: str):
    assert wording.plural(word) == expected


def test_a_moment_is_true_wherever_it_is_read():
    nepal = dt.timezone(dt.timedelta(hours=5, minutes=45))
    assert wording.moment(dt.datetime(2026, 11, 3, 5, 0, tzinfo=nepal)) == "on 2 November 2026 at 23:15 UTC"

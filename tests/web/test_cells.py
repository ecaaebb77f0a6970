from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.reads.parents import Parent
from admin.web import cells
from admin.web.cells import Cell, painter
from models import ApiKey, Book, Customer, Document, Event, InventoryItem, Setting
from tests.strangers import Odd, Size, resource_of


def cell(model: type, name: str, value: object) -> Cell:
    resource = resource_of(model)
    return painter(resource.column(name), is_key=name in resource.traits.key)(value)


@pytest.mark.parametrize(
    ("model", "name", "value", "kind", "text"),
    [
        (Book, "id", 12, "key", "12"),
        (Book, "author_id", 7, "key", "7"),
        (Book, "title", "The Dispossessed", "text", "The Dispossessed"),
        (Book, "price", Decimal("1204.50"), "num", "1,204.50"),
        (Book, "published", dt.date(1974, 5, 1), "text", "1974-05-01"),
        (InventoryItem, "quantity", 1204, "num", "1204"),
        (Customer, "active", True, "yes", "Yes"),
        (Customer, "active", False, "no", "No"),
        (ApiKey, "id", uuid.UUID(int=1), "key", "00000000-0000-0000-0000-000000000001"),
        (Event, "payload", {"a": [1, None]}, "code", '{"a": [1, null]}'),
        (Odd, "tags", ["red", "blue"], "code", '["red", "blue"]'),
        (Odd, "size", Size.SMALL, "badge", "SMALL"),
    ],
)
def test_a_value_is_shown_by_its_kind(model: type, name: str, value: object, kind: str, text: str):
    shown = cell(model, name, value)
    assert (shown.kind, shown.text) == (kind, text)


def test_null_is_a_dash_and_under_numbers_it_is_aligned_like_one():
    assert cell(Book, "isbn", None) == Cell("empty", "—")
    assert cell(Book, "price", None) == Cell("empty", "—", "num")
    assert cell(Book, "author_id", None) == Cell("empty", "—")


def test_the_null_of_json_is_a_value_where_the_column_takes_no_other():
    assert cell(Setting, "value", None) == Cell("code", "null")
    assert cell(Odd, "data", None).kind == "empty"


def test_an_instant_is_in_utc_to_the_minute_and_exact_in_its_attribute():
    two_hours_east = dt.timezone(dt.timedelta(hours=2))
    shown = cell(Book, "created_at", dt.datetime(2026, 11, 23, 14, 5, 6, 789, two_hours_east))
    assert (shown.kind, shown.text, shown.more) == ("time", "2026-11-23 12:05 UTC", "2026-11-23T12:05:06.000789Z")


def test_a_time_without_zone_is_not_given_one():
    shown = cell(Odd, "happened", dt.datetime(2026, 11, 23, 14, 5))
    assert (shown.text, shown.more) == ("2026-11-23 14:05", "2026-11-23T14:05:00")


def test_a_state_has_the_colour_one_expects_and_keeps_it():
    assert cell(Document, "status", "published").more == "green"
    assert cells.tone("Paid") == "green"
    assert cells.tone("somewhere else") == cells.tone("somewhere else") != ""


def test_a_long_text_is_cut_at_a_word_and_its_rest_follows():
    text = "The roof was repaired, the gutter was not. The risk is small, but it should be written down."
    shown = cell(Document, "body", text)
    assert shown.kind == "long"
    assert f"{shown.text} {shown.more}" == text
    assert len(shown.text) <= cells.SHOWN
    assert not shown.cut


def test_of_a_very_long_text_a_part_unfolds_and_the_cell_says_so():
    shown = cell(Document, "body", "word " * 10_000)
    assert shown.cut
    assert shown.more.endswith("…")
    assert len(shown.text) + len(shown.more) <= cells.SHOWN + cells.UNFOLDED + 1


@given(st.text(st.sampled_from("ab \n<é"), max_size=400))
def test_cutting_loses_nothing_but_the_space_at_the_cut(text: str):
    shown = cell(Document, "body", text)
    if shown.kind == "text":
        assert shown.text == text
    else:
        assert text.startswith(shown.text)
        between = text[len(shown.text) :].removesuffix(shown.more) if not shown.cut else ""
        assert between.strip() == ""


def test_json_with_half_a_surrogate_can_still_be_sent():
    cell(Odd, "data", {"a": "\ud800"}).text.encode()


def test_a_parent_is_called_by_name_and_marked_when_deleted():
    shown = cells.parent_cell(Parent("7", "Ann Lee", deleted=True), "/admin/user/details/7")
    assert shown == Cell("parent", "Ann Lee", url="/admin/user/details/7", deleted=True)


def test_what_a_formatter_returns_is_text():
    assert cells.formatted("<b>").text == "<b>"
    assert cells.formatted(3).text == "3"
    assert cells.formatted(None).kind == "empty"

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ARRAY, JSON, Boolean, Date, DateTime, Interval, Numeric, Text, Time, text
from sqlalchemy.dialects.postgresql import BYTEA, INT4RANGE, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin import values
from admin.traits import traits_of
from admin.web import field_text


class Base(DeclarativeBase):
    pass


class Paper(Base):
    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str | None] = mapped_column(Text, server_default=text("'it''s new'::text"))
    amount: Mapped[Decimal] = mapped_column(Numeric, server_default=text("0"))
    yes: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    day: Mapped[dt.date] = mapped_column(Date, server_default=text("current_date"))
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    clock: Mapped[dt.time] = mapped_column(Time)
    span: Mapped[dt.timedelta] = mapped_column(Interval)
    doc: Mapped[Any] = mapped_column(JSONB)
    order: Mapped[Any] = mapped_column(JSON)
    maybe: Mapped[Any | None] = mapped_column(JSONB, nullable=True)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    raw: Mapped[bytes] = mapped_column(BYTEA, default=b"")
    range: Mapped[Any] = mapped_column(INT4RANGE)
    kind: Mapped[str] = mapped_column(Text, default="plain")


COLUMNS = traits_of(Paper).columns

no_nul = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
json_numbers = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**99), max_value=10**99)
json_values = st.recursive(
    st.none() | st.booleans() | json_numbers | st.text(no_nul),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(no_nul), inner, max_size=3),
    max_leaves=8,
)
VALUES = {
    "words": st.text(no_nul),
    "amount": st.decimals(allow_nan=False, allow_infinity=False),
    "yes": st.booleans(),
    "day": st.dates(),
    "at": st.datetimes(timezones=st.just(dt.UTC)),
    "clock": st.times(),
    "span": st.timedeltas(min_value=-dt.timedelta(days=10**6), max_value=dt.timedelta(days=10**6)),
    "doc": json_values,
    "tags": st.lists(st.none() | st.text(no_nul)),
    "raw": st.binary(),
}


@pytest.mark.parametrize("name", VALUES)
def test_every_value_is_readable_and_reads_back_to_itself(name: str):
    column = COLUMNS[name]

    @given(VALUES[name])
    def check(value):
        shown, readable = field_text.readable(column, value)
        assert readable
        assert values.parse(column, shown) == value
        # As a browser sends it.
        assert field_text.same(column, shown.replace("\r\n", "\n").replace("\n", "\r\n"), shown)

    check()


def test_what_no_text_can_carry_is_not_readable():
    for name, value in (("amount", Decimal("NaN")), ("range", "[1,5)"), ("words", "x" * 1_000_001)):
        assert not field_text.readable(COLUMNS[name], value)[1], name


def test_a_long_value_is_cut():
    shown, _ = field_text.readable(COLUMNS["words"], "é" * 1_000_000)
    assert len(shown.encode()) <= field_text.EDITABLE_BYTES


def test_json_stands_over_several_lines_and_its_null_is_a_value():
    assert field_text.show(COLUMNS["doc"], {"b": [1]}) == '{\n  "b": [\n    1\n  ]\n}'
    assert field_text.show(COLUMNS["doc"], None) == "null"
    assert field_text.show(COLUMNS["maybe"], None) == ""
    assert field_text.show(COLUMNS["doc"], {}) == "{}"


def test_a_lone_surrogate_in_json_is_escaped_so_that_a_page_can_hold_it():
    shown, readable = field_text.readable(COLUMNS["order"], ["\ud800"])
    assert readable
    assert json.loads(shown) == ["\ud800"]
    shown.encode()


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("clock", "14:05:00", "14:05"),
        ("amount", "1.50", "1.5"),
        ("at", "2026-11-23 14:05:00Z", "2026-11-23T15:05+01:00"),
        ("doc", '{"a": 1, "b": 2}', '{\r\n"b":2,"a":1}'),
        ("tags", '["a", null]', '["a",null]'),
        ("words", "a\r\nb", "a\nb"),
    ],
)
def test_texts_that_mean_the_same_are_the_same(name: str, one: str, other: str):
    assert field_text.same(COLUMNS[name], one, other)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("words", "1.50", "1.5"),
        ("words", "", " "),
        ("doc", "1", "true"),
        ("doc", "[1]", "[1.0]"),
        ("order", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}'),
        ("amount", "1", "nonsense"),
        ("amount", "", "0"),
        ("at", "2026-11-23 14:05:00.000001Z", "2026-11-23 14:05:00Z"),
    ],
)
def test_texts_that_mean_something_else_differ(name: str, one: str, other: str):
    assert not field_text.same(COLUMNS[name], one, other)


def test_changed_text_keeps_the_line_ends_it_had():
    assert field_text.line_ends_like("a\r\nb\r\nc", "a\r\nb") == "a\r\nb\r\nc"
    assert field_text.line_ends_like("a\r\nb\r\nc", "a\nb") == "a\nb\nc"
    assert field_text.line_ends_like("a\r\nb", "a") == "a\nb"
    assert field_text.line_ends_like("a\r\nb", None) == "a\nb"


def test_constant_defaults_are_shown_and_others_left_to_the_database():
    shown = {name: field_text.default(column) for name, column in COLUMNS.items() if column.has_default}
    assert {name: shown[name] for name in ("words", "amount", "yes", "day", "kind")} == {
        "words": "it's new",
        "amount": "0",
        "yes": "true",
        "day": "",
        "kind": "plain",
    }

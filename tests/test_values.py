from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    Interval,
    Numeric,
    SmallInteger,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin.traits import traits_of
from admin.values import BadValue, key_text, parse, parse_key, show


class Base(DeclarativeBase):
    pass


class Everything(Base):
    __tablename__ = "everything"

    a: Mapped[str] = mapped_column(Text, primary_key=True)
    b: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    small: Mapped[int] = mapped_column(SmallInteger)
    whole: Mapped[int] = mapped_column(Integer)
    money: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    free: Mapped[Decimal] = mapped_column(Numeric)
    real: Mapped[float] = mapped_column(Float)
    yes: Mapped[bool] = mapped_column(Boolean)
    day: Mapped[dt.date] = mapped_column(Date)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    local: Mapped[dt.datetime] = mapped_column(DateTime)
    clock: Mapped[dt.time] = mapped_column(Time)
    span: Mapped[dt.timedelta] = mapped_column(Interval)
    ident: Mapped[uuid.UUID] = mapped_column(Uuid)
    doc: Mapped[dict] = mapped_column(JSONB)
    tags: Mapped[list] = mapped_column(ARRAY(Text))
    raw: Mapped[bytes] = mapped_column(BYTEA)


COLUMNS = traits_of(Everything).columns

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)
VALUES = {
    "small": st.integers(-(2**15), 2**15 - 1),
    "b": st.integers(-(2**63), 2**63 - 1),
    "money": st.decimals(min_value=-999, max_value=999, places=2),
    "free": st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=12),
    "real": st.floats(allow_nan=False, allow_infinity=False),
    "yes": st.booleans(),
    "day": st.dates(),
    "at": st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(2, 1, 1)),
    "local": st.datetimes(),
    "clock": st.times(),
    "span": st.timedeltas(min_value=-dt.timedelta(days=10**6), max_value=dt.timedelta(days=10**6)),
    "ident": st.uuids(),
    # A jsonb null at the top reads as NULL: what shows a row must treat such a value as one it cannot show.
    "doc": json_values.filter(lambda value: value is not None),
    "tags": st.lists(st.none() | texts),
    "raw": st.binary(),
    "a": st.text(st.characters(exclude_characters="\x00")),
}


@given(st.data())
def test_what_show_writes_parse_reads_back_to_the_very_same_value(data):
    name = data.draw(st.sampled_from(sorted(VALUES)))
    value = data.draw(VALUES[name])
    assert parse(COLUMNS[name], show(COLUMNS[name], value)) == value


@given(st.text(st.characters(exclude_characters="\x00")), st.integers(-(2**63), 2**63 - 1))
def test_a_composite_key_survives_its_text(first, second):
    traits = traits_of(Everything)
    text = key_text(traits, Everything(a=first, b=second))
    assert parse_key(traits, text) == (first, second)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("whole", "1_000"), ("whole", "1,000"), ("whole", "0x1F"), ("whole", "１２"), ("whole", "٣"), ("whole", "1e3"),
        ("whole", "2147483648"), ("small", "32768"), ("b", "9223372036854775808"), ("whole", ""), ("whole", "1.0"),
        ("money", "123.456"), ("money", "1234.00"), ("money", "1,5"), ("money", "NaN"), ("free", "Infinity"),
        ("real", "NaN"), ("real", "1e999"), ("yes", "maybe"), ("yes", "2"),
        ("day", "2026-02-30"), ("day", "03/04/2026"), ("day", "today"), ("day", "infinity"), ("day", "45658"),
        ("at", "2026-01-01 25:00"), ("at", "now"), ("local", "2026-01-01 10:00Z"), ("clock", "24:61"),
        ("span", "a while"), ("ident", "not-one"), ("doc", "{"), ("doc", "NaN"), ("doc", "[" * 100_000),
        ("doc", '"\\u0000"'), ("doc", '{"a\\u0000": 1}'), ("doc", '["\\ud800"]'), ("doc", "1e131072"),
        ("doc", "1e-16384"), ("doc", "1" * 131_073), ("doc", "1e99999999999999999999"), ("tags", '["\\u0000"]'),
        ("tags", '{"a": 1}'), ("raw", "xyz"), ("a", "a\x00b"),
    ],
)  # fmt: skip
def test_what_postgres_or_python_would_bend_is_refused_with_a_sentence(name, text):
    with pytest.raises(BadValue) as error:
        parse(COLUMNS[name], text)
    assert str(error.value).split(" ", 1)[0] in {"is", "has", "cannot"}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("whole", " 42 ", 42), ("whole", "-0", 0), ("money", "1.50", Decimal("1.50")),
        ("money", "1.500", Decimal("1.5")),
        ("yes", "TRUE", True), ("yes", "no", False), ("at", "2026-01-02", dt.datetime(2026, 1, 2, tzinfo=dt.UTC)),
        ("at", "2026-01-02 03:04+02:00", dt.datetime(2026, 1, 2, 1, 4, tzinfo=dt.UTC)),
        ("ident", "0190163D-8694-739B-AEA5-966C26F8AD91", uuid.UUID("0190163d-8694-739b-aea5-966c26f8ad91")),
    ],
)  # fmt: skip
def test_the_ways_people_write_a_value_are_understood(name, text, value):
    assert parse(COLUMNS[name], text) == value

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from admin import exact_json

NUMBERS = [
    "1.10",
    "0.1",
    "12345678901234567890.123456789",
    "1e400",
    "-0.000000000000000000001",
    "9007199254740993",
    "9" * 5000,
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_written_as_it_was_read(number):
    value = exact_json.loads(f'{{"n": {number}}}')
    assert Decimal(exact_json.dumps(value)[6:-1]) == Decimal(number)
    assert exact_json.dumps(exact_json.loads("1.10")) == "1.10"


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
))  # fmt: skip
def test_every_value_comes_back(value):
    assert exact_json.loads(exact_json.dumps(value)) == value
    assert exact_json.loads(exact_json.dumps(value, indent=2, escape=True)) == value


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_in_json_is_refused(word):
    with pytest.raises(exact_json.NotANumber):
        exact_json.loads(f"[{word}]")


@pytest.mark.anyio
@pytest.mark.parametrize("number", NUMBERS)
async def test_the_engine_reads_and_writes_jsonb_digit_by_digit(session, number):
    stored = "cast(cast(:value as text) as jsonb)"
    value = await session.scalar(text(f"select {stored}"), {"value": f'{{"n": {number}}}'})
    same = f"select {stored} = cast(:again as jsonb) and ({stored})::text = cast(:again as jsonb)::text"
    assert await session.scalar(
        text(same.replace("::text", "#>>'{}'")), {"value": f'{{"n": {number}}}', "again": exact_json.dumps(value)}
    )


WRITTEN = [
    '"\\u0000"', '{"\\u0000": 1}', '"\\ud800"', '["é", "\\udc00x"]', '"\\ud83d\\ude00"', '"é\\u0001"',
    '{"a": [null, true]}', "1e131071", "1e131072", "1e-16383", "1e-16384", "-1e131072", "0e999999", "0e-16384",
    "1" * 131_072, "1" * 131_073,
]  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize("written", WRITTEN)
async def test_an_obstacle_is_what_postgres_refuses(session, written):
    refused = await session.scalar(text("select not pg_input_is_valid(:value, 'jsonb')"), {"value": written})
    assert (exact_json.obstacle(exact_json.loads(written)) is not None) is refused

"""Open and save without a change: not one byte of the row differs, whatever the type of its columns.

Each value is written by Postgres from its own text, shown by the real form, and posted back untouched as a browser does
it. What the form cannot carry there and back has to be read-only, and to say so.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from httpx2 import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    Uuid,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import (
    BIT,
    BYTEA,
    CIDR,
    CITEXT,
    DATEMULTIRANGE,
    DOMAIN,
    HSTORE,
    INET,
    INT4RANGE,
    INTERVAL,
    JSON,
    JSONB,
    MACADDR,
    MONEY,
    NUMRANGE,
    OID,
    TSTZRANGE,
)  # fmt: skip
from sqlalchemy.orm import registry
from sqlalchemy.types import UserDefinedType

from admin.web.console import Console
from admin.web.model_admin import ModelAdmin
from tests.postgres import Database
from tests.web.conftest import Browse
from tests.web.pages import follow, read, toasts

pytestmark = pytest.mark.anyio


class Named(UserDefinedType[Any]):
    """A type that SQLAlchemy does not know, by its name."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


MOOD = Enum("calm", 'loud "q", c', name="mood")

# For each type: its SQL name, what SQLAlchemy calls it, values that the form can carry, and values that it cannot.
TYPES: dict[str, tuple[str, Any, list[str], list[str]]] = {
    "small": ("smallint", SmallInteger, ["-32768", "32767"], []),
    "whole": ("integer", Integer, ["-2147483648", "0"], []),
    "big": ("bigint", BigInteger, ["9223372036854775807", "-9223372036854775808"], []),
    "number": ("numeric", Numeric, ["1.10", "-0.000", "1e-20", "12345678901234567890.1234567890123456789012345678900"],
               ["NaN", "Infinity", "-Infinity", "1e300"]),
    "price": ("numeric(12,2)", Numeric(12, 2), ["0.00", "9999999999.99"], ["NaN"]),
    "rounded": ("numeric(5,-2)", Numeric(5, -2), [], ["123400"]),
    "double": ("double precision", Float, ["-0", "1e308", "5e-324", "0.1", "123456789.123456789"], ["NaN", "Infinity"]),
    "single": ("real", REAL, ["-0", "1e-45", "3.4028235e38", "0.1", "16777217"], ["-Infinity"]),
    "coins": ("money", MONEY, [], ["-12.50", "92233720368547758.07"]),
    "words": ("text", Text, ["", " a ", "a\r\nb\rc\nd", "\r\n", "\n", "\n\nx", "a\tb", "<b>&amp;", "é\u0301\u202e",
                             "x" * 300, "\x01\x0b\x85\u2028", "\ufeff", "\ufffe\U0010ffff"], []),
    "body": ("text", Text, ["", "\nfirst", "a\r\nb\nc\r\n", "\r", " \n "], []),
    "short": ("varchar(7)", String(7), ["", "\r\n", "ab     "], []),
    "padded": ("char(5)", String(5), ["ab", "", "     "], []),
    "folded": ("citext", CITEXT, ["MiXed", ""], []),
    "called": ("name", Named("name"), [], ["pg_class"]),
    "yes": ("boolean", Boolean, ["true", "false"], []),
    "day": ("date", Date, ["2026-11-23", "0999-01-02", "0001-01-01", "9999-12-31"],
            ["0044-03-15 BC", "infinity", "-infinity", "12345-06-07", "5874897-12-31"]),
    "moment": ("timestamptz", DateTime(timezone=True),
               ["2026-01-01 00:00:00.123456+02", "0999-01-01 00:00:00.000001Z", "9999-12-31 23:59:59.999999Z",
                "1900-01-01 00:00:00+00:19:32"],
               ["0044-03-15 12:00Z BC", "infinity", "-infinity", "12345-01-01 00:00Z"]),
    "naive": ("timestamp", DateTime(timezone=False), ["2026-01-01 00:00:00.123456", "0001-01-01 00:00"],
              ["infinity", "-infinity", "4713-01-01 00:00 BC", "294276-12-31 23:59:59.999999"]),
    "clock": ("time", Time, ["23:59:59.999999", "00:00", "12:00:00.5", "12:30"], ["24:00:00"]),
    "zoned": ("timetz", Time(timezone=True), [], ["04:05:06.7-08", "24:00:00+15:59", "12:00:00+05:30:15"]),
    "span": ("interval", INTERVAL, ["30 days", "1 day", "00:00:00", "-1 days +02:03:04", "3 days 04:05:06.000007"],
             ["1 mon -2 days 03:00:00.5", "-1 year", "1 mon", "24:00:00", "-00:00:00.000001", "178000000 years"]),
    "span2": ("interval", Interval, ["3 days 04:05:06"], ["1 year 2 mons", "25:00:00"]),
    "raw": ("bytea", BYTEA, [r"\x00ff", r"\x"], []),
    "u": ("uuid", Uuid, ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"], []),
    "j": ("json", JSON, ['{"a" :  1, "a": 2}', "null", "1.10", ' [1,  2.50 ]\n', '{"b":1,"a":2}', '"\\u00e9"', "1e5",
                         "0.1e-400", '"\\ud83d"', "-0", "-0.0", "1E+2"], []),
    "jb": ("jsonb", JSONB, ['{"b": 1.10, "a": 12345678901234567890.5}', "null", "1e400", "[]", "{}", '""', "-0.0",
                            "1.000", '{"bb":1,"a":[true,null,{"z":"\\r\\n"}]}', "1" + "0" * 38,
                            "1e-300", '"\\u0001\\u2028"'], []),
    "numbers": ("int[]", ARRAY(Integer), ["{1,NULL}", "{}", "[2:3]={1,NULL}", "[0:0]={7}"], ["{{1,2},{3,4}}"]),
    "tags": ("text[]", ARRAY(Text), ['{"NULL",NULL,"",",\\"{}","a\\\\b"}', "{}", '{"\r\n","a\nb"}'],
             ["{{a,b},{c,NULL}}"]),
    "amounts": ("numeric[]", ARRAY(Numeric), ["{1.10,NULL}", "{1e-20}"], ["{1.10,NaN}"]),
    "ratios": ("float8[]", ARRAY(Float), ["{1.5,NULL,-0}", "{5e-324}"], ["{NaN,0.1}"]),
    "moments": ("timestamptz[]", ARRAY(DateTime(timezone=True)), ["{2026-01-01 00:00:00.123456+00,NULL}"],
                ["{infinity}"]),
    "days": ("date[]", ARRAY(Date), ["{2026-01-01}"], ["{0044-03-15 BC}"]),
    "docs": ("jsonb[]", ARRAY(JSONB), [], ['{"{\\"a\\": 1.10}",NULL,"null"}']),
    "flags": ("boolean[]", ARRAY(Boolean), ["{t,f,NULL}"], []),
    "raws": ("bytea[]", ARRAY(BYTEA), [r'{"\\x00ff"}'], []),
    "uuids": ("uuid[]", ARRAY(Uuid), ["{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,NULL}"], []),
    "moods": ("mood[]", ARRAY(MOOD), ['{calm,"loud \\"q\\", c"}'], []),
    "r": ("int4range", INT4RANGE, [], ["[1,10)", "empty", "(,)"]),
    "nr": ("numrange", NUMRANGE, [], ["(1.10,2.000]"]),
    "tr": ("tstzrange", TSTZRANGE, [], ["[2026-01-01,infinity)", "[2026-01-01 00:00:00.123456+00,)"]),
    "dr": ("datemultirange", DATEMULTIRANGE, [], ["{[2026-01-01,2026-02-01),[2026-03-01,)}", "{}"]),
    "net": ("inet", INET, [], ["10.0.0.1", "::1/64", "10.1.2.3/8"]),
    "network": ("cidr", CIDR, [], ["10.0.0.0/8", "::/0"]),
    "card": ("macaddr", MACADDR, [], ["08:00:2b:01:02:03"]),
    "card8": ("macaddr8", Named("macaddr8"), [], ["08:00:2b:01:02:03:04:05"]),
    "bits": ("bit(3)", BIT(3), [], ["101"]),
    "more_bits": ("bit varying", BIT(varying=True), [], ["", "10100000000"]),
    "mood": ("mood", MOOD, ["calm", 'loud "q", c'], []),
    "even": ("even", DOMAIN("even", Integer), ["4"], []),
    "o": ("oid", OID, [], ["4294967295"]),
    "h": ("hstore", HSTORE, [], ['"a"=>"1", "b"=>NULL', ""]),
    "place": ("point", Named("point"), [], ["(1.10,-0)"]),
    "pair": ("pair", Named("pair"), [], ['(1,"x,")']),
}  # fmt: skip

SETUP = """
    create extension if not exists citext; create extension if not exists hstore;
    create type mood as enum ('calm', 'loud "q", c'); create type pair as (a int, b text);
    create domain even as int check (value % 2 = 0)
"""
UNREADABLE = "Read-only: it cannot be changed here without losing a part of it."


@pytest.fixture
def ark(console: Console, database: Database) -> Database:
    """A table with a column of every type, and its pages."""
    columns = ", ".join(f"{name} {sql}" for name, (sql, *_) in TYPES.items())
    database.sql(SETUP)
    database.sql(f"create table ark (id int primary key, note text, {columns}, lexemes tsvector)")
    database.sql("grant all on ark to larder_app; select larder.track('ark')")
    made = [Column(name, kind) for name, (_, kind, *_) in TYPES.items()]
    own = [Column("id", Integer, primary_key=True, autoincrement=False), Column("note", Text)]
    registry().map_imperatively(ark := type("Ark", (), {}), Table("ark", MetaData(), *own, *made))
    console.add_view(type("ArkAdmin", (ModelAdmin,), {}, model=ark))
    return database


def board(database: Database, number: int, row: dict[str, str]) -> None:
    columns = "".join(f", {name}" for name in row)
    casts = "".join(f", cast(%s as text)::{TYPES[name][0]}" for name in row)
    database.sql(f"insert into ark (id, note{columns}) values (%s, 'a'{casts})", number, *row.values())


def stored(database: Database, number: int) -> tuple[str, str, str]:
    """Every column as Postgres' own text, without the note; the version of the row; how much is recorded."""
    whole = "replace(t::text, '(' || id || ',' || note, '')"
    counted = "(select count(*) from larder.operation)::text"
    ((row, version, operations),) = database.sql(
        f"select {whole}, xmin::text, {counted} from ark t where id = %s", number
    )
    return row, version, operations


async def saved(client: AsyncClient, number: int, **typed: str) -> tuple[dict[str, str], str]:
    """Open the form and send it as a browser does; returns its fields and what was said."""
    url = f"/admin/ark/edit/{number}"
    page = await client.get(url)
    assert page.status_code == 200
    fields = read(page)
    sent = {name: (None, text) for name, text in {**fields, **typed}.items()}
    return fields, toasts(await follow(client, await client.post(url, files=sent)))[-1]


async def test_what_was_opened_and_saved_is_the_same_to_the_byte(browse: Browse, ark: Database):
    client = await browse("editor")
    longest = max(len(carried) + len(shown) for _, _, carried, shown in TYPES.values())
    for number in range(longest + 1):
        rows = {name: [*carried, *shown][number] for name, (_, _, carried, shown) in TYPES.items()
                if number < len(carried) + len(shown)}  # fmt: skip
        board(ark, number, rows)
        before = stored(ark, number)
        fields, said = await saved(client, number)
        assert said == f"Nothing to save: Ark {number} is unchanged."
        assert stored(ark, number) == before
        carried = {name for name in rows if name in fields or f"was-{name}" in fields}
        assert carried == {name for name in rows if number < len(TYPES[name][2])}
        page = (await client.get(f"/admin/ark/edit/{number}")).text
        assert page.count(UNREADABLE) == len(rows) - len(carried)
        # A change of another field writes that field alone.
        assert (await saved(client, number, note="b"))[1] == f"Ark {number} saved."
        assert stored(ark, number)[0] == before[0]
        assert (await client.get(f"/admin/ark/details/{number}")).status_code == 200
    for query in ("", "?sortBy=moment&sort=desc", "?sortBy=day&mode=scroll&pageSize=10"):
        assert (await client.get(f"/admin/ark/list{query}")).status_code == 200


letters = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
lines = st.lists(letters | st.sampled_from(["\r\n", "\n", "\r", " "]), max_size=6).map("".join)
numbers = st.integers(-(10**40), 10**40) | st.decimals(allow_nan=False, allow_infinity=False, places=20)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | letters,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(letters, inner, max_size=3), max_leaves=6,
).map(lambda value: json.dumps(value, ensure_ascii=False, indent=None))  # fmt: skip
moments = st.datetimes().map(lambda value: value.isoformat().zfill(19)) | st.sampled_from(["infinity", "-infinity"])


def array(items: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    quoted = items.map(lambda item: '"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"')
    return st.lists(quoted | st.just("NULL"), max_size=4).map(lambda parts: "{" + ",".join(parts) + "}")


STRATEGIES: dict[str, st.SearchStrategy[str]] = {
    "big": st.integers(-(2**63), 2**63 - 1).map(str),
    "number": numbers.map(lambda value: f"{value:f}" if hasattr(value, "as_tuple") else str(value)),
    "price": st.decimals(-(10**9), 10**9, places=2).map(str),
    "double": st.floats().map(repr),
    "single": st.floats(width=32).map(repr),
    "words": lines,
    "body": lines,
    "short": letters.map(lambda text: text[:7]),
    "padded": letters.map(lambda text: text[:5]),
    "day": st.dates().map(str),
    "moment": moments,
    "naive": moments,
    "clock": st.times().map(str),
    "zoned": st.times().map(lambda value: f"{value}+05:30"),
    "span": st.timedeltas(dt.timedelta(-(10**6)), dt.timedelta(10**6)).map(
        lambda span: f"{span.days} days {span.seconds} seconds {span.microseconds} microseconds"
    ),
    "raw": st.binary(max_size=20).map(lambda value: "\\x" + value.hex()),
    "j": documents,
    "jb": documents.filter(lambda text: "\\u0000" not in text),
    "numbers": array(st.integers(-(2**31), 2**31 - 1)),
    "tags": array(letters),
    "ratios": array(st.floats()),
    "moments": array(moments),
    "net": st.ip_addresses().map(str),
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(row=st.fixed_dictionaries({}, optional=STRATEGIES))
async def test_whatever_a_row_holds(browse: Browse, ark: Database, row: dict[str, str]):
    client = await browse("editor")
    ark.sql("delete from ark")
    board(ark, 1, row)
    before = stored(ark, 1)
    assert (await saved(client, 1))[1] == "Nothing to save: Ark 1 is unchanged."
    assert stored(ark, 1) == before

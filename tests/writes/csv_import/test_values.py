"""Cells: what each kind of column takes, and what it refuses although Postgres itself would not."""

from __future__ import annotations

import pytest

from tests.postgres import Database
from tests.writes.csv_import.cases import Case, hold, one
from tests.writes.csv_import.conftest import Imports

pytestmark = pytest.mark.anyio

VALUES = [
    one("small", "1,000", "1_000", "0x1F", "１２", "٣", "1e3", "5.0", "five", bad="is not a whole number"),
    one("small", "2147483648", "-99999999999999999999", bad="is out of range (at most 2147483647)"),
    one("tiny", "32768", bad="at most 32767"),
    one("small", " 5 ", "+5", "005", stored="5"),
    one("small", "", "  ", stored=None),
    one("amount", "123.456", bad="too many decimals (at most 2)"),
    one("amount", "1234.5", bad="too large (at most 3 digits before the point)"),
    one("amount", "1,5", bad="with a point, not a comma"),
    one("amount", "NaN", "Infinity", "1e2", ".5", "5.", "1 000", bad="is not a number"),
    one("amount", "123.4500", stored="123.45"),
    one("amount", "-0", stored="0.00"),
    one("ratio", "NaN", stored="NaN"),
    one("ratio", "-Infinity", stored="-Infinity"),
    one("ratio", "1e3", "1000", "1000.0", stored="1000"),
    one("ratio", "-0", stored="-0"),
    one("ratio", "1e999", "inf", "1,5", bad="is "),
    one("day", "2026-02-30", "0000-01-01", bad="not a day of the calendar"),
    one("day", "03/04/2026", "3.4.2026", bad="use YYYY-MM-DD"),
    one("day", "today", "now", "infinity", "epoch", "20260101", "2026-1-1", bad="is not a date"),
    one("day", "45658", bad="spreadsheet"),
    one("at", "2026-11-23 14:05", stored="2026-11-23 14:05:00+00", warned="no zone and are read as UTC"),
    one("at", "2026-03-29T02:30:00+01:00", stored="2026-03-29 01:30:00+00"),
    one("at", "2026-11-23 14:05:06.123456Z", stored="2026-11-23 14:05:06.123456+00"),
    one("at", "yesterday", "2026-11-23 24:00", "2026-11-23 14:60", "2026-02-30 10:00", "14:05", bad="is not a da"),
    one("clock", "14:05", stored="14:05:00"),
    one("clock", "25:00", "allballs", bad="not a time of day"),
    one("flag", "yes", "1", "t", "TRUE", "on", stored="true"),
    one("flag", "no", "0", "F", "Off", stored="false"),
    one("flag", "maybe", "2", "tru", bad="neither yes nor no"),
    one("mood", "Angry", stored="Angry"),
    one("mood", "angry", "happy", bad="is none of calm, Angry"),
    one("code", "sixsix", bad="has 6 characters, at most 5 fit"),
    one("code", "five5", stored="five5"),
    one("data", '{"a": }', "{'a': 1}", "nul", bad="is not valid JSON"),
    one("data", '{"a": 1.10, "b": null}', stored='{"a": 1.10, "b": null}'),
    one("data", "null", stored="null"),
    one("doc", '{"b":1,  "a":2}', stored='{"b":1,  "a":2}'),
    one("doc", "[1,", bad="is not valid JSON"),
    one("tags", '{a,NULL,"b,c"}', stored='{a,NULL,"b,c"}'),
    one("tags", "{a,", "a", bad="refused by the database"),
    one("token", "0190a5b2-7c3e-7def-8abc-0123456789ab", stored="0190a5b2-7c3e-7def-8abc-0123456789ab"),
    one("token", "0190a5b2-7c3e", "{0190a5b2-7c3e-7def-8abc-0123456789ab}", bad="is not a UUID"),
    one("address", "10.0.0.300", "host", bad="refused by the database"),
    one("address", "10.0.0.3", stored="10.0.0.3/32"),
    one("during", "[5,1]", "5-9", bad="refused by the database"),
    one("during", "[1,5)", stored="[1,5)"),
    one("span", "two days", bad="refused by the database"),
    one("span", "1 mon 2 days 03:04:05", stored="1 mon 2 days 03:04:05"),
    one("blob", "\\xdeadbeef", "deadBEEF", stored="\\xdeadbeef"),
    one("blob", "\\xabc", "xyz", bad="is not hexadecimal"),
    Case(
        "53 empty where a value is required",
        "name,note\n,x\nben,y\n",
        bad={2: "is required, but empty"},
        stored=[("ben", "y")],
    ),
    Case(
        "62 a CHECK of the table",
        "name,amount\nann,-1\nben,1\n",
        bad={2: "amount"},
        stored=[("ben", "1.00")],
        columns=("name", "amount"),
    ),
    Case(
        "58 a key twice in the file",
        "name,code\nann,a\nben,b\ncy,a\ndi,a\n",
        bad={4: "is already on line 2", 5: "is already on line 2"},
        stored=[("ann", "a"), ("ben", "b")],
        columns=("name", "code"),
    ),
]


@pytest.mark.parametrize("case", VALUES, ids=lambda case: case.name)
async def test_a_cell_is_stored_as_it_stands_or_its_line_is_rejected(
    case: Case, imports: Imports, oddity: None, database: Database
):
    await hold(case, imports, database)

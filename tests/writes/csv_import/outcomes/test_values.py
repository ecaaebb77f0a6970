"""Cells: what each kind of column takes, and what it refuses although Postgres itself would not."""

from __future__ import annotations

import pytest

from tests.postgres import Database
from tests.writes.csv_import.conftest import Imports
from tests.writes.csv_import.outcomes.cases import Case, hold, one

pytestmark = pytest.mark.anyio

VALUES = [
    one("38 small", "1,000", bad="is not a whole number"),
    one("39 small", "1_000", "0x1F", "１２", "٣", "1e3", "5.0", "five", bad="is not a whole number"),
    one("40 small", "2147483648", "-99999999999999999999", bad="is out of range (at most 2147483647)"),
    one("40 tiny", "32768", bad="at most 32767"),
    one("55 small", " 5 ", "+5", "005", stored="5"),
    one("54 small", "", "  ", stored=None),
    one("41 amount", "123.456", bad="too many decimals (at most 2)"),
    one("41 amount", "1234.5", bad="too large (at most 3 digits before the point)"),
    one("42 amount", "1,5", bad="with a point, not a comma"),
    one("43 amount", "NaN", "Infinity", "1e2", ".5", "5.", "1 000", bad="is not a number"),
    one("41 amount", "123.4500", stored="123.45"),
    one("43 amount", "-0", stored="0.00"),
    one("43 ratio", "NaN", stored="NaN"),
    one("43 ratio", "-Infinity", stored="-Infinity"),
    one("43 ratio", "-0", stored="-0"),
    one("39 ratio", "1e3", "1000", "1000.0", stored="1000"),
    one("40 ratio", "1e999", "inf", "1,5", bad="is "),
    one("44 day", "2026-02-30", "0000-01-01", bad="not a day of the calendar"),
    one("45 day", "03/04/2026", "3.4.2026", bad="use YYYY-MM-DD"),
    one("46 day", "today", "now", "infinity", "epoch", "20260101", "2026-1-1", bad="is not a date"),
    one("47 day", "45658", bad="is a spreadsheet's day number; format the column as a date"),
    one("48 at", "2026-11-23 14:05", stored="2026-11-23 14:05:00+00", warned="no zone and are read as UTC"),
    one("49 at", "2026-03-29 02:30", stored="2026-03-29 02:30:00+00", warned="no zone and are read as UTC"),
    one("49 at", "2026-10-25T02:30:00+01:00", "2026-10-25 03:30+02:00", stored="2026-10-25 01:30:00+00"),
    one("48 at", "2026-11-23 14:05:06.123456Z", stored="2026-11-23 14:05:06.123456+00"),
    one("46 at", "yesterday", "2026-11-23 24:00", "2026-11-23 14:60", "2026-02-30 10:00", "14:05", bad="is not a da"),
    one("46 clock", "25:00", "allballs", bad="not a time of day"),
    one("48 clock", "14:05", stored="14:05:00"),
    one("50 flag", "yes", "1", "t", "TRUE", "on", stored="true"),
    one("50 flag", "no", "0", "F", "Off", "f", stored="false"),
    one("50 flag", "maybe", "2", "tru", bad="neither yes nor no"),
    one("51 mood", "Angry", stored="Angry"),
    one("51 mood", "angry", "happy", bad="is none of calm, Angry"),
    one("52 code", "sixsix", bad="has 6 characters, at most 5 fit"),
    one("52 code", "five5", stored="five5"),
    one("55 code", " five", stored=" five", warned="have blanks around them, which count"),
    one("56 data", '{"a": }', "{'a': 1}", "nul", bad="is not valid JSON"),
    one("56 data", '{"a": 1.10, "b": null}', stored='{"a": 1.10, "b": null}'),
    one("56 data", "null", stored="null"),
    one("56 doc", '{"b":1,  "a":2}', stored='{"b":1,  "a":2}'),
    one("56 doc", "[1,", bad="is not valid JSON"),
    one("56 tags", '{a,NULL,"b,c"}', stored='{a,NULL,"b,c"}'),
    one("56 tags", "{a,", "a", bad="is refused by the database: malformed array literal"),
    one("56 token", "0190a5b2-7c3e-7def-8abc-0123456789ab", stored="0190a5b2-7c3e-7def-8abc-0123456789ab"),
    one("56 token", "0190a5b2-7c3e", "{0190a5b2-7c3e-7def-8abc-0123456789ab}", bad="is not a UUID"),
    one("56 address", "10.0.0.300", "host", bad="refused by the database"),
    one("56 address", "10.0.0.3", stored="10.0.0.3/32"),
    one("56 during", "[5,1]", "5-9", bad="refused by the database"),
    one("56 during", "[1,5)", stored="[1,5)"),
    one("56 span", "two days", bad="refused by the database"),
    one("56 span", "1 mon 2 days 03:04:05", stored="1 mon 2 days 03:04:05"),
    one("56 blob", "\\xdeadbeef", "deadBEEF", stored="\\xdeadbeef"),
    one("56 blob", "\\xabc", "xyz", bad="is not hexadecimal"),
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
async def test_a_cell_is_stored_as_it_stands_or_its_line_is_rejected(case: Case, imports: Imports, database: Database):
    await hold(case, imports, database)

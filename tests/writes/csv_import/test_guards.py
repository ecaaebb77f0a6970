"""Every rule of the table is seen by the review, also those that its model does not know; the run meets no other."""

from __future__ import annotations

import pytest

from tests.postgres import Database
from tests.writes.csv_import import guarded
from tests.writes.csv_import.conftest import Imports

pytestmark = pytest.mark.anyio

CASES = {
    "an expression that a row has": ("name,code\nx,a-1\ny,c\n", {2: "is already used by another row: Ann (#1)"}),
    "an expression twice in the file": ("name,code\nx,C\ny,c\n", {3: "is already on line 2"}),
    "some rows only": ("name,nick,active\nx,annie,true\ny,benny,true\nz,annie,false\n", {2: "Ann (#1)"}),
    "some rows only, by their default": ("name,nick\nx,cy\ny,cy\n", {3: "is already on line 2"}),
    "an operator in an index": ("name,seat\nx,5\ny,105\nz,\n", {3: "is already on line 2"}),
    "several columns": ("name,hall,number,low\nx,a,1,1\ny,a,1,5\nz,a,1,5\n", {2: "Ann (#1)", 4: "on line 3"}),
    "NULL is a value": (
        "name,hall,low\nx,a,\ny,b,\nz,a,\n",
        {4: "is already on line 2"},
    ),
    "rows that exclude one another": (
        'name,low,during\nx,1,"[4,7)"\ny,2,"[22,25)"\nz,3,"[24,26)"\nw,4,"[30,31)"\n',
        {2: "overlaps with another row: Ann (#1)", 4: "overlaps with another row on line 3"},
    ),
    "a parent of two columns": (
        "name,hall,number,low\nx,a,2,5\ny,a,3,6\nz,,3,7\n",
        {3: "there is no place with this hall and number"},
    ),
    "a computed column": (
        "name,low,high\nx,5,15\ny,5,30\nz,6,31\nw,8,7\n",
        {2: "Ann (#1)", 4: "is already on line 3", 5: "breaks the rule"},
    ),
    "a domain": (
        "name,low,price\nx,1,499.99\ny,2,500\nz,3,1.234\n",
        {3: "is not allowed in a fare", 4: "too many decimals"},
    ),
    "an update that takes what another has": ("id,code\n2,a-1\n1,z\n", {2: "Ann (#1)"}),
    "updates that would agree": ("id,seat\n1,7\n2,107\n", {3: "is already on line 2"}),
    "an update of two of three columns": ("id,number,low\n1,2,2\n", {2: "Ben (#2)"}),
    "an update into an overlap": ('id,active,during\n2,true,"[4,6)"\n', {2: "overlaps with another row: Ann (#1)"}),
}


@pytest.mark.parametrize("name", CASES)
async def test_what_the_review_says_is_what_the_run_does(name: str, imports: Imports, database: Database):
    content, bad = CASES[name]
    database.sql(guarded.TABLE)
    report = await imports.check(content, "guarded", skip_bad=True)
    found = {rejection.line: rejection.reason for rejection in report.rejections}
    assert found.keys() == bad.keys(), found
    assert all(reason in found[line] for line, reason in bad.items()), found
    if report.importable:
        done = await imports.apply()
        assert (done.applied, done.counts) == (True, report.counts)


async def test_a_rule_that_fails_on_a_value_is_left_to_the_run(imports: Imports, database: Database):
    database.sql(guarded.TABLE)
    report = await imports.check("name,part,low,high\nx,5,,\ny,0,,\nz,,9,8\n", "guarded", skip_bad=True)
    assert (report.new, report.rejected) == (3, 0)
    done = await imports.apply()
    assert (done.new, [rejection.line for rejection in done.rejections]) == (1, [3, 4])

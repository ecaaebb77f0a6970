"""Lines that stand only together: values that change places within a file, and parents that stand in it."""

from __future__ import annotations

import pytest

from admin.writes import undo
from admin.writes.undo.told import UndoReport
from tests.postgres import Database
from tests.writes.csv_import import branches
from tests.writes.csv_import.conftest import ANN, Imports

pytestmark = pytest.mark.anyio

BRANCHES = """
select b.name, p.name, b.place, b.code, b.rank from branch b left join branch p on p.id = b.parent_id order by b.id
"""
CUSTOMERS = "select id, email from customer where deleted_at is null order by id"


async def undone(imports: Imports, operation: int | None = None) -> UndoReport:
    operation = operation or (await imports.stored()).record.operation_id
    assert operation is not None
    async with imports.sessions.begin() as session:
        return await undo.undo(session, ANN, operation)


async def agrees(imports: Imports, content: str, identity: str, **choices: object) -> dict[int, str]:
    """What the review rejects, by line; and the run does exactly what the review says."""
    report = await imports.check(content, identity, skip_bad=True, **choices)
    if report.importable:
        done = await imports.apply()
        assert (done.applied, done.counts) == (True, report.counts)
    return {one.line: one.reason for one in report.rejections}


async def test_values_change_places_in_one_import_and_back_by_undo(imports: Imports, database: Database):
    database.sql("insert into customer (email, name) values ('a@x', 'Ann'), ('b@x', 'Ben'), ('c@x', 'Cy')")
    before = database.sql(CUSTOMERS)
    # Two swap, the third gives its value to a new row.
    file = "id,email,name\n1,b@x,Ann\n2,a@x,Ben\n3,d@x,Cy\n,c@x,New\n"
    assert await agrees(imports, file, "customer") == {}
    assert database.sql(CUSTOMERS) == [(1, "b@x"), (2, "a@x"), (3, "d@x"), (4, "c@x")]
    after = database.sql(CUSTOMERS)
    first = await undone(imports)
    assert (first.undone, first.whole, database.sql(CUSTOMERS)) == (4, True, before)
    again = await undone(imports, first.operation_id)
    assert (again.undone, again.whole, database.sql(CUSTOMERS)) == (4, True, after)


async def test_who_takes_from_a_rejected_line_is_rejected_and_so_on(imports: Imports, database: Database):
    database.sql("insert into customer (email, name) values ('a@x', 'Ann'), ('b@x', 'Ben'), ('c@x', 'Cy')")
    file = "id,email,name,born\n1,b@x,Ann,\n2,c@x,Ben,\n3,d@x,Cy,never\n,a@x,New,\n"
    assert await agrees(imports, file, "customer") == {
        2: "is already used by Ben (#2)",
        3: "is already used by Cy (#3)",
        4: "is not a date (expected like 2026-11-23)",
        5: "is already used by Ann (#1)",
    }
    assert len(database.sql(CUSTOMERS)) == 3


async def test_columns_step_aside_as_they_can(imports: Imports, database: Database):
    database.sql(branches.TABLE)
    swap = "name,{0}\nAsh,2\nBox,1\nNew,3\nCedar,9\n"
    assert await agrees(imports, swap.format("place"), "branch") == {}
    database.sql("delete from branch where name = 'New'")
    assert await agrees(imports, swap.format("rank"), "branch") == {}
    assert database.sql("select name, place, rank from branch where place is not null or rank = 3 order by 1") == [
        ("Ash", 2, 2), ("Box", 1, 1), ("Cedar", 9, 9), ("New", None, 3)
    ]  # fmt: skip
    database.sql("delete from branch where name = 'New'")
    stuck = await agrees(imports, swap.format("code"), "branch", key="branch_name_key")
    assert stuck.keys() == {2, 3, 4}
    assert stuck[2] == (
        "is already used by Box (#2) until line 3 changes that, and values of this column cannot change places in one"
        " import: change that row first, to a value that nobody has"
    )


async def test_a_tree_is_imported_in_whatever_order(imports: Imports, database: Database):
    database.sql(branches.TABLE)
    file = "name,parent.name,rank\nLeaf,Twig,11\nTwig,Bough,12\nBough,Ash,13\nBox,Twig,2\nLost,Nobody,14\nLoop,Loop,9\n"
    assert await agrees(imports, file, "branch") == {6: "there is no branch with this name"}
    found = {name: parent for name, parent, *_ in database.sql(BRANCHES)}
    assert found == {
        "Ash": None, "Box": "Twig", "Cedar": None, "Leaf": "Twig", "Twig": "Bough", "Bough": "Ash", "Loop": "Loop"
    }  # fmt: skip
    assert (await undone(imports)).undone == 5
    assert {parent for _, parent, *_ in database.sql(BRANCHES)} == {None}
    await imports.run(file, "branch", skip_bad=True)
    again = await imports.check(f"{file}Box,Nobody,2\n".replace("Box,Twig,2\n", ""), "branch", skip_bad=True)
    assert (again.unchanged, again.rejected) == (4, 2)


async def test_a_parent_goes_by_its_key_and_takes_its_children_along(imports: Imports, database: Database):
    database.sql(branches.TABLE)
    file = "id,name,parent_id,rank\n9,Nine,8,9\n8,Eight,7,8\n7,Seven,1,7\n6,Six,5,6\n5,Five,4,5\n4,Four,,1\n"
    assert await agrees(imports, file, "branch") == {
        5: "line 6, its parent, is rejected", 6: "line 7, its parent, is rejected", 7: "is already used by Ash (#1)"
    }  # fmt: skip
    assert database.value("select array_agg(name order by id) from branch where id > 3") == ["Seven", "Eight", "Nine"]


async def test_a_row_changed_meanwhile_takes_along_who_needs_it(imports: Imports, database: Database):
    database.sql("insert into customer (email, name) values ('a@x', 'Ann'), ('b@x', 'Ben'), ('c@x', 'Cy')")
    report = await imports.check("id,email\n1,b@x\n2,d@x\n3,e@x\n", "customer", mode="update", skip_bad=True)
    assert report.changed == 3
    database.sql("update customer set city = 'Ulm' where id = 2")
    done = await imports.apply()
    assert (done.applied, done.changed, [one.line for one in done.rejections]) == (True, 1, [2, 3])
    assert database.sql(CUSTOMERS) == [(1, "a@x"), (2, "b@x"), (3, "e@x")]

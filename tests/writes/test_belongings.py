"""What goes into the trash with a row, over several levels and within one table, and comes back with it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin.actor import Actor
from admin.reads.query import ListQuery
from admin.reads.selection import Selection
from admin.writes import deletion
from admin.writes.deletion import Done, InTheWay
from admin.writes.undo import undo
from tests.postgres import Database
from tests.strangers import resource_of
from tests.writes.conftest import Act

pytestmark = pytest.mark.anyio


class Base(DeclarativeBase):
    pass


class Shop(Base):
    __tablename__ = "shop"
    id: Mapped[int] = mapped_column(primary_key=True)
    deleted_at: Mapped[dt.datetime | None]


class Aisle(Base):
    __tablename__ = "aisle"
    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey(Shop.id, ondelete="CASCADE"))
    deleted_at: Mapped[dt.datetime | None]


class Ware(Base):
    __tablename__ = "ware"
    id: Mapped[int] = mapped_column(primary_key=True)
    aisle_id: Mapped[int] = mapped_column(ForeignKey(Aisle.id, ondelete="CASCADE"))
    deleted_at: Mapped[dt.datetime | None]


class Branch(Base):
    __tablename__ = "branch"
    slug: Mapped[str] = mapped_column(Text, primary_key=True)
    above: Mapped[str | None] = mapped_column(ForeignKey("branch.slug", ondelete="CASCADE"))
    deleted_at: Mapped[dt.datetime | None]


CREATE = """
    create table shop (id int primary key, deleted_at timestamptz);
    create table aisle (id int primary key, shop_id int references shop on delete cascade, deleted_at timestamptz);
    create table ware (id int primary key, aisle_id int references aisle on delete cascade, deleted_at timestamptz);
    create table branch (slug text primary key, above text references branch on delete cascade, deleted_at timestamptz);
    grant all on shop, aisle, ware, branch to larder_app;
    select larder.track('shop'), larder.track('aisle'), larder.track('ware'), larder.track('branch');
    insert into shop values (1), (2);
    insert into aisle values (11, 1), (12, 1), (21, 2);
    insert into ware values (111, 11), (112, 11), (121, 12), (211, 21);
    insert into branch values ('root', null), ('a', 'root'), ('a1', 'a'), ('a2', 'a'), ('b', 'root')
"""


@pytest.fixture
def _tables(database: Database) -> None:
    database.sql(CREATE)


def live(database: Database, table: str, key: str = "id") -> list[object]:
    return [value for (value,) in database.sql(f"select {key} from {table} where deleted_at is null order by {key}")]


@pytest.mark.usefixtures("_tables")
async def test_three_levels_go_and_come_back_as_they_were(database: Database, act: Act, ann: Actor):
    await act(deletion.delete, ann, resource_of(Ware), Selection(keys=[(112,)]))
    await act(deletion.delete, ann, resource_of(Aisle), Selection(keys=[(12,)]))
    done = await act(deletion.delete, ann, resource_of(Shop), Selection(keys=[(1,)]))
    assert done.along == {"public.aisle": 1, "public.ware": 1}
    assert [live(database, table) for table in ("shop", "aisle", "ware")] == [[2], [21], [211]]
    done = await act(deletion.restore, ann, resource_of(Shop), Selection(keys=[(1,)]))
    assert done.along == {"public.aisle": 1, "public.ware": 1}
    assert [live(database, table) for table in ("shop", "aisle", "ware")] == [[1, 2], [11, 21], [111, 211]]


@pytest.mark.usefixtures("_tables")
async def test_deleting_for_good_takes_all_levels_and_undo_brings_all_back(database: Database, act: Act, ann: Actor):
    await act(deletion.delete, ann, resource_of(Shop), Selection(keys=[(1,)]))
    done = await act(deletion.purge, ann, resource_of(Shop), Selection(keys=[(1,)]))
    assert done.along == {"public.aisle": 2, "public.ware": 3}
    report = await act(undo, ann, done.operation_id)
    assert (report.undone, report.whole) == (6, True)
    assert database.value("select count(*) from ware") == 4


@pytest.mark.usefixtures("_tables")
async def test_a_tree_goes_with_its_branches_and_comes_back_with_them(database: Database, act: Act, ann: Actor):
    branch = resource_of(Branch)
    await act(deletion.delete, ann, branch, Selection(keys=[("a2",)]))
    done: Done = await act(deletion.delete, ann, branch, Selection(keys=[("root",)]))
    assert done.sentence == "Branch root and 3 branches deleted."
    assert live(database, "branch", "slug") == []
    with pytest.raises(InTheWay, match="its branch root is in the trash"):
        await act(deletion.restore, ann, branch, Selection(keys=[("a",)]))
    done = await act(deletion.restore, ann, branch, Selection(keys=[("root",)]))
    assert (done.rows, done.along) == (1, {"public.branch": 3})
    assert live(database, "branch", "slug") == ["a", "a1", "b", "root"]
    await act(deletion.delete, ann, branch, Selection(query=ListQuery()))
    done = await act(deletion.restore, ann, branch, Selection(query=ListQuery(deleted="only")))
    assert (done.rows, live(database, "branch", "slug")) == (5, ["a", "a1", "a2", "b", "root"])


@pytest.mark.usefixtures("_tables")
async def test_a_tree_deleted_for_good_comes_back(database: Database, act: Act, ann: Actor):
    branch = resource_of(Branch)
    await act(deletion.delete, ann, branch, Selection(keys=[("a",)]))
    done = await act(deletion.purge, ann, branch, Selection(keys=[("a",)]))
    assert (done.rows, done.along) == (1, {"public.branch": 2})
    report = await act(undo, ann, done.operation_id)
    assert (report.undone, report.whole) == (3, True)

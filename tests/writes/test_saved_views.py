"""Saved views: whose they are, what a name may be, how many there can be, and who may change them."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.actor import Actor
from admin.errors import BadRequest, Conflict, NotAllowed, NotFound
from admin.reads import saved_views as reads
from admin.reads.people import VIEWED
from admin.reads.preferences import Lists
from admin.tables import Person
from admin.writes import preferences, saved_views
from tests.postgres import Database

pytestmark = pytest.mark.anyio


@pytest.fixture
async def people(session_maker: async_sessionmaker[AsyncSession]) -> dict[str, Actor]:
    """Ann and Ben, who only look, and Ada, an admin."""
    made = {}
    async with session_maker.begin() as session:
        for name, role in (("Ann", "viewer"), ("Ben", "viewer"), ("Ada", "admin")):
            person = Person(name=name, role=role, password_hash="-")
            session.add(person)
            await session.flush()
            made[name] = Actor(person.id, name, role)
    return made


async def save(session: AsyncSession, who: Actor, name: str = "Drafts", *, shared: bool = False) -> int:
    return await saved_views.save(session, who, "document", (name, "status=draft"), shared=shared)


async def kept(session: AsyncSession, who: Actor, identity: str = "document") -> reads.Kept:
    """What a person keeps by now, as their next request finds it."""
    chosen = await session.scalar(select(Person.preferences).where(Person.id == who.id))
    viewed = await session.scalars(VIEWED.where(Person.id == who.id))
    return await reads.kept(session, who, Lists(chosen or {}, frozenset(viewed)), identity)


async def names(session: AsyncSession, who: Actor, identity: str = "document") -> list[tuple[str, str | None, bool]]:
    found = await kept(session, who, identity)
    return [(view.name, view.owner, view.changeable) for view in found.views]


async def test_a_view_is_seen_by_its_owner_and_a_shared_one_by_everybody(
    session: AsyncSession, people: dict[str, Actor]
):
    await save(session, people["Ann"], "private")
    await save(session, people["Ann"], "Open to all", shared=True)
    assert await names(session, people["Ann"]) == [("Open to all", None, True), ("private", None, True)]
    assert await names(session, people["Ben"]) == [("Open to all", "Ann", False)]
    assert await names(session, people["Ada"]) == [("Open to all", "Ann", True)]
    assert await names(session, people["Ann"], "book") == []


async def test_a_name_is_a_persons_own_on_one_table(session: AsyncSession, people: dict[str, Actor]):
    await save(session, people["Ann"], " Drafts ")
    with pytest.raises(Conflict, match="already a view called Drafts"):
        await save(session, people["Ann"])
    await save(session, people["Ben"])
    await saved_views.save(session, people["Ann"], "book", ("Drafts", ""), shared=False)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "two\nlines"])
async def test_what_is_no_name_is_refused(session: AsyncSession, people: dict[str, Actor], name: str):
    with pytest.raises(BadRequest, match="1 to 80 characters"):
        await save(session, people["Ann"], name)


async def test_there_is_an_end_to_views(
    session: AsyncSession, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(saved_views, "MOST", 2)
    await save(session, people["Ann"], "one")
    await save(session, people["Ann"], "two")
    with pytest.raises(Conflict, match="2 views already"):
        await save(session, people["Ann"], "three")
    await save(session, people["Ben"], "one")


async def test_only_the_owner_and_admins_change_a_shared_view(session: AsyncSession, people: dict[str, Actor]):
    view = await save(session, people["Ann"], shared=True)
    with pytest.raises(NotAllowed, match="only they and admins"):
        await saved_views.change(session, people["Ben"], "document", view, name="Mine", shared=True)
    with pytest.raises(NotAllowed):
        await saved_views.remove(session, people["Ben"], "document", view)
    await saved_views.change(session, people["Ada"], "document", view, name="All drafts", shared=True)
    assert await names(session, people["Ben"]) == [("All drafts", "Ann", False)]
    await saved_views.change(session, people["Ann"], "document", view, name="My drafts", shared=False)
    assert await names(session, people["Ben"]) == []


async def test_a_private_view_does_not_exist_for_others(session: AsyncSession, people: dict[str, Actor]):
    view = await save(session, people["Ann"])
    for other in (people["Ben"], people["Ada"]):
        with pytest.raises(NotFound, match="no such view"):
            await saved_views.change(session, other, "document", view, name="Mine", shared=False)
        with pytest.raises(NotFound):
            await saved_views.remove(session, other, "document", view)
    assert await saved_views.remove(session, people["Ann"], "document", view) == "Drafts"
    assert await names(session, people["Ann"]) == []


async def test_a_view_keeps_its_own_name_and_takes_no_other_ones(session: AsyncSession, people: dict[str, Actor]):
    view, _ = await save(session, people["Ann"]), await save(session, people["Ann"], "Others")
    await saved_views.change(session, people["Ann"], "document", view, name="Drafts", shared=True)
    with pytest.raises(Conflict, match="called Others"):
        await saved_views.change(session, people["Ann"], "document", view, name="Others", shared=True)


async def test_the_default_is_a_persons_own_and_ends_with_the_view(session: AsyncSession, people: dict[str, Actor]):
    view = await save(session, people["Ann"], shared=True)
    await preferences.remember(session, people["Ben"], "document", reads.VIEW, view)
    assert (await kept(session, people["Ann"])).default is None
    default = (await kept(session, people["Ben"])).default
    assert default is not None
    assert (default.id, default.query) == (view, "status=draft")
    await saved_views.change(session, people["Ann"], "document", view, name="Drafts", shared=False)
    assert (await kept(session, people["Ben"])).default is None


async def test_what_was_stored_in_another_shape_is_passed_over(
    session: AsyncSession, people: dict[str, Actor], database: Database
):
    for stored in ('{"lists": 7}', '{"lists": {"document": []}}', '{"lists": {"document": {"columns": 3}}}'):
        database.sql("update larder.person set preferences = %s::jsonb", stored)
        assert await kept(session, people["Ann"]) == reads.Kept()
    database.sql("""update larder.person set preferences = '{"lists": {"document": {"columns": ["id", 3]}}}'""")
    assert (await kept(session, people["Ann"])).columns == ("id",)


async def test_views_go_with_their_person(session: AsyncSession, people: dict[str, Actor], database: Database):
    await save(session, people["Ann"], shared=True)
    await session.commit()
    database.sql("delete from larder.person where name = 'Ann'")
    assert await names(session, people["Ben"]) == []

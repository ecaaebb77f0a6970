"""How a list starts: as its person chose last, else by the size of the table."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from admin.actor import Actor
from admin.reads import preferences
from admin.reads.preferences import Lists
from admin.reads.query import Mode
from admin.resource import Resource
from admin.tables import Person
from admin.writes.preferences import remember
from models import Customer, Event
from tests.strangers import resource_of

pytestmark = pytest.mark.anyio

EVENT, CUSTOMER = resource_of(Event), resource_of(Customer)


@pytest.fixture
async def people(session) -> tuple[Actor, Actor]:
    made = [Person(name=name, role="viewer", password_hash="x") for name in ("Ann", "Ben")]
    session.add_all(made)
    await session.flush()
    ann, ben = (Actor(person.id, person.name, person.role) for person in made)
    return ann, ben


async def kept(session, actor: Actor) -> Lists:
    """What a person's choices are by now, as their next request reads them."""
    return Lists(await session.scalar(select(Person.preferences).where(Person.id == actor.id)))


async def start(session, actor: Actor, resource: Resource) -> Mode:
    chosen = (await kept(session, actor)).of(resource.identity).get("mode")
    return await preferences.mode(session, resource, chosen)


async def test_a_choice_is_its_persons_and_its_tables(session, people):
    ann, ben = people
    await remember(session, ann, "event", "mode", "scroll")
    assert await start(session, ann, EVENT) == "scroll"
    assert await start(session, ben, EVENT) == "pages"
    assert await start(session, ann, CUSTOMER) == "pages"


async def test_the_last_choice_holds_and_leaves_the_others_alone(session, people):
    ann, _ = people
    await remember(session, ann, "event", "columns", ["id", "kind"])
    await remember(session, ann, "customer", "mode", "scroll")
    for mode in ("scroll", "pages"):
        await remember(session, ann, "event", "mode", mode)
    assert (await kept(session, ann)).of("event") == {"columns": ["id", "kind"], "mode": "pages"}
    assert (await kept(session, ann)).of("customer") == {"mode": "scroll"}


@pytest.mark.parametrize("stored", [{}, {"lists": []}, {"lists": {"event": "scroll"}}])
def test_what_was_stored_in_another_shape_is_no_choice(stored):
    assert Lists(stored).of("event") == {}


async def test_a_large_table_starts_in_scroll_until_somebody_chose(session, people, database, queries, monkeypatch):
    ann, _ = people
    database.sql("insert into event (kind) select 'order.paid' from generate_series(1, 500)")
    database.sql("analyze event")
    monkeypatch.setattr(preferences, "LARGE", 499)
    assert await start(session, ann, EVENT) == "scroll"
    queries.clear()
    assert await preferences.mode(session, EVENT, None) == "scroll"
    assert len(queries) == 0
    await remember(session, ann, "event", "mode", "pages")
    assert await start(session, ann, EVENT) == "pages"
    monkeypatch.setattr(preferences, "LARGE", 500)
    assert await start(session, people[1], EVENT) == "pages"

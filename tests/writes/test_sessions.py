from __future__ import annotations

import hashlib

import pytest

from admin.reads.people import Credentials, visitor
from admin.writes import sessions

pytestmark = pytest.mark.anyio


@pytest.fixture
def who(database) -> Credentials:
    person = database.value(
        "insert into larder.person (name, role, password_hash) values ('Ann', 'editor', 'h') returning id"
    )
    return Credentials(person, "h")


async def test_a_session_leads_to_its_person(session, who):
    token = await sessions.open_session(session, who, ip="192.0.2.1", agent="a" * 500)
    assert sessions.TOKEN.fullmatch(token)
    found = await visitor(session, sessions.token_hash(token))
    assert (found.actor.name, found.actor.role, found.seen_lately, found.flash) == ("Ann", "editor", True, [])


async def test_the_table_holds_the_digest(session, who, database):
    token = await sessions.open_session(session, who, ip=None, agent="a" * 500)
    await session.commit()
    ((digest, agent),) = database.sql("select token_hash, agent from larder.session")
    assert digest == hashlib.sha256(token.encode()).digest()
    assert agent == "a" * 200


async def test_no_session_for_who_was_shut_out_or_changed_since_the_check(session, who, database):
    assert await sessions.open_session(session, Credentials(who.person_id, "other"), ip=None, agent=None) is None
    database.sql("update larder.person set active = false")
    assert await sessions.open_session(session, who, ip=None, agent=None) is None


async def test_opening_one_sweeps_out_what_has_ended(session, who, database):
    for _ in range(3):
        await sessions.open_session(session, who, ip=None, agent=None)
    await session.commit()
    database.sql("update larder.session set last_seen_at = now() - interval '13 hours'")
    await sessions.open_session(session, who, ip=None, agent=None)
    await session.commit()
    assert database.value("select count(*) from larder.session") == 1


async def test_closing_twice_is_closing_once(session, who):
    digest = sessions.token_hash(str(await sessions.open_session(session, who, ip=None, agent=None)))
    await sessions.close_session(session, digest)
    await sessions.close_session(session, digest)
    assert await visitor(session, digest) is None


async def test_messages_left_after_the_page_was_asked_for_are_not_lost(session, who):
    digest = sessions.token_hash(str(await sessions.open_session(session, who, ip=None, agent=None)))
    await sessions.leave_flash(session, digest, {"text": "first"})
    shown = (await visitor(session, digest)).flash
    await sessions.leave_flash(session, digest, {"text": "second"})
    await sessions.drop_flash(session, digest, shown)
    assert [flash["text"] for flash in (await visitor(session, digest)).flash] == ["first", "second"]

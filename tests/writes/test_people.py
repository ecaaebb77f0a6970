from __future__ import annotations

import asyncio

import pytest

from admin.errors import BadRequest, Conflict, Invalid, NotFound
from admin.reads.people import credentials
from admin.writes import passwords, people, sessions

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery staple"


@pytest.fixture
async def ann(session, database):
    """Ann, with one session open."""
    person = await people.add(session, "Ann", "editor", PASSWORD)
    known = await credentials(session, "ann")
    await sessions.open_session(session, known, ip=None, agent=None)
    await session.commit()
    return person


async def test_somebody_is_added_who_can_then_log_in(session):
    person = await people.add(session, "  Ann Lee ", "viewer", PASSWORD)
    assert (person.name, person.role, person.active) == ("Ann Lee", "viewer", True)
    known = await credentials(session, "ann LEE")
    assert known.person_id == person.id
    assert await passwords.matches(known.password_hash, PASSWORD)


async def test_a_name_is_taken_in_any_case(session, ann):
    with pytest.raises(Conflict, match="already a person called ANN"):
        await people.add(session, "ANN", "viewer", PASSWORD)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\nb", "a\0b", "a\u202eb"])
async def test_names_that_cannot_be(session, name):
    with pytest.raises(BadRequest):
        await people.add(session, name, "viewer", PASSWORD)


async def test_there_are_three_roles(session):
    with pytest.raises(BadRequest, match="admin, editor, viewer"):
        await people.add(session, "Ann", "owner", PASSWORD)


async def test_a_weak_password_is_refused(session, ann):
    with pytest.raises(Invalid):
        await people.add(session, "Bob", "viewer", "short")
    with pytest.raises(Invalid):
        await people.set_password(session, "Ann", "Ann Ann Ann Ann")


async def test_another_password_ends_the_sessions(session, ann, database):
    await people.set_password(session, "ANN", "three brown foxes at dawn")
    await session.commit()
    known = await credentials(session, "Ann")
    assert await passwords.matches(known.password_hash, "three brown foxes at dawn")
    assert database.value("select count(*) from larder.session") == 0


async def test_a_person_who_is_not_there(session):
    with pytest.raises(NotFound, match="no person called Nobody"):
        await people.set_password(session, "Nobody", PASSWORD)


class TestEnsureAdmin:
    async def test_the_first_start_makes_a_password_nobody_else_knows(self, session):
        made = await people.ensure_admin(session, None)
        assert len(made) >= 20
        assert await passwords.matches((await credentials(session, "admin")).password_hash, made)

    async def test_a_given_password_is_taken_as_it_is(self, session):
        assert await people.ensure_admin(session, "short") == "short"
        assert await passwords.matches((await credentials(session, "admin")).password_hash, "short")

    @pytest.mark.usefixtures("ann")
    async def test_a_later_start_changes_nothing(self, session):
        assert await people.ensure_admin(session, None) is None
        assert await credentials(session, "admin") is None

    async def test_of_several_processes_one_makes_the_person(self, session_maker, database):
        async def start():
            async with session_maker.begin() as session:
                return await people.ensure_admin(session, None)

        made = await asyncio.gather(*(start() for _ in range(5)))
        assert len([password for password in made if password]) == 1
        assert database.value("select count(*) from larder.person") == 1

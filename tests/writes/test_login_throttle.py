from __future__ import annotations

import asyncio

import pytest

from admin.writes.login_throttle import FOR_ADDRESS, FOR_PAIR, FOR_PERSON, count_try, forgive

pytestmark = pytest.mark.anyio

HERE = "192.0.2.1"


async def waits(session, count, name="ann", ip=HERE) -> list[bool]:
    return [await count_try(session, name, ip) > 0 for _ in range(count)]


async def test_a_person_at_an_address_has_five_tries(session):
    assert await waits(session, 7) == [False] * FOR_PAIR + [True] * 2


async def test_trying_on_does_not_make_the_wait_longer(session):
    await waits(session, FOR_PAIR)
    first = await count_try(session, "ann", HERE)
    assert 290 <= first <= 300
    assert await count_try(session, "ann", HERE) <= first


async def test_an_address_has_thirty_tries_whoever_it_tries_to_be(session):
    found = [await count_try(session, f"person {number}", HERE) > 0 for number in range(FOR_ADDRESS + 2)]
    assert found == [False] * FOR_ADDRESS + [True] * 2
    assert await count_try(session, "ann", "192.0.2.2") == 0


async def test_past_a_hundred_failures_everywhere_a_person_has_one_try_an_address(session):
    addresses = [f"198.51.100.{number}" for number in range(FOR_PERSON)]
    assert [await count_try(session, "ann", ip) for ip in addresses] == [0] * FOR_PERSON
    assert await waits(session, 2) == [False, True]
    assert await count_try(session, "bob", HERE) == 0


async def test_refused_tries_do_not_shut_the_person_out_elsewhere(session):
    await waits(session, 300)
    assert await waits(session, FOR_PAIR, ip="192.0.2.2") == [False] * FOR_PAIR


async def test_a_window_begins_anew_when_it_is_over(session, database):
    await waits(session, FOR_PAIR + 1)
    await session.commit()
    database.sql("update larder.login_throttle set until = now() - interval '1 second'")
    assert await waits(session, FOR_PAIR + 1) == [False] * FOR_PAIR + [True]


async def test_what_is_over_is_swept_out(session, database):
    for number in range(20):
        await count_try(session, f"person {number}", HERE)
    await session.commit()
    database.sql("update larder.login_throttle set until = now() - interval '1 second'")
    await count_try(session, "ann", "192.0.2.9")
    await session.commit()
    assert database.value("select count(*) from larder.login_throttle") == 3


async def test_forgiving_gives_the_tries_back(session):
    await waits(session, FOR_PAIR)
    await forgive(session, "ann", HERE)
    assert await waits(session, FOR_PAIR + 1) == [False] * FOR_PAIR + [True]


async def test_a_login_of_ones_own_does_not_hide_guesses_at_others(session):
    for number in range(FOR_ADDRESS):
        await count_try(session, f"victim {number}", HERE)
    await count_try(session, "mallory", HERE)
    await forgive(session, "mallory", HERE)
    assert await count_try(session, "victim", HERE) > 0


@pytest.mark.parametrize(("one", "other"), [("Ann", "aNN"), ("ÄNN", "änn"), ("a\0nn", "ann")])
async def test_ways_to_write_a_name_are_counted_together(session, one, other):
    await waits(session, FOR_PAIR, name=one)
    assert await count_try(session, other, HERE) > 0


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8::1", "2001:db8::2"), ("::ffff:192.0.2.1", HERE), ("fe80::1%eth0", "fe80::2"), (None, "x")],
)
async def test_addresses_of_one_network_are_counted_together(session, one, other):
    await waits(session, FOR_PAIR, ip=one)
    assert await count_try(session, "ann", other) > 0


async def test_no_name_is_kept(session, database):
    await count_try(session, "typed-my-password-here", HERE)
    await session.commit()
    assert "typed" not in str(database.sql("select * from larder.login_throttle"))


async def test_two_at_once_for_one_person_never_wait_for_each_other_in_a_circle(session_maker, database):
    async def once(number: int) -> None:
        async with session_maker.begin() as session:
            await count_try(session, f"person {number % 3}", f"192.0.2.{number % 4}")
        async with session_maker.begin() as session:
            await forgive(session, f"person {number % 3}", f"192.0.2.{number % 4}")

    await asyncio.gather(*(once(number) for number in range(60)))
    assert database.value("select sum(failures) from larder.login_throttle") == 0

"""How often somebody may try to log in: counted in Postgres, so that it holds for all processes and after a restart.

A try is counted before the password is looked at, in one statement and a transaction of its own: of sixty tries sent
at once exactly as many are evaluated as are allowed. Counting a name that nobody has is the same as counting one that
exists. Keys hold a digest of the name, since people type their password into the wrong field now and then.
"""

from __future__ import annotations

import ipaddress

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

FOR_PAIR = 5
"""Failures of one person from one address within five minutes."""
FOR_ADDRESS = 30
"""Failures from one address within five minutes, whoever it tries to be."""
FOR_PERSON = 100
"""Failures of one person within an hour, from everywhere. Past this an address gets one try in five minutes: slowed
down and not locked out, so that nobody can shut a person out from afar."""

SWEPT_AT_ONCE = 100

KEYS = """
keys as (
  select 'address ' || address as address, 'pair ' || address || ' ' || digest as pair, 'person ' || digest as person
  from (select cast(:address as text), encode(sha256(convert_to(lower(cast(:name as text)), 'UTF8')), 'hex'))
    as given (address, digest)
)"""

ONE_MORE = """
  on conflict (key) do update set
    failures = case when t.until <= now() then 1 else t.failures + 1 end,
    until = case when t.until <= now() then excluded.until else t.until end
  returning failures, until"""

# Each counter is counted only when the one before it lets the try pass, so that refused tries cannot be used to fill
# the counter of somebody else; and always in this order, so that no two tries wait for each other in a circle.
COUNT = text(
    """
with $KEYS, address_count as (
  insert into larder.login_throttle as t (key, failures, until)
  select address, 1, now() + interval '5 minutes' from keys $ONE_MORE
), pair_count as (
  insert into larder.login_throttle as t (key, failures, until)
  select pair, 1, now() + interval '5 minutes' from keys, address_count where failures <= :for_address $ONE_MORE
), person_count as (
  insert into larder.login_throttle as t (key, failures, until)
  select person, 1, now() + interval '1 hour' from keys, pair_count where failures <= :for_pair $ONE_MORE
)
select ceil(extract(epoch from max(until) - now()))::int from (
  select until from address_count where failures > :for_address
  union all select until from pair_count where failures > :for_pair
  union all select pair_count.until from pair_count, person_count
    where person_count.failures > :for_person and pair_count.failures > 1
) as refusals
""".replace("$KEYS", KEYS).replace("$ONE_MORE", ONE_MORE)
)

FORGIVE = text(
    """
with $KEYS, mine as (
  select t.key from larder.login_throttle as t, keys
  where t.key in (keys.address, keys.pair, keys.person) order by t.key for update of t
)
update larder.login_throttle as t
set failures = case when t.key like 'pair %' then 0 else greatest(t.failures - 1, 0) end
from mine where t.key = mine.key
""".replace("$KEYS", KEYS)
)

SWEEP = text("""
delete from larder.login_throttle where key in (
  select key from larder.login_throttle where until <= now() limit :most for update skip locked
)
""")


async def count_try(session: AsyncSession, name: str, ip: str | None) -> int:
    """Count a try as failed until `forgive` takes it back; returns the seconds to wait, 0 when it may go on.

    The caller commits before it looks at the password. Refused tries do not make the wait longer.
    """
    limits = {"for_pair": FOR_PAIR, "for_address": FOR_ADDRESS, "for_person": FOR_PERSON}
    wait = await session.scalar(COUNT, {**_keys(name, ip), **limits})
    # Afterwards: it locks other rows without waiting for any, and whoever holds those must not wait for ours.
    await session.execute(SWEEP, {"most": SWEPT_AT_ONCE})
    return max(int(wait), 1) if wait is not None else 0


async def forgive(session: AsyncSession, name: str, ip: str | None) -> None:
    """Take back what a try that turned out right was counted as, and what this person mistyped before it."""
    await session.execute(FORGIVE, _keys(name, ip))


def _keys(name: str, ip: str | None) -> dict[str, str]:
    return {"name": name.replace("\0", ""), "address": _address(ip)}


def _address(ip: str | None) -> str:
    """The address to count by: an IPv6 network of 64 bits is one, since a single person has all of it."""
    try:
        address = ipaddress.ip_address((ip or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)

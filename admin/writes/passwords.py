"""Passwords: how they are kept, checked, and which are too easy to guess.

argon2id with the parameters OWASP gives for 19 MiB: about 35 ms a try on a small machine, so that guessing is dear
and a login is not. Hashing runs in threads (argon2 frees the interpreter) and at most four at a time, so that a
hundred logins at once take neither the memory nor the processors of everybody else.
"""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from admin.errors import FieldError, Invalid

SHORTEST = 12
"""Characters a password chosen by a person needs."""
LONGEST = 1024
"""Bytes; a longer one is refused before it costs anything."""

NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$lpAqWJoyt9cN6bscPBVCnw$FFr+ZlTHCo0UOBsUSUZZc0edWV8JtPl0tWPHS6mqqIc"
"""The hash of a password thrown away: checked when there is no such person, so that the answer takes as long."""

COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())
"""Words that guessing programs try first, alone or with others, digits and signs around them."""
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
"""Characters in the order of the alphabet or of a keyboard."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_at_once = CapacityLimiter(4)


async def hashed(password: str) -> str:
    """The hash to store. Raises `Invalid` when the password is longer than any person types."""
    _require_possible(password)
    return await to_thread.run_sync(_hasher.hash, password, limiter=_at_once)


async def matches(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the stored hash; None (nobody) takes the same time and is never right."""
    _require_possible(password)
    right = await to_thread.run_sync(_verify, stored or NOBODY, password, limiter=_at_once)
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def require_strong(password: str, name: str) -> None:
    """Raise `Invalid` when a chosen password is too short or among the first that somebody would try."""
    _require_possible(password)
    if len(password) < SHORTEST:
        raise _refused(f"A password needs at least {SHORTEST} characters; this one has {len(password)}.")
    if _is_easy(password.casefold(), name.casefold()):
        raise _refused("This password is easy to guess. Three or four words that do not belong together are better.")


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _require_possible(password: str) -> None:
    if len(password.encode(errors="surrogatepass")) > LONGEST:
        raise _refused(f"A password can have at most {LONGEST} bytes.")


def _is_easy(password: str, name: str) -> bool:
    """Whether one or two common words, the person's name or keyboard runs are nearly all of it."""
    rest, found = password, 0
    for piece in chain(sorted({*COMMON, name} - {""}, key=len, reverse=True), chain.from_iterable(map(_pieces, RUNS))):
        if piece in rest:
            rest, found = rest.replace(piece, " "), found + 1
    letters = set(re.sub(r"[\W\d_]", "", rest))
    return len(set(password)) < 5 or (found in (1, 2) and len(letters) < 4)


def _pieces(run: str) -> list[str]:
    """Every stretch of four or more characters of a run, forwards and backwards, longest first."""
    stretches = [run[start : start + size] for size in range(len(run), 3, -1) for start in range(len(run) - size + 1)]
    return [piece for stretch in stretches for piece in (stretch, stretch[::-1])]


def _refused(sentence: str) -> Invalid:
    return Invalid([FieldError("password", sentence)])

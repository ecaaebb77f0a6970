from __future__ import annotations

import pytest

from admin.errors import Invalid
from admin.writes import passwords

pytestmark = pytest.mark.anyio


async def test_a_hash_is_argon2id_with_the_parameters_of_owasp():
    stored = await passwords.hashed("x")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored != await passwords.hashed("x"), "salted"


async def test_only_the_same_password_matches():
    stored = await passwords.hashed("Grün 🦊 ")
    assert await passwords.matches(stored, "Grün 🦊 ")
    for other in ("Grün 🦊", "grün 🦊 ", "Gru\u0308n 🦊 ", ""):
        assert not await passwords.matches(stored, other)


@pytest.mark.parametrize("stored", ["", "plain", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$broken"])
async def test_what_is_no_hash_matches_nothing(stored):
    assert not await passwords.matches(stored, stored)


@pytest.mark.parametrize("password", ["x" * 1025, "é" * 513])
async def test_the_limit_is_in_bytes(password):
    for refused in (passwords.hashed(password), passwords.matches(None, password)):
        with pytest.raises(Invalid, match="1024 bytes"):
            await refused


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple", "Tr0ub4dor&3 and more", "kjhsdfkjhwe8", "8f3!9$2@7&1%", "tomato river lamp 12",
        "purple cheese orange tennis", "漢字かな交じり文を書くこと",
    ],
)  # fmt: skip
def test_strong(password):
    passwords.require_strong(password, "Vic Viewer")


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "Password2024!", "p@ssw0rdp@ssw0rd", "qwertyuiop12", "123456789012", "1q2w3e4r5t6y",
        "abcdefghijkl", "adminadminadmin", "letmein-letmein", "aaaaaaaaaaaaa", "abababababab", "Vic Viewer 2024!",
        "vic viewer!!!!!", "correcthorsebatterystaple", "lkjhgfdsapoiu",
    ],
)  # fmt: skip
def test_easy_to_guess(password):
    with pytest.raises(Invalid, match="easy to guess"):
        passwords.require_strong(password, "Vic Viewer")


@pytest.mark.parametrize("password", ["", "x", "tomato lamp"])
def test_too_short(password):
    with pytest.raises(Invalid, match=f"12 characters; this one has {len(password)}"):
        passwords.require_strong(password, "")

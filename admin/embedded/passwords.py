"""The generated passwords of the embedded server's three roles, kept in one file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from admin.embedded.account import Account
from admin.embedded.errors import EmbeddedPostgresError

SUPERUSER, OWNER, APP = "postgres", "larder_owner", "larder_app"
FILE = "passwords.json"


def load_or_make(state_dir: Path, data: Path, account: Account) -> dict[str, str]:
    """Role to password. Made before the first initdb, so that data never exists without its passwords."""
    file = state_dir / FILE
    if not file.exists() and not data.exists():
        _write(file, {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP)}, account)
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {role: str(found[role]) for role in (SUPERUSER, OWNER, APP)}
    except (OSError, ValueError, KeyError, TypeError):
        raise EmbeddedPostgresError(
            f"The passwords of the embedded database cannot be read from {file}. "
            f"Put the file back, or move {data} away to begin with an empty database."
        ) from None


def _write(file: Path, passwords: dict[str, str], account: Account) -> None:
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(passwords, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    account.hand_over(fresh)
    fresh.rename(file)

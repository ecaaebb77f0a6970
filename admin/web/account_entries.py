"""People and their sessions as pages show them: times that scripts make local, browsers in a word."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from admin.reads.accounts import Account, OpenSession
from admin.web import urls

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip
"""What stands in a browser's own name for itself, first match first: each one also claims to be those after it."""


@dataclass(frozen=True)
class PersonEntry:
    """One person of the list."""

    id: int
    name: str
    role: str
    active: bool
    sessions: int
    seen_at: dt.datetime | None
    created_at: dt.datetime
    url: str


@dataclass(frozen=True)
class SessionEntry:
    """One open session; `agent` is what the browser says of itself in full."""

    short: str
    device: str
    agent: str
    ip: str
    created_at: dt.datetime
    seen_at: dt.datetime
    here: bool


def person(account: Account) -> PersonEntry:
    return PersonEntry(
        account.id, account.name, account.role, account.active, account.sessions, account.seen_at, account.created_at,
        urls.person(account.id),
    )  # fmt: skip


def session(one: OpenSession) -> SessionEntry:
    agent = one.agent or ""
    return SessionEntry(one.short, _device(agent), agent, one.ip or "", one.created_at, one.seen_at, one.here)


def _device(agent: str) -> str:
    """“Firefox on Linux”; what is no browser by its first word."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or re.split(r"[/\s]", agent, maxsplit=1)[0][:40] or "Unknown"

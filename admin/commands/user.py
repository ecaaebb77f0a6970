"""`user`: who may log in. A password is asked for twice at a terminal; a script hands it in as one line of input."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import click
from sqlalchemy.ext.asyncio import AsyncSession

from admin.commands import database
from admin.database import make_engine, make_session_maker
from admin.settings import Settings
from admin.tables import ROLES
from admin.writes import people


@click.group()
def user() -> None:
    """Add people who may log in, and change their passwords."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True, help="What the person may do.")
def add(name: str, role: str) -> None:
    """Let NAME log in."""
    password = _ask()
    _run(lambda session: people.add(session, name, role, password))
    click.echo(f"{name} can log in now, as {role}.")


@user.command()
@click.argument("name")
def password(name: str) -> None:
    """Give NAME another password; whoever is logged in as NAME has to log in again."""
    chosen = _ask()
    _run(lambda session: people.set_password(session, name, chosen))
    click.echo(f"The password of {name} is changed.")


def _ask() -> str:
    if _is_terminal():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more"))
    return sys.stdin.readline().rstrip("\r\n")


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _run(change: Callable[[AsyncSession], Awaitable[Any]]) -> None:
    with database.opened() as settings:
        database.migrate(settings)
        asyncio.run(_in_transaction(settings, change))


async def _in_transaction(settings: Settings, change: Callable[[AsyncSession], Awaitable[Any]]) -> None:
    engine = make_engine(settings)
    try:
        async with make_session_maker(engine).begin() as session:
            await change(session)
    finally:
        await engine.dispose()

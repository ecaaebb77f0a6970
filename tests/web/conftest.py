"""The whole console without a server: an application on the test's database, and browsers that visit it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import anyio
import pytest
from httpx2 import ASGITransport, AsyncClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.applications import Starlette

from admin.app import create_app
from admin.jobs import worker
from admin.jobs.imports import Works
from admin.reads.people import credentials
from admin.settings import Settings
from admin.tables import Person
from admin.web.console import Console
from admin.writes import passwords, sessions

PASSWORD = "correct horse battery staple"
ORIGIN = "http://localhost"

Browse = Callable[..., Awaitable[AsyncClient]]
Work = Callable[[], Awaitable[None]]


class CompiledOnce(BytecodeCache):
    """Templates compiled once a run: each test has an application of its own, and compiling took a third of it."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledOnce()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hashed once a run: it costs as much as it should."""
    return anyio.run(passwords.hashed, PASSWORD)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    made = create_app(settings)
    made.state.console.renderer.env.bytecode_cache = COMPILED
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
def console(app: Starlette) -> Console:
    found: Console = app.state.console
    return found


@pytest.fixture
def work(console: Console) -> Work:
    """`await work()` does what pages have left to workers, as a worker does it, and returns when nothing is left."""
    return lambda: worker.drain(Works(console.settings, console.sessions, console.resources))


@pytest.fixture
async def people(session_maker: async_sessionmaker[AsyncSession], password_hash: str) -> None:
    """One person of each role, called like it; all with PASSWORD."""
    async with session_maker.begin() as session:
        session.add_all(
            Person(name=role, role=role, password_hash=password_hash) for role in ("admin", "editor", "viewer")
        )


@pytest.fixture
async def browse(
    app: Starlette, people: None, session_maker: async_sessionmaker[AsyncSession]
) -> AsyncIterator[Browse]:
    """`await browse("editor")` is a browser in which the editor is logged in, `await browse()` one in which nobody is.

    It says of itself what a browser would on the console's own pages; `base_url` and `ip` can be given.
    """
    async with AsyncExitStack() as opened:

        async def browser(who: str | None = None, base_url: str = ORIGIN, ip: str = "127.0.0.1") -> AsyncClient:
            transport = ASGITransport(app, client=(ip, 50_000))
            headers = {"origin": base_url, "accept": "text/html"}
            client = await opened.enter_async_context(
                AsyncClient(transport=transport, base_url=base_url, headers=headers)
            )
            if who is not None:
                async with session_maker.begin() as session:
                    known = await credentials(session, who)
                    assert known is not None
                    token = await sessions.open_session(session, known, ip=ip, agent="test")
                client.cookies.set("larder", str(token))
            return client

        yield browser

"""From a file to a review: receive it, read it, check what is offered for it; and again with other choices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import BinaryIO

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from admin.actor import Actor
from admin.database import bounded
from admin.errors import Conflict
from admin.resource import Resource
from admin.writes.csv_import import guess, plan, remember, sniff, stage, store
from admin.writes.csv_import.check import check
from admin.writes.csv_import.errors import Unreadable
from admin.writes.csv_import.options import Options
from admin.writes.csv_import.report import Report
from admin.writes.csv_import.sniff import Format
from admin.writes.csv_import.stage import Staged
from admin.writes.csv_import.store import Stored

NAME_LIMIT = 255
LARGE = 4 * 2**20
"""Bytes from which on reading and checking a file takes seconds, which no request should."""


@dataclass(frozen=True)
class Upload:
    """A file that is handed in, open for reading; encoding and delimiter are found in it unless they are given."""

    name: str
    file: BinaryIO
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


async def keep(session: AsyncSession, actor: Actor, resource: Resource, upload: Upload, *, timeout_ms: int) -> int:
    """Take a file in, to be read later; returns the import's id.

    Raises `Unreadable` for what is no CSV file at all; nothing is kept then.
    """
    form = await to_thread.run_sync(sniff.sniff, upload.file, upload.encoding, upload.delimiter, upload.sheet)
    sha256, size = await to_thread.run_sync(stage.digest, upload.file)
    import_id = await store.add(
        session, actor, resource.identity,
        file_name=clean_name(upload.name), file_bytes=size, sha256=sha256, options=store.kept(form),
    )  # fmt: skip
    async with bounded(session, timeout_ms):
        await stage.keep_file(session, import_id, upload.file)
    return import_id


async def receive(session: AsyncSession, actor: Actor, resource: Resource, upload: Upload, *, timeout_ms: int) -> int:
    """Take a file in, read it and check what is offered for it; returns the import's id.

    Raises `Unreadable` as `keep` does. A file that might be readable in another encoding or with another delimiter is
    kept, in state `failed`, with the reason.
    """
    import_id = await keep(session, actor, resource, upload, timeout_ms=timeout_ms)
    form = (await store.get(session, import_id)).format
    async with bounded(session, timeout_ms):
        await _read(session, resource, import_id, upload.file, form)
    return import_id


async def read_kept(session: AsyncSession, resource: Resource, import_id: int, *, timeout_ms: int) -> None:
    """Read the kept file in the way that was found or chosen before."""
    form = (await store.get(session, import_id)).format
    await read_again(session, resource, import_id, form, timeout_ms=timeout_ms)


async def read_again(
    session: AsyncSession, resource: Resource, import_id: int, form: Format, *, timeout_ms: int
) -> None:
    """Read the kept file with another encoding, delimiter or without a header row; earlier choices are dropped."""
    await _open(session, import_id)
    async with bounded(session, timeout_ms):
        file = await stage.kept_file(session, import_id)
        with file:
            await store.drop(session, import_id, tuple(part for part in store.PARTS if part != "file"))
            await _read(session, resource, import_id, file, form)


async def choose(
    session: AsyncSession, resource: Resource, import_id: int, options: Options, *, timeout_ms: int
) -> Report:
    """Check the staged rows with other choices. Raises `BadRequest` when they do not fit together."""
    stored = await _read_already(session, import_id)
    async with bounded(session, timeout_ms):
        return await _check(session, resource, stored, options)


async def reviewed(session: AsyncSession, import_id: int) -> Stored:
    """The import, which nobody else can go on with meanwhile, so that its rows can be corrected. Raises `Conflict`."""
    stored = await _read_already(session, import_id)
    if stored.options is None or stored.record.state != "review":
        raise Conflict("This import has not been checked yet.")
    return stored


async def choosable(session: AsyncSession, resource: Resource, import_id: int, options: Options) -> Stored:
    """Lock an import whose rows are to be checked with these choices. Raises `BadRequest` as `choose` does."""
    stored = await _read_already(session, import_id)
    assert stored.staged is not None  # noqa: S101 it was read
    await plan.make(session, stored.id, resource, options, stored.staged.headers)
    return stored


async def check_kept(session: AsyncSession, resource: Resource, import_id: int, *, timeout_ms: int) -> None:
    """Check the staged rows with the choices that are kept."""
    stored = await _read_already(session, import_id)
    async with bounded(session, timeout_ms):
        await _check(session, resource, stored, stored.options or Options(()))


async def check_again(session: AsyncSession, resource: Resource, stored: Stored) -> Report | None:
    """Check staged rows that were corrected, with the choices made before; None: there are so many that it is left to
    a worker."""
    assert stored.options is not None  # noqa: S101 `reviewed` has seen to that
    if stored.record.file_bytes >= LARGE:
        return None
    return await _check(session, resource, stored, stored.options)


async def _read_already(session: AsyncSession, import_id: int) -> Stored:
    stored = await _open(session, import_id)
    if stored.staged is None:
        raise Conflict("This file has not been read yet. Choose how to read it first.")
    return stored


async def unread(session: AsyncSession, import_id: int) -> Stored:
    """Lock an import whose file is to be read, once more or at all. Raises `Conflict` when it is too late for that."""
    return await _open(session, import_id)


async def _open(session: AsyncSession, import_id: int) -> Stored:
    stored = await store.lock(session, import_id)
    if stored.record.state not in ("staging", "review", "failed"):
        raise Conflict(f"This import is {stored.record.state}; its choices cannot be changed any more.")
    return stored


async def _read(session: AsyncSession, resource: Resource, import_id: int, file: BinaryIO, form: Format) -> None:
    try:
        async with session.begin_nested():
            staged = await stage.stage(session, import_id, file, form)
    except Unreadable as error:
        await store.save(session, import_id, "failed", error=str(error), report=None, options=store.kept(form))
        return
    await store.save(session, import_id, "staging", error=None, options=store.kept(form, staged))
    stored = await store.get(session, import_id)
    await _check(session, resource, stored, await _offered(session, resource, stored, staged))


async def _offered(session: AsyncSession, resource: Resource, stored: Stored, staged: Staged) -> Options:
    """What is offered for a file: as last time for the same headers, else what its headers and values say."""
    named = stored.format.header
    options = guess.offer(resource, staged.headers, staged.samples) if named else Options(())
    matches = await remember.last_time(session, resource, stored)
    if matches is None or matches == options.matches:
        return options
    mode, key = guess.mode_for(resource, matches)
    return Options(matches, mode, key, remembered=True)


async def _check(session: AsyncSession, resource: Resource, stored: Stored, options: Options) -> Report:
    assert stored.staged is not None  # noqa: S101 both callers have read the file
    made = await plan.make(session, stored.id, resource, options, stored.staged.headers)
    report = await check(session, made)
    report = replace(report, warnings=(*stored.staged.warnings, *report.warnings))
    await store.save(
        session, stored.id, "review",
        error=None, report=report.as_json(), options=store.kept(stored.format, stored.staged, options),
    )  # fmt: skip
    return report


def clean_name(name: str) -> str:
    """A file name as text to show: its last part, without control characters, at most 255 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:NAME_LIMIT].strip() or "unnamed"

"""A disk that is really full: a sentence, nothing half done, and on it goes once there is space again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from sqlalchemy.exc import DBAPIError

from admin import schema
from admin.database import make_engine, make_session_maker
from admin.embedded import EmbeddedPostgres
from admin.jobs.imports import Works
from admin.settings import Settings
from admin.writes import constraints
from tests.embedded.user import DATA, postmasters
from tests.jobs.conftest import RESOURCES, Queue
from tests.jobs.test_faults import ROWS, customers
from tests.postgres import Database, temporary_place

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.large,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk"),
]

FULL = "The database has no space left on its disk."


@dataclass
class Disk:
    """A small one, as a tablespace."""

    path: Path

    def fill(self) -> None:
        with (self.path / "ballast").open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
        assert os.statvfs(self.path).f_bavail == 0

    def clear(self) -> None:
        (self.path / "ballast").unlink()


@contextmanager
def small(path: Path) -> Iterator[Disk]:
    path.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(path)], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


async def test_a_full_disk_stops_an_import_and_loses_nothing():
    with temporary_place() as place, small(place / "small") as disk, EmbeddedPostgres(place / "state") as server:
        schema.migrate(server.owner_url, "larder_app")
        (pid,) = postmasters(place / "state" / DATA)
        (disk.path / "table").mkdir()
        os.chown(disk.path / "table", psutil.Process(pid).uids().real, -1)
        database = Database(server, "larder")
        database.sql(f"create tablespace small location '{disk.path / 'table'}'")
        database.sql("grant create on tablespace small to larder_app")
        values = {"DATABASE_URL": server.app_url, "owner_url": server.owner_url, "_env_file": None}
        works = Works(Settings(**values), make_session_maker(make_engine(Settings(**values))), RESOURCES)
        jobs = Queue(works, database)

        # The file itself does not fit: it is refused, and nothing of it is there.
        database.sql("alter role larder_app set default_tablespace = small")
        disk.fill()
        with pytest.raises(DBAPIError) as refused:
            await jobs.hand_in(customers(0))
        assert str(constraints.explain(refused.value)).startswith(FULL)
        assert (jobs.tables(), database.value("select count(*) from larder.import")) == ([], 0)
        disk.clear()
        import_id = await jobs.hand_in(customers(0))

        # Its rows do not fit into the table: the import fails with the reason, and can be tried again.
        database.sql("alter role larder_app reset default_tablespace")
        await works.sessions.kw["bind"].dispose()
        database.sql("alter table customer set tablespace small")
        disk.fill()
        await jobs.run(import_id)
        await jobs.drain()
        record = (await jobs.stored(import_id)).record
        assert (record.state, (record.error or "").startswith(FULL), record.attempts) == ("failed", True, 1)
        assert database.value("select count(*) from customer") == 0
        disk.clear()
        await jobs.run(import_id)
        await jobs.drain()
        assert await jobs.state(import_id) == "done"
        assert database.value("select count(*) from customer") == ROWS
        database.close()
        await works.sessions.kw["bind"].dispose()

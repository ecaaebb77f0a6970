"""Which system account runs PostgreSQL, and how it gets at its files without opening anything to anybody else.

PostgreSQL refuses to run as root. Started by root, it runs as the account that owns the place of the state directory,
or as `nobody` where that is root again. Modes of directories that were there before are never changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from admin.embedded.errors import EmbeddedPostgresError

FALLBACK_STATE = Path("/var/lib/larder")
"""Where root's state goes when the account of the server cannot reach the checkout."""


@dataclass(frozen=True)
class Account:
    """The account that runs the server; `switched` when it is not the account we run as."""

    uid: int
    gid: int
    name: str
    switched: bool

    @property
    def keeper(self) -> int:
        """Who owns the files beside the data: root itself where the server runs as nobody, else the account."""
        return 0 if self.switched and self.name == "nobody" else self.uid

    def hand_over(self, path: Path) -> None:
        """Give a file that we made to its keeper."""
        if path.stat().st_uid != self.keeper:
            os.chown(path, self.keeper, self.gid)

    def reaches(self, path: Path) -> bool:
        """Ask the kernel, as that account: modes of all parents, access lists and mounts count."""
        command = ["/usr/bin/env", "test", "-x", str(path)]
        return self.run(command).returncode == 0

    def run(self, command: list[str], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a short command as this account and keep its output."""
        if not self.switched:
            return subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, check=False)
        return subprocess.run(
            command,
            cwd="/",
            env=env,
            capture_output=True,
            text=True,
            check=False,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )

    def start(self, command: list[str], output: int) -> subprocess.Popen[bytes]:
        """Start a long-lived process as this account, in a session of its own.

        Of its own, because Ctrl-C in the terminal must reach us first, or our last writes are cut off.
        """
        if not self.switched:
            return subprocess.Popen(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        return subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )

    def own_directory(self, path: Path) -> None:
        """Make a directory that only this account can enter, or refuse one that somebody else put there."""
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (self.uid, os.geteuid()):
            raise EmbeddedPostgresError(f"{path} belongs to somebody else. Remove it, or ask its owner to.")
        if self.switched:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
        path.chmod(0o700)


def _nearest(path: Path) -> Path:
    return path if path.exists() else _nearest(path.parent)


def _choose(state_dir: Path) -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), str(os.geteuid()), switched=False)
    owner = _nearest(state_dir).stat().st_uid
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError:
        # initdb looks its account up by name and would fail for a number without one.
        entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, switched=True)


def prepare(state_dir: Path) -> tuple[Path, Account, str | None]:
    """Make the state directory, and choose the account that runs the server.

    Returns the directory (another one than asked for, where the account cannot reach that), the account, and in that
    case a sentence that says so.
    """
    wanted = state_dir.absolute()
    account = _choose(wanted)
    if not account.switched or not _nearest(wanted).is_dir() or account.reaches(_nearest(wanted)):
        _make_state(wanted, account)
        return wanted, account, None
    # Several checkouts may end up here, so each keeps a directory of its own.
    instead = FALLBACK_STATE / hashlib.sha256(os.fsencode(wanted)).hexdigest()[:10]
    account = _choose(instead)
    _make_state(instead, account)
    return instead, account, f"{account.name} cannot reach {wanted}, so the embedded database is in {instead}."


def _make_state(path: Path, account: Account) -> None:
    try:
        if not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            _make_closed(path, account)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Cannot make the state directory {path} ({error.strerror}). Set LARDER_STATE_DIR to a place you own."
        ) from None


def _make_closed(path: Path, account: Account) -> None:
    """Make it under another name, so that nobody who starts at the same moment finds it half prepared."""
    fresh = Path(tempfile.mkdtemp(prefix=f"{path.name}.new-", dir=path.parent))
    if account.switched:
        # Root's own lets the account of the server pass through and list nothing; a person gets theirs whole.
        os.chown(fresh, account.keeper, account.gid)
        fresh.chmod(0o710 if account.keeper == 0 else 0o700)
    try:
        fresh.rename(path)
    except OSError:
        fresh.rmdir()
        if not path.is_dir():
            raise

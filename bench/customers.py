"""Customers as a CSV file: seven columns, e-mails in no order, every second one changed in the second file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

COLUMNS = "id,email,name,city,balance,born,active"
PEERS_COLUMNS = COLUMNS.removeprefix("id,")
"""Peers find rows by their e-mail; a file with keys would make them look for each."""


def write(path: Path, rows: int, *, changed: bool = False, key: bool = True) -> Path:
    """Write the file; the same call writes the same bytes."""
    with path.open("w") as file:
        file.write(f"{COLUMNS if key else PEERS_COLUMNS}\n")
        file.writelines(_lines(rows, changed=changed, key=key))
    return path


def _lines(rows: int, *, changed: bool, key: bool) -> Iterator[str]:
    for n in range(1, rows + 1):
        mixed = hashlib.md5(str(n).encode(), usedforsecurity=False).hexdigest()
        balance = n % 10_000 + (changed and n % 2)
        day = f"19{n % 90 + 10}-0{n % 9 + 1}-1{n % 9}"
        start = f"{n}," if key else ""
        yield (
            f"{start}{mixed[:12]}@example.org,Name {mixed[:6]} {mixed[6:10]},City {n % 977},{balance}.{n % 90 + 10},"
            f"{day},{'true' if n % 3 else 'false'}\n"
        )

"""Which tests a process takes at once, where several share a run, and which come first."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/docs/", "tests/writes/csv_import/outcomes/", "tests/embedded/", "tests/models/test_seed.py")
"""What is shared there takes long to make: a hundred thousand rows, a large table, a first start, the demo data."""

LONG = tuple(
    f"tests/browser/test_{name}.py"
    for name in ("accessibility", "scroll", "keyboard", "wizard", "list", "edits", "trash", "undo", "views")
)
"""The longest first: begun last, it would leave the other processes without work."""

ORDER = (*TOGETHER, *LONG)


def place(item: pytest.Item) -> int:
    """Where a test comes in a run; those of the same place stay in the order in which they were found."""
    return next((number for number, start in enumerate(ORDER) if item.nodeid.startswith(start)), len(ORDER))


class Spread(LoadScopeScheduling):
    """Tests that share something costly go to one process, the browser's file by file, and all others one by one.

    pytest-xdist's own `loadgroup` marks its groups where pytest 9.2 does not look for a test's name any more.
    """

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/browser/"):
            return nodeid.partition("::")[0]
        return next((start for start in TOGETHER if nodeid.startswith(start)), nodeid)

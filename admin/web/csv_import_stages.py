"""Which page an import has, by where it stands: its state, and what the state alone does not say."""

from __future__ import annotations

from admin.writes.csv_import.store import Stored

READING, CHECKING = "reading", "checking"
"""Its file is read by a worker, or is to be; its rows are checked by one."""
UNCHECKED, STUCK = "unchecked", "stuck"
"""A worker could not check its rows; it was reviewed and could not run. Both may be tried again."""
OPEN = ("staging", "review", "failed", UNCHECKED, STUCK)
"""Where every choice can still be changed."""

PAGES = {
    "staging": ("file", "Import of {file}"),
    READING: ("running", "{file} is being read"),
    CHECKING: ("running", "{file} is being checked"),
    "failed": ("file", "{file} cannot be read yet"),
    "review": ("review", "Import of {file}"),
    "queued": ("running", "Import of {file} waits"),
    "running": ("running", "Import of {file} is running"),
    UNCHECKED: ("unchecked", "The check of {file} failed"),
    STUCK: ("failed", "Import of {file} failed"),
    "done": ("result", "Import of {file}"),
    "undone": ("result", "Import of {file}"),
    "cancelled": ("other", "Import of {file} was cancelled"),
}
"""Template and title."""


def stage(stored: Stored, state: str) -> str:
    """A key of `PAGES`."""
    if state == "staging" and stored.record.job_id is not None:
        return READING if stored.staged is None else CHECKING
    if state != "failed" or stored.staged is None:
        return state
    return UNCHECKED if stored.report is None else STUCK

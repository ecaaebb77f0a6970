"""Take back what an operation did, whatever it was: the one function behind every Undo.

What an operation wrote is put back only where it still stands. A row, or a column of it, that somebody changed since is
kept; a row that cannot come back, because its key, its unique value or its parent is taken or gone, is told with the
reason. Undo is an operation itself, so it can be undone.
"""

from __future__ import annotations

from admin.writes.undo.run import undo
from admin.writes.undo.told import Left, UndoReport

__all__ = ["Left", "UndoReport", "undo"]

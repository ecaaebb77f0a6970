"""Asks the database questions: SELECT only. Takes a session, a resource and plain values; returns dataclasses.

Importing any part of it puts the listener in place that hides rows in the trash, so that no program can forget it.
"""

from __future__ import annotations

from admin.reads import visibility

__all__ = ["visibility"]

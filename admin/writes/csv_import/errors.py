"""Why an import cannot go on as a whole; single bad rows are no exception but part of the report."""

from __future__ import annotations

from admin.errors import Conflict, LarderError


class Unreadable(LarderError):
    """The file cannot be read as it is; the message says where and what to do."""

    status = 400
    title = "This file cannot be read"


class WrongEncoding(Unreadable):
    """The bytes are no text in the encoding they were read in; another one may be chosen."""


class InProgress(Conflict):
    """Somebody works on this import at this very moment."""

"""What can go wrong, in words a person can act on.

Each exception carries the sentence that is shown and the HTTP status it becomes; `web/error_pages` is the one place
that turns them into pages. Nothing else a person reads may come from an exception.
"""

from __future__ import annotations

from dataclasses import dataclass


class LarderError(Exception):
    """Something did not work; its message is the sentence that is shown."""

    status = 500
    title = "Something went wrong"


class BadRequest(LarderError):
    """The request makes no sense; the message says which part and why."""

    status = 400
    title = "This request makes no sense"


class TooFar(LarderError):
    """A page lies so deep in its list that counting up to it takes too long."""

    status = 400
    title = "This page is too far away"


class TooBroad(LarderError):
    """A search finds more than can be put in a moment into an order that no index has."""

    status = 400
    title = "This search is too broad"


class NotAllowed(LarderError):
    """The person's role does not include this."""

    status = 403
    title = "Not allowed"


class NotFound(LarderError):
    """There is no such table, row, import or operation (or its key cannot be one)."""

    status = 404
    title = "Not found"


class Conflict(LarderError):
    """What is stored changed in the meantime, or stands in the way."""

    status = 409
    title = "This changed in the meantime"


class TooLarge(LarderError):
    """More was sent than the limit of this route allows."""

    status = 413
    title = "Too large"


class TooMany(LarderError):
    """Too many tries; wait."""

    status = 429
    title = "Too many tries"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(LarderError):
    """The database took too long, or cannot be reached; nothing was changed."""

    status = 503
    title = "The database is busy"


@dataclass(frozen=True)
class FieldError:
    """One reason why a form cannot be saved, beside the field it is about.

    `column` is None when the reason is about the row as a whole. `link` leads to the row in the way (its identity and
    key text), for sentences like “email is already used by Ann Lee (#88)”.
    """

    column: str | None
    message: str
    link: tuple[str, str] | None = None


class Invalid(LarderError):
    """A form cannot be saved; `errors` says why, field by field."""

    status = 400
    title = "This cannot be saved yet"

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(" ".join(error.message for error in errors))
        self.errors = errors

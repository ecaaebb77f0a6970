"""The one error of the embedded server, apart so that every part of it can raise it."""


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run here; the message says why and what to do, in a sentence or two."""

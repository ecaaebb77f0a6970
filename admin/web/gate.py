"""Who may do what: three roles, one table of permissions, and one gate that every route passes.

Default deny: a route without a permission is an error at start-up (`web/routes`), a role that does not hold the
permission gets 403, and what a table's registration switches off nobody may do.
"""

from __future__ import annotations

from enum import StrEnum

from admin.actor import Actor
from admin.errors import NotAllowed
from admin.resource import Resource


class Permission(StrEnum):
    """What a route does. `public` is the only one that asks nobody to log in."""

    PUBLIC = "public"
    VIEW = "view"
    EXPORT = "export"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"
    IMPORT = "import"
    UNDO = "undo"
    PURGE = "purge"
    EXPLAIN = "explain"
    PEOPLE = "people"


VIEWER = frozenset({Permission.VIEW, Permission.EXPORT})
EDITOR = VIEWER | {
    Permission.CREATE,
    Permission.EDIT,
    Permission.DELETE,
    Permission.RESTORE,
    Permission.IMPORT,
    Permission.UNDO,
}
ROLE_PERMISSIONS = {
    "viewer": VIEWER,
    "editor": EDITOR,
    "admin": EDITOR | {Permission.PURGE, Permission.EXPLAIN, Permission.PEOPLE},
}

SWITCHES = {
    Permission.CREATE: "create",
    Permission.EDIT: "edit",
    Permission.DELETE: "delete",
    Permission.RESTORE: "delete",
    Permission.PURGE: "delete",
    Permission.IMPORT: "import",
    Permission.EXPORT: "export",
}
"""Which of a registration's switches (`can_create` and so on) a permission also needs."""


def may(actor: Actor, permission: Permission, resource: Resource | None = None) -> bool:
    """Whether the actor's role holds the permission and the table allows the act."""
    held = permission in ROLE_PERMISSIONS.get(actor.role, frozenset())
    switch = SWITCHES.get(permission)
    return held and (resource is None or switch is None or switch in resource.acts)


def require(actor: Actor, permission: Permission, resource: Resource | None = None) -> None:
    """Raise `NotAllowed` with a sentence that names the role or the table."""
    if may(actor, permission, resource):
        return
    if resource is not None and permission in ROLE_PERMISSIONS.get(actor.role, frozenset()):
        raise NotAllowed(f"{resource.name_plural} cannot be changed in this way here.")
    raise NotAllowed(f"Your role ({actor.role}) does not include this. Ask an admin for it.")

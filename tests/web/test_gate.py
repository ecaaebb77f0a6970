from __future__ import annotations

from dataclasses import replace

import pytest

from admin import site
from admin.actor import Actor
from admin.errors import NotAllowed
from admin.web import gate
from admin.web.gate import Permission

VIEWER, EDITOR, ADMIN = (Actor(1, "Someone", role) for role in ("viewer", "editor", "admin"))
BOOKS = site.BookAdmin.build_resource()
EVENTS = site.EventAdmin.build_resource()


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        (VIEWER, {"view", "export"}),
        (EDITOR, {"view", "export", "create", "edit", "delete", "restore", "import", "undo"}),
        (
            ADMIN,
            {"view", "export", "create", "edit", "delete", "restore", "import", "undo", "purge", "explain", "people"},
        ),
    ],
)
def test_each_role_may_do_exactly_this(actor, allowed):
    assert {str(permission) for permission in Permission if gate.may(actor, permission, BOOKS)} == allowed


def test_an_unknown_role_may_do_nothing():
    nobody = replace(ADMIN, role="owner")
    assert not any(gate.may(nobody, permission, BOOKS) for permission in Permission)


def test_what_a_registration_switches_off_not_even_an_admin_may_do():
    assert not gate.may(ADMIN, Permission.EDIT, EVENTS)
    assert not gate.may(ADMIN, Permission.PURGE, EVENTS)
    assert gate.may(ADMIN, Permission.IMPORT, EVENTS)


def test_a_refusal_says_whether_the_role_or_the_table_is_the_reason():
    with pytest.raises(NotAllowed, match=r"Your role \(viewer\) does not include this"):
        gate.require(VIEWER, Permission.EDIT, BOOKS)
    with pytest.raises(NotAllowed, match="Events cannot be changed in this way here"):
        gate.require(ADMIN, Permission.EDIT, EVENTS)

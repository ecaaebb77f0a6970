from __future__ import annotations

import pytest
from click.testing import CliRunner

from admin.__main__ import main
from admin.writes import passwords

PASSWORD = "correct horse battery staple"


@pytest.fixture
def larder(database, monkeypatch, tmp_path):
    """`larder("user", "add", "Ann", given="…")` runs the command on the test's database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("LARDER_OWNER_URL", database.owner_url)

    def run(*arguments: str, given: str = f"{PASSWORD}\n"):
        return CliRunner().invoke(main, arguments, input=given)

    return run


def test_a_person_is_added_with_one_line_of_input(larder, database):
    done = larder("user", "add", "Ann Lee", "--role", "viewer")
    assert (done.exit_code, done.output) == (0, "Ann Lee can log in now, as viewer.\n")
    ((role, stored),) = database.sql("select role, password_hash from larder.person where name = 'Ann Lee'")
    assert role == "viewer"
    assert passwords._verify(stored, PASSWORD)


def test_without_a_role_a_person_may_edit(larder, database):
    larder("user", "add", "Ann")
    assert database.value("select role from larder.person") == "editor"


def test_another_password_ends_the_sessions(larder, database):
    larder("user", "add", "Ann")
    database.sql("insert into larder.session (token_hash, person_id) select 'x', id from larder.person")
    done = larder("user", "password", "ann", given="three brown foxes at dawn\n")
    assert (done.exit_code, done.output) == (0, "The password of ann is changed.\n")
    assert passwords._verify(database.value("select password_hash from larder.person"), "three brown foxes at dawn")
    assert database.value("select count(*) from larder.session") == 0


@pytest.mark.parametrize(
    ("arguments", "given", "code", "says"),
    [
        (("add", "Ann", "--role", "owner"), PASSWORD, 2, "owner"),
        (("add",), PASSWORD, 2, "NAME"),
        (("add", "Ann"), "", 1, "12 characters"),
        (("add", "Ann"), "short", 1, "12 characters"),
        (("add", "Ann"), "password1234", 1, "easy to guess"),
        (("add", " "), PASSWORD, 1, "1 to 80 characters"),
        (("password", "Nobody"), PASSWORD, 1, "no person called Nobody"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence_and_changes_nothing(larder, database, arguments, given, code, says):
    done = larder("user", *arguments, given=given)
    assert done.exit_code == code
    assert says in done.output
    assert "Traceback" not in done.output
    assert database.value("select count(*) from larder.person") == 0


def test_a_name_that_is_taken(larder):
    larder("user", "add", "Ann")
    done = larder("user", "add", "ANN")
    assert done.exit_code == 1
    assert "already a person called ANN" in done.output


def test_a_terminal_is_asked_twice_and_shows_nothing(larder, database, monkeypatch):
    monkeypatch.setattr("admin.commands.user._is_terminal", lambda: True)
    done = larder("user", "add", "Ann", given=f"{PASSWORD}\nsomething else\n{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert done.output.count("Password: ") == done.output.count("Once more: ") == 2
    assert PASSWORD not in done.output
    assert database.value("select count(*) from larder.person") == 1

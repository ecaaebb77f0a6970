from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Date, DateTime, ForeignKey, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.datastructures import FormData

from admin.traits import traits_of
from admin.web import answers, fields
from admin.web.answers import Answer
from admin.web.fields import Options
from admin.web.forms import Form

AT = dt.datetime(2026, 11, 23, 14, 5, 0, 123456, dt.UTC)


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)


class Paper(Base):
    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    pages: Mapped[int] = mapped_column(server_default=text("1"))
    open: Mapped[bool] = mapped_column(server_default=text("true"))
    day: Mapped[dt.date | None] = mapped_column(Date)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    doc: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey(Team.id))
    password_hash: Mapped[str] = mapped_column(Text, server_default=text("'x'"))


TRAITS = traits_of(Paper)
NAMES = [name for name in TRAITS.columns if name != "id"]
STORED = {
    "title": "Sea",
    "body": "one\r\ntwo",
    "note": None,
    "price": Decimal("12.50"),
    "pages": 3,
    "open": True,
    "day": None,
    "at": AT,
    "doc": {"b": 1, "a": [1.5, "x"]},
    "team_id": 7,
    "password_hash": "secret",
}


def form_of(stored: dict[str, Any] | None = None, **options: Any) -> Form:
    made = [
        fields.fresh(TRAITS.columns[name], Options(name.capitalize(), **options))
        if stored is None
        else fields.stored(TRAITS.columns[name], stored[name], Options(name.capitalize(), **options))
        for name in NAMES
    ]
    return Form(tuple(made), "nonce")


def sent_by_a_browser(form: Form, **typed: str | None) -> FormData:
    """What a browser sends for a form: line ends as CRLF, no unticked box; None takes a field out."""
    pairs = [("form-nonce", form.nonce)]
    for field in form.fields:
        value = typed.get(field.name, field.text)
        if value is not None and not (field.widget == "check" and value == "false"):
            pairs.append((field.name, _crlf(value)))
        pairs.append((f"was-{field.name}", _crlf(field.was)))
    return FormData(pairs)


def changed(stored: dict[str, Any] | None = None, **typed: str | None) -> Answer:
    row = {**STORED, **(stored or {})}
    form = form_of(row)
    return answers.changes(form, sent_by_a_browser(form, **typed), SimpleNamespace(**row))


def made(**typed: str | None) -> Answer:
    form = form_of()
    return answers.creation(form, sent_by_a_browser(form, **typed))


def errors(answer: Answer) -> dict[str, list[str]]:
    return {field.name: [error.message for error in field.errors] for field in answer.form.fields if field.errors}


def test_a_form_that_was_opened_and_saved_changes_nothing():
    assert changed().empty
    assert changed({"note": "", "title": "", "body": "\n\r\n x \t", "doc": None, "day": dt.date(1, 1, 1)}).empty


def test_only_what_was_changed_is_written_and_what_was_shown_goes_along():
    answer = changed(title="Sand", price="12.5", at="2026-11-23T15:05:00.123456+01:00")
    assert (answer.values, answer.shown) == ({"title": "Sand"}, {"title": "Sea"})


def test_what_was_not_sent_is_not_changed():
    form = form_of(STORED)
    data = FormData([("title", "Sand"), ("was-title", "Sea")])
    assert answers.changes(form, data, SimpleNamespace(**STORED)).values == {"title": "Sand"}


def test_a_tick_box_that_was_not_ticked_is_told_from_one_that_was_not_sent():
    assert changed(open="false").values == {"open": False}
    assert answers.changes(form_of(STORED), FormData([]), SimpleNamespace(**STORED)).empty


@pytest.mark.parametrize(
    ("stored", "typed", "values"),
    [
        ({"note": None}, {"note": ""}, {}),
        ({"note": ""}, {"note": ""}, {}),
        ({"note": "x"}, {"note": ""}, {"note": None}),
        ({"note": "x"}, {"note": " "}, {"note": " "}),
        ({"title": "x"}, {"title": ""}, {"title": ""}),
        ({"price": Decimal(1)}, {"price": "  "}, {"price": None}),
        ({"day": dt.date(2026, 1, 1)}, {"day": ""}, {"day": None}),
    ],
)
def test_emptying_means_null_where_there_is_one(stored: dict[str, Any], typed: dict[str, str], values: dict[str, Any]):
    assert changed(stored, **typed).values == values


def test_a_stored_empty_text_becomes_null_on_request_only():
    row = {**STORED, "note": ""}
    form = form_of(row)
    data = FormData([*sent_by_a_browser(form).multi_items(), ("null-note", "true")])
    assert answers.changes(form, data, SimpleNamespace(**row)).values == {"note": None}


def test_what_may_not_be_empty_says_so_and_what_makes_no_sense_too():
    assert errors(changed(body="é" * 500_001)) == {"body": ["Body is too long for a form (at most 1,000,000 bytes)."]}
    answer = changed(pages="", price="12,5O", title="Sand")
    assert errors(answer) == {
        "pages": ["Pages cannot be empty."],
        "price": ["Price is not a number (expected like 12.50)."],
    }
    assert answer.form.fields[3].text == "12,5O"


def test_a_changed_text_keeps_its_line_ends():
    assert changed(body="one\ntwo\nthree").values == {"body": "one\r\ntwo\r\nthree"}
    assert changed({"body": "one\ntwo"}, body="one\r\ntwo\r\nthree").values == {"body": "one\ntwo\nthree"}


def test_what_was_shown_is_the_stored_value_only_if_it_reads_the_same():
    assert changed(body="x").shown == {"body": "one\r\ntwo"}
    form = form_of({**STORED, "body": "before", "price": Decimal(1)})
    data = sent_by_a_browser(form, body="mine", price="2")
    theirs = SimpleNamespace(**{**STORED, "body": "theirs", "price": Decimal(3)})
    answer = answers.changes(form_of({**STORED, "body": "theirs", "price": Decimal(3)}), data, theirs)
    assert answer.shown == {"body": "before", "price": Decimal(1)}


def test_a_parent_is_left_to_be_found():
    answer = changed(team_id="Ann Lee ")
    assert (answer.parents, answer.values) == ({"team_id": "Ann Lee"}, {})
    assert changed(team_id="").values == {"team_id": None}
    assert changed(team_id=" 7").empty


def test_a_secret_is_changed_only_by_typing_one():
    assert changed(password_hash="new").values == {"password_hash": "new"}


def test_read_only_and_unknown_fields_are_passed_over():
    form = form_of(STORED, readonly=True)
    data = FormData([("title", "Sand"), ("was-title", "Sea"), ("id", "9"), ("deleted_at", "2026-01-01"), ("x", "1")])
    assert answers.changes(form, data, SimpleNamespace(**STORED)).empty
    assert answers.creation(form, data).empty


def test_theirs_is_what_is_stored():
    form = form_of(STORED)
    data = FormData([("title", "Mine"), ("was-title", "Sea"), ("choice-title", "theirs")])
    assert answers.changes(form, data, SimpleNamespace(**STORED)).empty


def test_a_new_row_leaves_to_the_database_what_was_left_empty():
    assert made(title="Sea", at="").values == {
        "title": "Sea",
        "body": "",
        "pages": 1,
        "open": True,
        "doc": {},
    }
    assert errors(made()) == {"title": ["Title cannot be empty."]}
    assert "pages" not in made(title="Sea", pages="").values


def test_the_same_answer_has_the_same_fingerprint_and_another_one_has_not():
    form = form_of()

    def fingerprint(**typed: str) -> str:
        return answers.fingerprint(form, sent_by_a_browser(form, **typed))

    assert fingerprint(title="Sea") == fingerprint(title="Sea") != fingerprint(title="Sand")
    assert fingerprint(title="Sea").startswith("nonce.")


def test_a_nonce_that_is_none_is_not_taken():
    for nonce in ("\x00", "x" * 65, "", "a b"):
        data = FormData([("form-nonce", nonce)])
        assert answers.creation(form_of(), data).form.nonce == "nonce"


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")

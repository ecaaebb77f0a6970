from __future__ import annotations

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import ARRAY, Date, DateTime, Enum, ForeignKey, Interval, Numeric, String, Text, Time, text
from sqlalchemy.dialects.postgresql import BYTEA, INT4RANGE, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin.traits import traits_of
from admin.web import fields
from admin.web.fields import Options


class Base(DeclarativeBase):
    pass


class Mood(enum.StrEnum):
    CALM = "calm"
    BUSY = "busy"


class Team(Base):
    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)


class Paper(Base):
    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(String(8))
    pages: Mapped[int]
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    open: Mapped[bool] = mapped_column(server_default=text("true"))
    seen: Mapped[bool | None]
    mood: Mapped[Mood] = mapped_column(Enum(Mood, values_callable=lambda kind: [one.value for one in kind]))
    state: Mapped[Mood] = mapped_column(
        Enum(Mood, name="state", values_callable=lambda kind: [one.value for one in kind]), server_default="calm"
    )
    day: Mapped[dt.date | None] = mapped_column(Date)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    clock: Mapped[dt.time | None] = mapped_column(Time)
    span: Mapped[dt.timedelta | None] = mapped_column(Interval)
    ident: Mapped[uuid.UUID | None]
    doc: Mapped[Any] = mapped_column(JSONB)
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    raw: Mapped[bytes | None] = mapped_column(BYTEA)
    range: Mapped[Any | None] = mapped_column(INT4RANGE)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id))
    password_hash: Mapped[str] = mapped_column(Text)


COLUMNS = traits_of(Paper).columns


def options(name: str, **changes: Any) -> Options:
    return Options(label=COLUMNS[name].label, **changes)


def stored(name: str, value: Any, **changes: Any) -> fields.Field:
    return fields.stored(COLUMNS[name], value, options(name, **changes))


def fresh(name: str, given: str = "", **changes: Any) -> fields.Field:
    return fields.fresh(COLUMNS[name], options(name, **changes), given)


@pytest.mark.parametrize(
    ("name", "value", "widget", "shown"),
    [
        ("title", "Sea", "line", "Sea"),
        ("title", "Sea\nand sand", "area", "Sea\nand sand"),
        ("title", "long " * 30, "area", "long " * 30),
        ("body", "Sea", "area", "Sea"),
        ("pages", 2**31 - 1, "line", "2147483647"),
        ("price", Decimal("12.50"), "line", "12.50"),
        ("open", True, "check", "true"),
        ("seen", None, "select", ""),
        ("mood", Mood.BUSY, "select", "busy"),
        ("day", dt.date(987, 1, 2), "date", "0987-01-02"),
        ("at", dt.datetime(2026, 11, 23, 14, 5, 0, 1, dt.UTC), "line", "2026-11-23 14:05:00.000001Z"),
        ("clock", dt.time(14, 5), "time", "14:05:00"),
        ("clock", dt.time(14, 5, 0, 1), "line", "14:05:00.000001"),
        ("span", dt.timedelta(days=3, hours=4), "line", "3 days, 4:00:00"),
        ("ident", uuid.UUID(int=7), "line", "00000000-0000-0000-0000-000000000007"),
        ("doc", {"a": 1}, "area", '{\n  "a": 1\n}'),
        ("tags", ["a", None], "line", '["a", null]'),
        ("raw", b"\x00\xff", "area", "00ff"),
        ("team_id", 7, "picker", "7"),
    ],
)
def test_each_kind_has_a_control_that_can_hold_its_text(name: str, value: Any, widget: str, shown: str):
    field = stored(name, value)
    assert (field.widget, field.text, field.was) == (widget, shown, shown)
    assert not field.readonly


def test_numbers_bring_up_the_right_keyboard_and_nothing_else():
    assert (stored("pages", 1).input_mode, stored("price", 1).input_mode, stored("title", "").input_mode) == (
        "numeric",
        "decimal",
        None,
    )


def test_what_cannot_be_read_back_cannot_be_changed():
    field = stored("range", "[1,5)")
    assert field.readonly
    assert field.help == fields.UNREADABLE


def test_a_stored_field_is_required_unless_empty_is_a_value():
    required = {name for name in COLUMNS if stored(name, _sample(name)).required}
    assert required == {"id", "pages", "at", "doc", "team_id"}


def test_an_empty_text_that_is_stored_blocks_nothing_and_can_become_null():
    assert not stored("title", "").required
    assert not stored("title", "").offers_null
    assert stored("code", "").offers_null
    assert not stored("code", None).offers_null


def test_a_new_field_shows_its_default_and_is_required_without_one():
    assert fresh("state").text == "calm"
    assert fresh("open").text == "true"
    assert fresh("mood").text == ""
    assert fresh("mood").choices[0] == ("", "Choose…")
    assert fresh("at").help == fields.FILLED_IN
    assert {name for name in COLUMNS if fresh(name).required} == {
        "id", "title", "pages", "mood", "doc", "team_id", "password_hash",
    }  # fmt: skip


def test_a_given_text_stands_before_the_default():
    assert fresh("state", "busy").text == "busy"


def test_an_enum_offers_no_choice_that_cannot_be_stored():
    assert [value for value, _ in stored("state", Mood.CALM).choices] == ["calm", "busy"]
    assert [value for value, _ in stored("seen", None).choices] == ["", "true", "false"]


def test_a_secret_is_never_shown():
    field = stored("password_hash", "$argon2id$secret")
    assert (field.widget, field.text, field.was) == ("password", "", "")


def test_options_of_the_registration_are_kept():
    field = stored("title", "Sea", help="As on the cover.", readonly=True, placeholder="Title")
    assert (field.help, field.readonly, field.placeholder) == ("As on the cover.", True, "Title")
    assert (stored("title", "Sea", rows=9).widget, stored("title", "Sea", rows=9).rows) == ("area", 9)
    assert fresh("pages", default=100).text == "100"
    assert fresh("pages", default=lambda: 100).text == ""


def test_a_control_gives_way_when_it_could_not_show_what_was_typed():
    assert stored("day", None).holding("2026-02-30x", "").widget == "line"
    assert stored("day", None).holding("2026-02-28", "").widget == "date"
    assert stored("team_id", 7).holding("Ann", "7").widget == "picker"


def _sample(name: str) -> Any:
    """Some value that is not empty."""
    samples: dict[str, Any] = {
        "text": "x",
        "boolean": True,
        "enum": Mood.CALM,
        "array": ["x"],
        "bytes": b"x",
        "uuid": uuid.UUID(int=1),
        "date": dt.date.min,
        "timestamp": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        "time": dt.time(),
        "interval": dt.timedelta(1),
    }
    return samples.get(COLUMNS[name].kind, 1)

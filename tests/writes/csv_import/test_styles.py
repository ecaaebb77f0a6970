"""How numbers and dates are written, values that a person sets, and what is remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from admin.errors import BadRequest
from admin.writes.csv_import import guess, styles
from admin.writes.csv_import.options import Match, Options
from tests.postgres import Database
from tests.writes.csv_import.conftest import RESOURCES, Imports

pytestmark = pytest.mark.anyio

MONEY = "email;name;balance;born\na@x;A;1.234,50;03/04/1990\nb@x;B;-12,5;04/05/1991\nc@x;C;7;1992-06-07\n"


async def test_commas_and_local_dates_are_asked_and_then_read_exactly(imports: Imports, database: Database):
    report = await imports.check(MONEY, "customer")
    assert (report.new, report.rejected) == (1, 2)
    assert report.questions is not None
    assert report.questions["decimal"] == {
        "columns": ["balance"], "cells": 2, "example": "-12,5", "allowed": ["comma"]
    }  # fmt: skip
    assert report.questions["dates"]["allowed"] == ["dmy", "mdy"]
    assert sorted(styles.unanswered(report.questions, Options(()))) == ["dates", "decimal"]
    assert (await imports.choose(decimal="comma", dates="mdy")).rejected == 0
    await imports.choose(decimal="comma", dates="dmy")
    await imports.apply()
    assert database.sql("select balance::text, born::text from customer order by email") == [
        ("1234.50", "1990-04-03"), ("-12.50", "1991-05-04"), ("7.00", "1992-06-07"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("decimal", "good", "bad"),
    [
        ("comma", {"1.234.567,89": "1234567.89", "1\u00a0234,5": "1234.50", "12,50": "12.50", "+3": "3.00"},
         ["12.50", "1.23,4", "1,2,3", "1.2345", "1,234.5", "1,505"]),
        ("grouped", {"1,234,567.89": "1234567.89", "1,234": "1234.00", "12.5": "12.50"},
         ["1,23", "12,50", "1.234,5", ",5"]),
    ],
)  # fmt: skip
async def test_a_number_is_read_as_it_was_said_or_not_at_all(
    imports: Imports, database: Database, decimal: str, good: dict[str, str], bad: list[str]
):
    values = [*good, *bad]
    lines = "".join(f"{n}@x\tN\t{value}\n" for n, value in enumerate(values))
    await imports.check(f"email\tname\tbalance\n{lines}", "customer")
    report = await imports.choose(decimal=decimal, skip_bad=True)
    assert [one.value for one in report.rejections] == bad
    await imports.apply()
    assert [value for (value,) in database.sql("select balance::text from customer order by id")] == [*good.values()]


@pytest.mark.parametrize(
    ("dates", "allowed"),
    [
        (["25/12/2026", "1/2/2026"], ["dmy"]),
        (["12/25/2026", "1/2/2026"], ["mdy"]),
        (["25.12.2026", "12/25/2026"], []),
        (["1-2-2026"], ["dmy", "mdy"]),
        (["99/99/2026"], ["dmy", "mdy"]),
    ],
)
async def test_only_orders_that_all_dates_allow_can_be_chosen(imports: Imports, dates: list[str], allowed: list[str]):
    lines = "".join(f"{n}@x,N,{date}\n" for n, date in enumerate(dates))
    report = await imports.check(f"email,name,born\n{lines}", "customer")
    assert report.questions is not None
    assert report.questions["dates"]["allowed"] == allowed


async def test_a_day_that_is_none_in_the_chosen_order_is_rejected(imports: Imports, database: Database):
    rows = "a@x,A,31/04/2026\nb@x,B,1/2/2026x\nc@x,C,5.6.2026\nd@x,D,1/2/26\n"
    await imports.check(f"email,name,born\n{rows}", "customer")
    report = await imports.choose(dates="dmy", skip_bad=True)
    assert [one.line for one in report.rejections] == [2, 3, 5]
    await imports.apply()
    assert database.value("select born::text from customer") == "2026-06-05"


async def test_times_of_local_days_are_read_too(imports: Imports, oddity: None, database: Database):
    await imports.check("name,at\nann,3/4/2026 14:05\nben,13/04/2026T06:07:08Z\n", "oddity")
    report = await imports.choose(dates="dmy")
    assert report.rejected == 0
    assert "2 times" not in " ".join(report.warnings)
    await imports.apply()
    assert [moment for (moment,) in database.sql(
        "select to_char(at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS') from oddity order by name"
    )] == ["2026-04-03 14:05:00", "2026-04-13 06:07:08"]  # fmt: skip


async def test_a_clean_file_asks_nothing(imports: Imports):
    assert (await imports.check("email,name,balance\na@x,A,1.5\n", "customer")).questions is None


async def test_a_value_is_set_for_every_row_and_for_empty_cells(imports: Imports, database: Database):
    database.sql("insert into customer (id, email, name) values (5, 'ann@x', 'Ann')")
    await imports.check("number,amount\nI-1,10\nI-2,\nI-3,oops\n", "invoice")
    stored = await imports.stored()
    assert stored.options is not None
    assert stored.report is not None
    assert stored.report.rejected == 3
    matches = (
        Match(1, "number"), Match(2, "amount", fill="1.5"), Match(3, "customer_id", "email", "ann@x"),
        Match(4, "status", fill="sent"),
    )  # fmt: skip
    report = await imports.choose(matches=matches, skip_bad=True)
    assert (report.new, report.rejected) == (2, 1)
    assert [(one.column, one.value) for one in report.rejections] == [("amount", "oops")]
    gone = await imports.choose(matches=(*matches[:2], replace(matches[2], fill="nobody@x"), matches[3]))
    assert {(group.column, group.rule) for group in gone.groups if group.rows == 3} == {
        ("customer_id", "there is no customer with this email")
    }
    await imports.choose(matches=matches, skip_bad=True)
    await imports.apply()
    assert database.sql("select number, amount::text, customer_id, status::text from invoice order by 1") == [
        ("I-1", "10.00", 5, "sent"), ("I-2", "1.50", 5, "sent"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("match", "said"),
    [
        (Match(3, "balance", fill="12,5"), "Balance: “12,5” is not a number"),
        (Match(3, "active", fill="perhaps"), "Active: “perhaps” is neither yes nor no"),
        (Match(3, "city", fill="x" * 3000), "City: at most 2,000 characters"),
    ],
)
async def test_a_set_value_that_is_none_of_its_column_is_refused(imports: Imports, match: Match, said: str):
    await imports.check("email,name\na@x,A\n", "customer")
    with pytest.raises(BadRequest, match=said):
        await imports.choose(matches=(Match(1, "email"), Match(2, "name"), match))


async def test_a_set_number_stands_beside_decimal_commas(imports: Imports, database: Database):
    await imports.check("email;name;balance\na@x;A;1,5\nb@x;B;\n", "customer")
    matches = (Match(1, "email"), Match(2, "name"), Match(3, "balance", fill="2.5"))
    await imports.choose(matches=matches, decimal="comma")
    await imports.apply()
    assert database.sql("select balance::text from customer order by email") == [("1.50",), ("2.50",)]


async def test_an_empty_cell_is_an_empty_text_only_where_one_can_stand(imports: Imports, database: Database):
    database.sql("insert into customer (email, name, city, balance) values ('a@x', 'A', 'Ulm', 5)")
    report = await imports.check("email,name,city,balance\na@x,A,,\nb@x,,,\n,C,,\n", "customer", empty="text")
    assert [(one.line, one.column) for one in report.rejections if one.column == "email"] == [(4, "email")]
    await imports.choose(empty="text", skip_bad=True)
    stored = await imports.stored()
    assert stored.report is not None
    await imports.apply()
    assert ("b@x", "", "") in database.sql("select email, name, city from customer")


def test_values_are_a_hint_and_only_the_words_of_a_choice_are_sure():
    headers, dates = ["email", "name", "When", "?"], ["2020-01-02", "3/4/2021"]
    found = {one.cell: one for one in guess.guesses(RESOURCES["customer"], headers, [["x"], ["y"], dates, ["z"]])}
    assert (found[3].target.value, found[3].why, found[3].sure) == ("born", "values look like dates", False)
    assert 4 not in found
    words = guess.guesses(RESOURCES["invoice"], ["number", "how"], [["1"], ["draft", "paid"]])
    assert [(one.target.value, one.sure) for one in words if one.cell == 2] == [("status", True)]
    assert guess.sure(RESOURCES["customer"], ["Mail", "customer_id"]) == (Match(1, "email"),)

"""How numbers and dates are written in a file: the person says it, and every cell is read so, as SQL.

Whether `1,234` is a thousand or one and a bit, and whether 03/04 is in March or in April, no file tells. What its
values allow is found here and asked; until it is answered such cells are rejected.
"""

from __future__ import annotations

from typing import Any

from psycopg.sql import Composable
from sqlalchemy.ext.asyncio import AsyncSession

from admin.traits import Kind
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.options import Dates, Decimal, Options
from admin.writes.csv_import.plan import Mapped, Plan

ASKED = ("decimal", "dates")
"""What may have to be asked, as the choices are called."""
NUMBERS: frozenset[Kind] = frozenset({"integer", "numeric", "float"})
DAYS: frozenset[Kind] = frozenset({"date", "timestamp"})

_EXPONENT = "([eE][+-]?[0-9]{1,3})?"
NUMBER: dict[Decimal, str] = {
    "point": rf"^[+-]?[0-9]+(\.[0-9]+)?{_EXPONENT}$",
    "comma": rf"^[+-]?([0-9]+|[0-9]{{1,3}}([. \u00a0\u202f][0-9]{{3}})+)(,[0-9]+)?{_EXPONENT}$",
    "grouped": rf"^[+-]?([0-9]+|[0-9]{{1,3}}(,[0-9]{{3}})+)(\.[0-9]+)?{_EXPONENT}$",
}
EXAMPLES = {"point": "1234.50", "comma": "1.234,50", "grouped": "1,234.50"}
LOCAL_DAY = r"^[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{4}($|[T ])"
"""A day with the year last, in whichever order the others are."""


def plain_number(text: Composable, decimal: Decimal) -> Composable:
    """A number that is written so, as Postgres writes it."""
    if decimal == "comma":
        return st.of("replace(translate({t}, {groups}, ''), ',', '.')", t=text, groups=st.lit(". \u00a0\u202f"))
    return st.of("replace({t}, ',', '')", t=text) if decimal == "grouped" else text


def plain_day(text: Composable, dates: Dates) -> Composable:
    """A day that is written so as YYYY-MM-DD, with the time behind it; everything else as it is."""
    if dates == "iso":
        return text
    day, month = (1, 2) if dates == "dmy" else (2, 1)
    return st.of(
        """case when {t} ~ {local} then
          left({year}, 4) || '-' || lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0') || substr({year}, 5)
        else {t} end""",
        t=text, local=st.lit(LOCAL_DAY), day=_part(text, day), month=_part(text, month), year=_rest(text),
    )  # fmt: skip


def _part(text: Composable, number: int) -> Composable:
    return st.of("split_part(translate(left({t}, 10), '.-', '//'), '/', {n})", t=text, n=st.lit(number))


def _rest(text: Composable) -> Composable:
    """What stands behind the second mark: the year and the time."""
    return st.of("regexp_replace({t}, '^[0-9]+[/.-][0-9]+[/.-]', '')", t=text)


async def questions(session: AsyncSession, plan: Plan) -> dict[str, Any] | None:
    """What the person has to say about numbers and dates, with what the values allow; None when nothing is open.

    The staged rows are scanned only where cells were rejected or something was said already.
    """
    refused = {cell for (cell,) in await st.rows(session, st.of(
        "select distinct cell from {errors} where not live and column_name is not null", errors=plan.staging("error")
    ))}  # fmt: skip
    found = {}
    for name, kinds, ask in (("decimal", NUMBERS, _numbers), ("dates", DAYS, _days)):
        mapped = [one for one in plan.mapped if one.read_as[0].kind in kinds and one.cell <= len(plan.headers)]
        said = getattr(plan.options, name) != getattr(Options(()), name)
        if mapped and (said or any(one.cell in refused for one in mapped)):
            found[name] = await ask(session, plan, mapped)
    return {name: asked for name, asked in found.items() if asked["columns"]} or None


def unanswered(asked: dict[str, Any] | None, options: Options) -> list[str]:
    """The questions that nobody has answered yet."""
    return [name for name in asked or {} if getattr(options, name) == getattr(Options(()), name)]


async def _numbers(session: AsyncSession, plan: Plan, mapped: list[Mapped]) -> dict[str, Any]:
    """A style is allowed when it reads every value that any style reads."""
    fits = {
        style: st.of("btrim(c) ~ {pattern}", pattern=st.lit(NUMBER[style])) for style in ("point", "comma", "grouped")
    }
    some = st.of("({all})", all=st.joined(st.OR, fits.values()))
    counts = await _count(
        session, plan, mapped, st.of("{some} and not {point}", some=some, point=fits["point"]),
        [st.of("{some} and not {fit}", some=some, fit=fits[style]) for style in ("comma", "grouped")],
    )  # fmt: skip
    return _asked(plan, counts, ("comma", "grouped"))


async def _days(session: AsyncSession, plan: Plan, mapped: list[Mapped]) -> dict[str, Any]:
    """Day first is allowed unless a value can only be month first, and the other way round."""
    local = st.of("c ~ {local}", local=st.lit(LOCAL_DAY))
    first, second = (st.of("({p})::int", p=_part(st.name("c"), number)) for number in (1, 2))
    counts = await _count(
        session, plan, mapped, local,
        [
            st.of("case when {l} then {b} > 12 and {a} <= 12 else false end", l=local, a=first, b=second),
            st.of("case when {l} then {a} > 12 and {b} <= 12 else false end", l=local, a=first, b=second),
        ],
    )  # fmt: skip
    return _asked(plan, counts, ("dmy", "mdy"))


async def _count(
    session: AsyncSession, plan: Plan, mapped: list[Mapped], about: Composable, against: list[Composable]
) -> list[tuple[Any, ...]]:
    """For each column: its cell, how many values the question is about, one of them, how many forbid each answer."""
    columns = st.joined(st.COMMA, [st.of("({n}, {c})", n=st.lit(one.cell), c=one.source) for one in mapped])
    return await st.rows(
        session,
        st.of(
            """select cell, count(*) filter (where {about}), min(left(c, 40)) filter (where {about}), {against}
            from {staged} s cross join lateral (values {columns}) as v (cell, c)
            where problem is null and c is not null group by cell order by cell""",
            about=about, staged=plan.staging(), columns=columns,
            against=st.joined(st.COMMA, [st.of("count(*) filter (where {no})", no=condition) for condition in against]),
        ),
    )  # fmt: skip


def _asked(plan: Plan, counts: list[tuple[Any, ...]], answers: tuple[str, str]) -> dict[str, Any]:
    about = [row for row in counts if row[1]]
    return {
        "columns": [plan.headers[row[0] - 1] for row in about],
        "cells": sum(row[1] for row in about),
        "example": about[0][2] if about else "",
        "allowed": [answer for n, answer in enumerate(answers, 3) if not any(row[n] for row in counts)],
    }

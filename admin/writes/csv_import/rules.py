"""The shape a cell must have to be a value of its column, as SQL: the rules of `admin/values`, one scan for all.

Stricter than Postgres' input functions where those surprise: `1_000`, `today`, `03/04/2026`, digits of other scripts,
more decimals than fit. What passes the shape is then asked of Postgres itself (`pg_input_is_valid`), so that nothing
can fail later. Shapes come first and fail first: the order of a column's rules is the order they are tried in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from psycopg.sql import Composable

from admin.traits import Column, Kind
from admin.values import FALSE, TRUE
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.catalog import ColumnInfo

DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
ZONE = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
FLOAT = r"^[+-]?([0-9]{1,200}(\.[0-9]{0,200})?|\.[0-9]{1,200})([eE][+-]?[0-9]{1,3})?$|^NaN$|^-?Infinity$"
UUID = r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32})$"


MOST_DEPTH = 500
DEEP = r"""
case when regexp_count({t}, '[[{{]') > {most} then (
  select max(depth) > {most} from (
    select sum(case when bracket in ('[', '{{') then 1 else -1 end) over (order by place) as depth
    from unnest(string_to_array(
      regexp_replace(regexp_replace({t}, '"(\\.|[^"\\])*"', '', 'g'), '[^][{{}}]', '', 'g'), null
    )) with ordinality as brackets (bracket, place)
  ) depths
) else false end
"""
"""Whether brackets stand deeper than allowed; asked only of a value that has that many, since it looks at each."""


@dataclass(frozen=True)
class Rule:
    """What makes a cell no value: the condition, its name (the same for all values), and the reason for this one."""

    broken: Composable
    name: str
    reason: Composable | None = None


def is_not(text: Composable, pattern: str) -> Composable:
    return st.of("{t} !~ {p}", t=text, p=st.lit(pattern))


def matches(text: Composable, pattern: str) -> Composable:
    return st.of("{t} ~ {p}", t=text, p=st.lit(pattern))


def _invalid(text: Composable, info: ColumnInfo) -> Composable:
    return st.of("not pg_input_is_valid({t}, {type})", t=text, type=st.lit(info.type))


def _text(column: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    found = []
    if info.type_name in ("varchar", "bpchar") and info.modifiers:
        (limit,) = info.modifiers
        reason = st.of("'has ' || length({t}) || ' characters, at most ' || {n} || ' fit'", t=text, n=st.lit(limit))
        found.append(Rule(st.of("length({t}) > {n}", t=text, n=st.lit(limit)), f"is longer than {limit:,}", reason))
    elif info.type_name not in ("text", "varchar", "bpchar"):
        found += others(column, info, text)
    return found


def _integer(_: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    return [
        Rule(is_not(text, "^[+-]?[0-9]{1,40}$"), "is not a whole number (expected like 1250)"),
        Rule(_invalid(text, info), f"is out of range (at most {info.largest})"),
    ]


def _numeric(_: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    found = [
        Rule(matches(text, r"^[+-]?[0-9]+,[0-9]{1,2}$"), "is not a number (write 12.50 with a point, not a comma)"),
        Rule(is_not(text, r"^[+-]?[0-9]{1,200}(\.[0-9]{1,200})?$"), "is not a number (expected like 12.50)"),
    ]
    if info.modifiers:
        precision, scale = info.modifiers
        decimals = st.of("length(rtrim(split_part({t}, '.', 2), '0')) > {n}", t=text, n=st.lit(scale))
        found.append(Rule(decimals, f"has too many decimals (at most {scale})"))
        found.append(Rule(_invalid(text, info), f"is too large (at most {precision - scale} digits before the point)"))
    return found


def _float(_: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    return [
        Rule(is_not(text, FLOAT), "is not a number (expected like 12.5)"),
        Rule(_invalid(text, info), "is out of range"),
    ]


def _boolean(_: Column, __: ColumnInfo, text: Composable) -> list[Rule]:
    words = st.lit(sorted(TRUE | FALSE))
    return [Rule(st.of("not lower({t}) = any ({w})", t=text, w=words), "is neither yes nor no")]


def _date(_: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    serial, local = r"^[0-9]{5}$", r"^[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{1,4}$"
    return [
        Rule(matches(text, serial), "is a spreadsheet's day number; format the column as a date like 2026-11-23"),
        Rule(matches(text, local), "is not a date (use YYYY-MM-DD, like 2026-11-23)"),
        Rule(is_not(text, f"^{DAY}$"), "is not a date (expected like 2026-11-23)"),
        Rule(_invalid(text, info), "is not a day of the calendar"),
    ]


def _timestamp(_: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    moment = f"^{DAY}([T ]{CLOCK}{ZONE}?)?$"
    shaped = Rule(is_not(text, moment), "is not a date and time (expected like 2026-11-23 14:05)")
    valid = Rule(_invalid(text, info), "is not a day and time of the calendar")
    if info.type_name == "timestamptz":
        return [shaped, valid]
    return [shaped, Rule(matches(text, f"{CLOCK}{ZONE}$"), "has a time zone, but this column has none"), valid]


def without_zone(text: Composable) -> Composable:
    """Whether a well-formed time has no zone, and is therefore read as UTC."""
    return matches(text, f"^{DAY}([T ]{CLOCK})?$")


def _time(_: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    broken = st.of("({a} or {b})", a=is_not(text, f"^{CLOCK}{ZONE}?$"), b=_invalid(text, info))
    return [Rule(broken, "is not a time of day (expected like 14:05)")]


def _uuid(_: Column, __: ColumnInfo, text: Composable) -> list[Rule]:
    return [Rule(is_not(text, UUID), "is not a UUID")]


def _enum(column: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    named = f"is none of {', '.join(column.choices)}"
    return [
        Rule(st.of("not {t} = any ({w})", t=text, w=st.lit(list(column.choices))), named),
        Rule(_invalid(text, info), named),
    ]


def _json(_: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    detail = st.of("'is not valid JSON: ' || ({i})", i=_said(text, info, "detail"))
    return [
        # Postgres gives up on the whole statement when its stack is too small for a value, so it must not be asked.
        Rule(st.of(DEEP, t=text, most=st.lit(MOST_DEPTH)), f"is JSON nested more than {MOST_DEPTH} deep"),
        Rule(_invalid(text, info), "is not valid JSON", detail),
    ]


def _bytes(_: Column, __: ColumnInfo, text: Composable) -> list[Rule]:
    return [Rule(is_not(text, r"^(\\x)?([0-9a-fA-F]{2})*$"), "is not hexadecimal")]


def of_domain(name: str, text: Composable) -> Rule:
    """What a domain takes, beyond its type."""
    invalid = st.of("not pg_input_is_valid({t}, {type})", t=text, type=st.lit(name))
    return Rule(invalid, f"is not allowed in a {name}")


def others(_: Column, info: ColumnInfo, text: Composable) -> list[Rule]:
    message = st.of("'is refused by the database: ' || ({i})", i=_said(text, info, "message"))
    return [Rule(_invalid(text, info), "is refused by the database", message)]


def _said(text: Composable, info: ColumnInfo, part: str) -> Composable:
    """Postgres' own words about a value that it does not take."""
    return st.of(
        "select coalesce(i.{part}, i.message) from pg_input_error_info({t}, {type}) i",
        part=st.name(part), t=text, type=st.lit(info.type),
    )  # fmt: skip


RULES: dict[Kind, Callable[[Column, ColumnInfo, Composable], list[Rule]]] = {
    "text": _text, "integer": _integer, "numeric": _numeric, "float": _float, "boolean": _boolean, "date": _date,
    "timestamp": _timestamp, "time": _time, "uuid": _uuid, "enum": _enum, "json": _json, "bytes": _bytes,
}  # fmt: skip

"""How a cell of a column is read, as SQL: its text, the rules it may break, and the value that it then is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from psycopg.sql import Composable

from admin.reads.csv_export import ESCAPED_KINDS, FORMULA_STARTS, PLAIN_NUMBER
from admin.traits import Column, Kind
from admin.writes.csv_import import rules, styles
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.catalog import ColumnInfo
from admin.writes.csv_import.options import Decimal, Options
from admin.writes.csv_import.rules import matches

BLANKS = " \t\r\n\u00a0"
"""What is trimmed around everything but text."""
SAFE_DAY = r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
"""Days that every month has."""
ESCAPED = f"^'{FORMULA_STARTS}"
NOT_ESCAPED = f"^'{PLAIN_NUMBER}$"


@dataclass(frozen=True)
class Shape:
    """How a cell is read: its text, the rules in order, and the value, computed only where no rule is broken.

    `plain` is what nearly all good cells look like: one cheap test after which no rule needs to be asked.
    """

    text: Composable
    rules: tuple[rules.Rule, ...]
    value: Composable
    plain: Composable | None


def shape(column: Column, info: ColumnInfo, cell: Composable, options: Options) -> Shape:
    """The shape of a column's cells. `cell` is the staged column; empty cells never get here."""
    text = cell if column.kind == "text" else st.of("btrim({c}, {b})", c=cell, b=st.lit(BLANKS))
    if options.unescape and column.kind in ESCAPED_KINDS:
        text = unescaped(text)
    text, first = _styled(column.kind, text, options)
    value = VALUES.get(column.kind, _cast)(text, info)
    found = (*first, *rules.RULES.get(column.kind, rules.others)(column, info, text))
    if info.domain is not None:
        # Its own checks come last: they are asked of what is a value of the type below it.
        return Shape(text, (*found, rules.of_domain(info.domain, text)), value, None)
    return Shape(text, found, value, _plain(column, info, cell, options.decimal))


def _styled(kind: Kind, text: Composable, options: Options) -> tuple[Composable, tuple[rules.Rule, ...]]:
    """The text as Postgres would write it, and the rule that it is written as the person said."""
    if kind in styles.NUMBERS and options.decimal != "point":
        name = f"is not a number (expected like {styles.EXAMPLES[options.decimal]})"
        strange = rules.is_not(text, styles.NUMBER[options.decimal])
        return styles.plain_number(text, options.decimal), (rules.Rule(strange, name),)
    return (styles.plain_day(text, options.dates) if kind in styles.DAYS else text), ()


def _plain(column: Column, info: ColumnInfo, cell: Composable, decimal: Decimal) -> Composable | None:
    """A condition under which a cell is surely a value, narrower than the rules and many times cheaper."""
    match column.kind:
        case "integer" | "date":
            return _canonical(cell, info.type_name)
        case "numeric" if info.modifiers and info.modifiers[0] > info.modifiers[1] >= 0:
            precision, scale = info.modifiers
            mark = "," if decimal == "comma" else r"\."
            whole = f"^-?[0-9]{{1,{min(precision - scale, 200)}}}"
            plain = matches(cell, whole + (f"({mark}[0-9]{{1,{scale}}})?$" if scale else "$"))
            return plain if decimal == "comma" else st.of("{c} or {plain}", c=_exact(cell, scale, info), plain=plain)
        case "timestamp":
            return matches(
                cell, f"^{SAFE_DAY}[T ]{rules.CLOCK}" + ("(Z|[+]00)$" if info.type_name == "timestamptz" else "$")
            )
        case "boolean":
            return st.of("{c} in ('true', 'false')", c=cell)
    return None


def _canonical(cell: Composable, type_name: str) -> Composable:
    """Whether a cell is the very text that Postgres writes for its value, which costs a third of a pattern.

    No text of ten characters or fewer is a day that the rules refuse, but for the infinities.
    """
    same = st.of(
        "case when pg_input_is_valid({c}, {name}) then ({c})::{type}::text = {c} else false end",
        c=cell, name=st.lit(type_name), type=st.raw(type_name),
    )  # fmt: skip
    return st.of("(length({c}) = 10 and {same})", c=cell, same=same) if type_name == "date" else same


def _exact(cell: Composable, scale: int, info: ColumnInfo) -> Composable:
    """The same for numbers, which keep the decimals that they are written with; NaN and Infinity have no scale."""
    return st.of(
        "case when pg_input_is_valid({c}, {type}) then {c}::numeric::text = {c} and scale({c}::numeric) <= {scale} end",
        c=cell, type=st.lit(info.type), scale=st.lit(scale),
    )  # fmt: skip


def is_escaped(cell: Composable) -> Composable:
    """Whether a cell bears the apostrophe of a spreadsheet-safe export: exactly what the export would have written."""
    return st.of(
        "({c} like '''%' and {c} ~ {formula} and {c} !~ {number})",
        c=cell, formula=st.lit(ESCAPED), number=st.lit(NOT_ESCAPED),
    )  # fmt: skip


def unescaped(cell: Composable) -> Composable:
    """A cell without the apostrophe of a spreadsheet-safe export."""
    return st.of("case when {e} then substr({c}, 2) else {c} end", e=is_escaped(cell), c=cell)


def _cast(text: Composable, info: ColumnInfo) -> Composable:
    return st.of("({t})::{type}", t=text, type=st.raw(info.type))


def _unhexed(text: Composable, info: ColumnInfo) -> Composable:
    return st.of(r"decode(regexp_replace({t}, '^\\x', ''), 'hex')::{type}", t=text, type=st.raw(info.type))


VALUES: dict[Kind, Callable[[Composable, ColumnInfo], Composable]] = {"bytes": _unhexed}

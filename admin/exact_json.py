"""JSON that keeps its numbers: what Postgres stores digit by digit must not pass through a float on its way.

The standard library reads `1.10` as the float 1.1 and cuts long decimals; a form that changed one key of a value would
then change all its numbers. Here decimals are `Decimal`, in and out, so a value is written as it was read.
"""

from __future__ import annotations

import functools
from decimal import Decimal, InvalidOperation
from typing import Any

import simplejson

LONGEST_INT = 4300
"""Digits that Python turns into an int; a longer whole number is read as a decimal, which has no such limit."""
MOST_DIGITS = 131_072
MOST_DECIMALS = 16_383
"""What the numeric type of Postgres holds before and behind the point."""

JSONError = simplejson.JSONDecodeError
"""What `loads` raises for a text that is not JSON; `lineno` and `colno` say where."""


class NotANumber(ValueError):
    """NaN and Infinity are numbers to many programs, but not in JSON."""


class OutOfRange(ValueError):
    """A number so large or so small that not even a decimal holds it."""


def loads(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises `JSONError`, `NotANumber`, `OutOfRange`, or RecursionError for what is nested too deeply.
    """
    try:
        return DECODER.decode(text if isinstance(text, str) else text.decode())
    except InvalidOperation:
        raise OutOfRange from None


def dumps(value: Any, *, indent: int | None = None, sort_keys: bool = False, escape: bool = False) -> str:
    """The JSON text of a value, in its own letters or, with `escape`, in ASCII alone."""
    return str(_encoder(indent, sort_keys=sort_keys, escape=escape).encode(value))


@functools.cache
def _encoder(indent: int | None, *, sort_keys: bool, escape: bool) -> simplejson.JSONEncoder:
    """Made once: that takes longer than it takes to write what a list shows of a value."""
    return simplejson.JSONEncoder(
        use_decimal=True, ensure_ascii=escape, indent=indent, sort_keys=sort_keys, default=str, allow_nan=False
    )


def obstacle(value: Any) -> str | None:
    """Why jsonb cannot store a value that is good JSON; None when it can."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as inner:
                waiting += [*inner, *inner.values()]
            case list() as inner:
                waiting += inner
            case str() as text if "\0" in text:
                return "cannot hold \\u0000, a character that the database does not store"
            case str() as text if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
                return "cannot hold half of a character, such as \\ud800 alone"
            case Decimal() as number if not _fits(number):
                return "cannot hold a number this large or this small"
    return None


def _fits(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MOST_DECIMALS and (not number or number.adjusted() < MOST_DIGITS)


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_INT else Decimal(digits)


def _refuse(name: str) -> Any:
    raise NotANumber(name)


DECODER = simplejson.JSONDecoder(parse_float=Decimal, parse_int=_whole, parse_constant=_refuse)
"""Made once, as `_encoder` is."""

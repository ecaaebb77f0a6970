"""JSON that keeps its numbers: what Postgres stores digit by digit must not pass through a float on its way.

The standard library reads `1.10` as the float 1.1 and cuts long decimals; a form that changed one key of a value would
then change all its numbers. Here decimals are `Decimal`, in and out, so a value is written as it was read.
"""

from __future__ import annotations

from typing import Any

import simplejson

JSONError = simplejson.JSONDecodeError
"""What `loads` raises for a text that is not JSON; `lineno` and `colno` say where."""


class NotANumber(ValueError):
    """NaN and Infinity are numbers to many programs, but not in JSON."""


def loads(text: str | bytes) -> Any:
    """The value of a JSON text. Raises `JSONError`, `NotANumber`, or RecursionError for what is nested too deeply."""
    return simplejson.loads(text, use_decimal=True, parse_constant=_refuse)


def dumps(value: Any, *, indent: int | None = None, sort_keys: bool = False, escape: bool = False) -> str:
    """The JSON text of a value, in its own letters or, with `escape`, in ASCII alone."""
    return simplejson.dumps(
        value, use_decimal=True, ensure_ascii=escape, indent=indent, sort_keys=sort_keys, default=str, allow_nan=False
    )


def _refuse(name: str) -> Any:
    raise NotANumber(name)

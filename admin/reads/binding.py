"""Values as they are compared with a column: sent as the column's own type where Postgres would take another.

Drivers send a Python float in double precision. Beside a `real` column that widens the column instead of narrowing the
value, and 0.1 is not equal to 0.1 any more: a filter finds nothing, a page never ends.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Float, cast, literal
from sqlalchemy.types import TypeEngine


def bound(type_: TypeEngine[Any], value: Any) -> ColumnElement[Any]:
    """A bound parameter that has this type on the server as well."""
    parameter = literal(value, type_)
    return cast(parameter, type_) if isinstance(type_, Float) else parameter

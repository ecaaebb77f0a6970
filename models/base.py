"""The declarative base: one place that decides how Python types and constraint names become DDL."""

from __future__ import annotations

import enum
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Enum, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

# The names Postgres itself would choose, so that psql, the migrations and the models agree.
NAMES = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}


class Base(DeclarativeBase):
    """The base of every cookbook table.

    `int` is bigint, `str` is text (a length is a rule, and a rule is a CHECK), `datetime` carries
    its time zone. Values that Postgres computes are fetched in the statement that makes them,
    because an async session cannot load them later on its own.
    """

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[object, object]] = {
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
    }
    __mapper_args__: Any = MappingProxyType({"eager_defaults": True})


def choice(kind: type[enum.Enum], name: str) -> Enum:
    """A native Postgres enum called `name` that stores the values of `kind`, not its member names."""
    return Enum(kind, name=name, values_callable=lambda members: [one.value for one in members])

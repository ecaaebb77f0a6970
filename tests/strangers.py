"""Models the engine has never seen: composite, text and uuid keys, no timestamps, odd names, odd types.

The engine works for any SQLAlchemy model or it does not work; the cookbook's tables are too well-behaved to show it.
"""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Text,
    create_mock_engine,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin.resource import Resource
from admin.web.model_admin import ModelAdmin
from tests.postgres import Database


class Base(DeclarativeBase):
    """A base of its own, as a stranger's project has one."""


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


class Shelf(Base):
    """Composite key of a number and a text; a trash; nothing else an admin console would expect."""

    __tablename__ = "shelf"

    room: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    note: Mapped[str | None] = mapped_column(Text)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Odd(Base):
    """Names that need quoting, names that are parameters of a list, and types without an order."""

    __tablename__ = 'odd "table"; %s :x'

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    page: Mapped[int | None] = mapped_column("page number %", BigInteger)
    sort: Mapped[str | None] = mapped_column('so"rt', Text)
    select: Mapped[str | None] = mapped_column("select", Text)
    a: Mapped[int | None]
    a__gte: Mapped[int | None]
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    amount: Mapped[Decimal | None]
    ratio: Mapped[float | None]
    weight: Mapped[float | None] = mapped_column(REAL)
    happened: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=False))
    size: Mapped[Size | None] = mapped_column(Enum(Size, name="odd_size"))
    words: Mapped[str | None] = mapped_column(
        TSVECTOR, Computed("to_tsvector('simple', coalesce(\"select\", ''))", persisted=True)
    )


class Node(Base):
    """Its own parent, by a foreign key that no relationship goes over; a text key."""

    __tablename__ = "node"

    slug: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    parent_slug: Mapped[str | None] = mapped_column(ForeignKey("node.slug"))


class Link(Base):
    """A key that is made of foreign keys, one of them with a relationship."""

    __tablename__ = "link"

    source: Mapped[str] = mapped_column(ForeignKey(Node.slug), primary_key=True)
    target: Mapped[str] = mapped_column(ForeignKey(Node.slug), primary_key=True)
    weight: Mapped[int | None]

    node: Mapped[Node] = relationship(foreign_keys=[source])


class Plain(Base):
    """Sort columns of every temper: ties, NULLs, mixed directions; no index but the key."""

    __tablename__ = "plain"

    id: Mapped[int] = mapped_column(primary_key=True)
    a: Mapped[int | None]
    b: Mapped[str | None] = mapped_column(Text)
    c: Mapped[int] = mapped_column(server_default=text("0"))


Index("odd_words", Odd.words, postgresql_using="gin")


def create(database: Database) -> None:
    """Make the strangers' tables and let the application in."""

    def run(ddl: Any, *_: Any, **__: Any) -> None:
        # Compiled for parameters, `%` stands doubled; sent without any, it would stay so and become part of a name.
        database.sql(str(ddl.compile(dialect=engine.dialect)).replace("%%", "%"))

    engine = create_mock_engine("postgresql+psycopg://", run)
    Base.metadata.create_all(engine, checkfirst=False)
    database.sql("grant all on all tables in schema public to larder_app")
    database.sql("grant all on all sequences in schema public to larder_app")


def resource_of(model: type[Any], **options: Any) -> Resource:
    """The resource of a model as its registration would make it."""
    return type(f"{model.__name__}Admin", (ModelAdmin,), options, model=model).build_resource()

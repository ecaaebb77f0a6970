"""The console's own tables, in their own schema `larder`, with their own metadata.

The console works for any model because it keeps what it needs to remember here: who may come in, what was done, what
was there before, the imports, and the views of lists that people keep. The application role may not change or delete
the record of what was done; only the triggers write before-images (revision `operations`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "larder"
STAGING_SCHEMA = "larder_staging"

ROLES = ("admin", "editor", "viewer")
IMPORT_STATES = ("staging", "review", "queued", "running", "done", "failed", "cancelled", "undone")


class Base(DeclarativeBase):
    """Base of the console's own tables."""

    metadata = MetaData(
        schema=SCHEMA,
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        },
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: DateTime(timezone=True),
        str: Text,
        int: BigInteger,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        bytes: BYTEA,
    }


def _in(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class Person(Base):
    """Someone who may log in. Names are unique whatever their case."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(_in("role", ROLES), name="role"),
        Index("person_name_key", func.lower(text("name")), unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    preferences: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class Session(Base):
    """One logged-in browser: the sha256 of its cookie, never the cookie; `flash` is shown once on the next page."""

    __tablename__ = "session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    ip: Mapped[str | None]
    agent: Mapped[str | None]
    flash: Mapped[list[Any] | None]


class LoginThrottle(Base):
    """How often a key (a person at an address, an address, a person) failed to log in within the running window."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    until: Mapped[dt.datetime]


class Operation(Base):
    """One thing a person did, written in the transaction that did it; never changed afterwards.

    `undoes` is unique: an operation can be undone once, however many ask at the same moment. Whether an operation is
    undone is asked, not stored. `detail` holds what its page shows beside the sentence (counts a table, file names).
    """

    __tablename__ = "operation"
    __table_args__ = (
        Index("operation_identity_id_idx", "identity", "id"),
        Index("operation_person_id_id_idx", "person_id", "id"),
        Index("operation_kind_id_idx", "kind", "id"),
        Index("operation_at_idx", "at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    person_name: Mapped[str]
    kind: Mapped[str]
    identity: Mapped[str | None]
    rows: Mapped[int]
    sentence: Mapped[str]
    source: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("operation.id"), unique=True)


CHANGE_ID = Sequence("change_id", metadata=Base.metadata)
"""Numbers before-images and inserted keys alike: it says what came first within an operation."""


class BeforeImage(Base):
    """A row as it was before an update ('U') or a delete ('D'), whoever did it; written by trigger only.

    `operation_id` is NULL for a change made outside the console; then `database_role` says which role made it.
    `key` is the primary key as a JSON array of texts in the key's column order, `new_key` the one it was changed into.
    `before` holds each column that is not generated as Postgres' own text, which casts back to the same value. What
    changed is computed when it is read: the row's next image (or the row itself) holds the new values. `table_name`
    has its schema in front: `public.order`. Partitioned by month of `at`, which is the moment of the transaction.
    """

    __tablename__ = "before_image"
    __table_args__ = (
        CheckConstraint(_in("kind", ("U", "D")), name="kind"),
        Index("before_image_table_name_key_id_idx", "table_name", "key", "id"),
        Index("before_image_new_key_idx", "table_name", "new_key", "id", postgresql_where=text("new_key IS NOT NULL")),
        Index("before_image_operation_id_idx", "operation_id"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(CHANGE_ID, server_default=CHANGE_ID.next_value(), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), primary_key=True)
    operation_id: Mapped[int | None]
    database_role: Mapped[str] = mapped_column(server_default=text("session_user"))
    table_name: Mapped[str]
    kind: Mapped[str]
    key: Mapped[list[Any]]
    new_key: Mapped[list[Any] | None]
    before: Mapped[dict[str, Any]]


class InsertedKeys(Base):
    """The keys of rows that were inserted, up to a hundred in one JSON array; written by trigger only.

    A million-row import costs ten thousand rows here. A row was changed since when a before-image of it exists that is
    younger than the operation and not of it. A batch is found by what its keys begin with (`larder.key_prefix`): keys
    of rows that are made together mostly begin alike, so the index stays small, and a row of a list is looked up in it.
    """

    __tablename__ = "inserted_keys"
    __table_args__ = (
        Index("inserted_keys_operation_id_idx", "operation_id"),
        # Nothing may wait in a list of its own, which each look-up would have to read.
        Index("inserted_keys_prefixes_idx", "prefixes", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(CHANGE_ID, server_default=CHANGE_ID.next_value(), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), primary_key=True)
    operation_id: Mapped[int | None]
    database_role: Mapped[str] = mapped_column(server_default=text("session_user"))
    table_name: Mapped[str]
    keys: Mapped[list[Any]]
    prefixes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))


class FormNonce(Base):
    """A form that was handed in, and where its answer leads: the same form sent again leads to the same place."""

    __tablename__ = "form_nonce"

    nonce: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), index=True)
    location: Mapped[str | None]


class Import(Base):
    """One CSV file handed in for a table, from upload to undo. Its rows lie in `larder_staging.import_<id>`.

    `options` is what the person chose (mapping, mode, key ...), `report` what the last check or the run found. `job_id`
    is the job that is to go on with it, `attempts` how often one has begun.
    """

    __tablename__ = "import"
    __table_args__ = (CheckConstraint(_in("state", IMPORT_STATES), name="state"), Index("import_sha256_idx", "sha256"))

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    person_name: Mapped[str]
    identity: Mapped[str]
    file_name: Mapped[str]
    file_bytes: Mapped[int]
    sha256: Mapped[bytes]
    state: Mapped[str]
    options: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    finished_at: Mapped[dt.datetime | None]
    operation_id: Mapped[int | None] = mapped_column(ForeignKey(Operation.id), index=True)
    job_id: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class SavedView(Base):
    """One list that a person keeps: a table's query string under a name, for themselves or for everybody."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("person_id", "identity", "name"),
        CheckConstraint("char_length(name) between 1 and 80", name="name"),
        Index("saved_view_shared_idx", "identity", postgresql_where=text("shared")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    identity: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    shared: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())

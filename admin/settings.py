"""Everything that can be set from outside, and every named limit.

The only reader of the environment. A wrong value stops the start with one sentence (`SettingsError`), never a
traceback. Limits live here so that whoever runs Larder finds every bound on expensive work in one place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PAGE_SIZES = (10, 25, 50, 100, 200)
"""Rows a page may show; the largest keeps a page below 500 KB of HTML whatever the table holds."""


class SettingsError(Exception):
    """A setting has a value that makes no sense; the message names the setting and the remedy."""


class Settings(BaseSettings):
    """The settings of CONTRACT: upper-case names in the environment or in a `.env` file, `LARDER_` in front."""

    model_config = SettingsConfigDict(env_prefix="LARDER_", env_file=".env", extra="ignore", frozen=True)

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    owner_url: str | None = None
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    state_dir: Path = Path(".data")
    admin_password: str | None = None
    demo: bool = True
    log: Literal["console", "json"] = "console"
    metrics_token: str | None = Field(default=None, min_length=16)

    pooler: bool = False
    pool_size: int = Field(default=10, ge=1, le=200)
    pool_overflow: int = Field(default=5, ge=0, le=200)
    pool_timeout: float = Field(default=5.0, gt=0, le=60)
    pool_recycle: int = Field(default=1800, ge=30)
    pool_pre_ping: bool = True

    page_size: int = 50
    statement_timeout_ms: int = Field(default=5_000, ge=50, le=600_000)
    lock_timeout_ms: int = Field(default=3_000, ge=50, le=600_000)
    export_timeout_ms: int = Field(default=600_000, ge=1_000)
    import_timeout_ms: int = Field(default=600_000, ge=1_000)
    max_upload_mb: int = Field(default=100, ge=1, le=10_000)
    worker: bool = True
    import_days: int = Field(default=7, ge=1, le=365)
    staged_mb: int = Field(default=20_000, ge=1)
    staged_mb_person: int = Field(default=5_000, ge=1)
    undo_days: int = Field(default=30, ge=1, le=3650)

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        return tuple(host.strip() for host in value.split(",") if host.strip()) if isinstance(value, str) else value

    @field_validator("page_size")
    @classmethod
    def _known_page_size(cls, value: int) -> int:
        if value not in PAGE_SIZES:
            raise ValueError(f"must be one of {', '.join(map(str, PAGE_SIZES))}")
        return value

    @field_validator("database_url", "owner_url")
    @classmethod
    def _use_psycopg(cls, value: str | None) -> str | None:
        """Accept the `postgres://` and `postgresql://` forms that hosts hand out; the driver is always psycopg 3."""
        if value is None or value.startswith("postgresql+psycopg://"):
            return value
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in ("postgres", "postgresql"):
            raise ValueError("must start with postgresql://")
        return f"postgresql+psycopg://{rest}"


def load() -> Settings:
    """Read the environment and `.env`.

    Raises `SettingsError` with one sentence that names the first setting that makes no sense.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "a setting"
        name = field if field.isupper() else f"LARDER_{field.upper()}"
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise SettingsError(f"{name} has a value Larder cannot use: {reason[0].lower()}{reason[1:]}.") from None

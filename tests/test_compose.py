"""compose.yaml, held against the Compose specification and against what it is made for, as no engine runs here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from admin.embedded import EmbeddedPostgres
from admin.embedded.passwords import SUPERUSER
from admin.schema import ROOT
from admin.settings import Settings
from tests.postgres import Database

FILE = ROOT / "compose.yaml"
TEXT = FILE.read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CONSOLES = ["console-1", "console-2"]


def test_it_follows_the_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_specification_is_really_asked(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(TEXT.replace("healthcheck:", "healthchek:"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(wrong)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_the_services_start_in_order() -> None:
    assert SERVICES["migration"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in CONSOLES:
        assert SERVICES[name]["depends_on"] == {"migration": {"condition": "service_completed_successfully"}}
    assert SERVICES["proxy"]["depends_on"] == {name: {"condition": "service_healthy"} for name in CONSOLES}


def test_everything_that_stays_has_a_health_check_and_comes_back() -> None:
    for name in ("database", "proxy", *CONSOLES):
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
        assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES["migration"]["restart"] == "no"


def test_no_password_is_written_down() -> None:
    for name, service in SERVICES.items():
        for key, value in service["environment"].items():
            if "PASSWORD" in key or "URL" in key:
                assert re.search(r"\$\{\w+:\?", value), f"{name}: {key}"


def test_the_settings_exist() -> None:
    known = {"DATABASE_URL", "FORWARDED_ALLOW_IPS"} | {f"LARDER_{name}".upper() for name in Settings.model_fields}
    for name in ("migration", *CONSOLES):
        assert SERVICES[name]["environment"].keys() <= known


def test_consoles_have_no_way_to_the_owner_and_nothing_to_write() -> None:
    for name in CONSOLES:
        service = SERVICES[name]
        assert "larder_owner" not in str(service)
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["user"].split(":")[0] != "0"
        assert service["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_inline_configs_are_not_put_where_compose_cannot_put_them() -> None:
    for name, service in SERVICES.items():
        assert not (service.get("configs") and service.get("read_only")), name


def test_the_proxy_asks_every_console_how_it_is() -> None:
    proxy = COMPOSE["configs"]["proxy"]["content"]
    assert "reverse_proxy " + " ".join(f"{name}:8000" for name in CONSOLES) in proxy
    assert "health_uri /readyz" in proxy


def test_the_image_is_built_from_the_lock_file_with_the_uv_of_the_makefile() -> None:
    build = SERVICES["migration"]["build"]
    recipe = build["dockerfile_inline"]
    assert [SERVICES[name]["build"] for name in CONSOLES] == [build, build]
    pinned = re.search(r"UV_VERSION +:= (\S+)", (ROOT / "Makefile").read_text())
    assert pinned is not None
    assert f"astral-sh/uv:{pinned[1]} " in recipe
    assert recipe.count("uv sync --locked --no-dev") == 2
    assert "USER 0" not in recipe


def test_the_image_gets_what_the_package_is_made_of() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {*packages, "pyproject.toml", "uv.lock", project["project"]["readme"]} <= let_in


@pytest.fixture
def roles_script() -> str:
    """The script as the database gets it: Compose turns `$$` into `$`. Roles of its own, as ours exist already."""
    script = COMPOSE["configs"]["roles"]["content"].replace("$$", "$")
    return re.sub(r"\blarder(_owner|_app)?\b(?!_)", r"pantry\1", script)


def test_the_roles_are_made(roles_script: str, server: EmbeddedPostgres, tmp_path: Path) -> None:
    script = tmp_path / "roles.sh"
    script.write_text(roles_script)
    environment = {
        "PATH": f"{server.binaries.directory}:{os.environ['PATH']}",
        "PGHOST": str(server.sockets),
        "PGPORT": "5432",
        "PGPASSWORD": server._passwords[SUPERUSER],
        "LARDER_OWNER_PASSWORD": "it's",
        "LARDER_APP_PASSWORD": 'a "quote"',
    }
    done = subprocess.run(["sh", str(script)], env=environment, capture_output=True, text=True, check=False)
    postgres = Database(server, "postgres")
    try:
        assert done.returncode == 0, done.stderr
        assert postgres.sql(
            "select datdba::regrole::text, has_database_privilege('pantry_app', oid, 'connect'),"
            " has_database_privilege('pantry_app', oid, 'create') from pg_database where datname = 'pantry'"
        ) == [("pantry_owner", True, False)]
        assert postgres.value("select bool_or(rolsuper) from pg_roles where rolname like 'pantry%%'") is False
    finally:
        postgres.sql("drop database if exists pantry")
        postgres.sql("drop role if exists pantry_app, pantry_owner")
        postgres.close()

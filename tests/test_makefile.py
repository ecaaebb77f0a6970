"""The Makefile where it decides something; that it sets everything up is shown by whoever runs these tests."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from admin.schema import ROOT

TEXT = (ROOT / "Makefile").read_text()


def make(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "ARGS"}
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env={**inherited, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_target() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", TEXT, re.MULTILINE)
    shown = make().stdout
    assert re.findall(r"^make ([\w-]+)", shown, re.MULTILINE) == phony.split()


@pytest.fixture
def pytest_says(tmp_path: Path):
    """A stand-in for the environment's python, whose first run ends with the given code."""

    def pretend(code: int) -> dict[str, str]:
        python = tmp_path / "python"
        python.write_text(f'#!/bin/sh\necho "ran $*"\ncase "$*" in *--ignore*) exit {code};; *) exit 0;; esac\n')
        python.chmod(0o755)
        return {"PYTEST": f"{python} -m pytest", "BROWSER": "true", "TEST_READY": ""}

    return pretend


@pytest.mark.parametrize(("code", "arguments", "passes"), [(0, "", True), (1, "", False), (5, "", False)])
def test_a_failing_run_fails_make(pytest_says, code: int, arguments: str, passes: bool) -> None:
    given = [f"{name}={value}" for name, value in pytest_says(code).items()]
    assert (make("test", *given, f"ARGS={arguments}").returncode == 0) is passes


@pytest.mark.parametrize(("code", "passes"), [(0, True), (1, False), (5, True)])
def test_a_choice_may_leave_one_run_without_tests(pytest_says, code: int, passes: bool) -> None:
    given = [f"{name}={value}" for name, value in pytest_says(code).items()]
    done = make("test", *given, 'ARGS=-k "undo or redo"')
    assert (done.returncode == 0) is passes
    assert "-k undo or redo" in done.stdout


def test_check_runs_what_the_readme_says() -> None:
    planned = make("--dry-run", "check", "TEST_READY=").stdout
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports", "djlint --lint", "pytest"):
        assert tool in planned


def test_continuous_integration_runs_check() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "exec make check" in script.read_text()
    assert "set -euo pipefail" in script.read_text()

"""The docs name what there is: every setting, command and option, and no file that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from admin.__main__ import main
from admin.settings import Settings
from admin.web.model_admin import ModelAdmin

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_written_down(name):
    spelled = "DATABASE_URL" if name == "database_url" else f"LARDER_{name.upper()}"
    assert f"`{spelled}`" in (ROOT / "docs" / "production.md").read_text()


def test_every_setting_that_is_written_down_exists():
    named = set(re.findall(r"LARDER_[A-Z_]+", "".join(page.read_text() for page in PAGES)))
    assert named <= {f"LARDER_{name.upper()}" for name in Settings.model_fields}


def test_every_command_is_in_the_readme_and_the_other_way_round():
    table = (ROOT / "README.md").read_text().split("## Commands", 1)[1].split("##", 1)[0]
    named = {cell.split()[0] for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
             for cell in re.findall(r"`([^`]+)`", row)}  # fmt: skip
    assert named == set(main.commands)


def test_every_option_that_is_written_down_exists():
    table = (ROOT / "docs" / "your-own-model.md").read_text().split("| option |", 1)[1].split("\n\n", 1)[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    options = re.findall(r"`(\w+)`", "".join(rows))
    assert len(options) > 15
    assert [name for name in options if not hasattr(ModelAdmin, name)] == []


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_link_inside_the_repository_leads_somewhere(document):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_file_that_is_named_exists(document):
    named = re.findall(r"`((?:admin|models|migrations|templates|tests|bench|docs)/[\w./]*)`", document.read_text())
    assert [name for name in named if not (ROOT / name).exists() and name != "models/shelf.py"] == []

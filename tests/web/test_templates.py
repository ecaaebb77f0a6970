"""The rules that every template, style and script keeps: the policy allows nothing inline, and nothing is unused."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from admin.web.assets import STATIC, STYLES, stylesheet
from admin.web.templating import TEMPLATES, Templates

PAGES = sorted(TEMPLATES.rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
CODE = sorted(Path(__file__).parents[2].joinpath("admin").rglob("*.py"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_a_template_names_its_variables_and_has_nothing_inline(path: Path):
    text = path.read_text()
    assert text.startswith("{#"), "the first thing in a template is what it is given"
    assert len(text.splitlines()) <= 60
    code = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|\|\s*safe", code)
    assert not re.search(r"<script(?![^>]*\bsrc=)", code)
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", code)


def test_a_script_holds_one_behaviour():
    assert [path.name for path in SCRIPTS if len(path.read_text().splitlines()) > 100] == []
    assert [path.name for path in SCRIPTS if not path.read_text().startswith("// ")] == []


def test_every_behaviour_that_is_named_exists_and_is_used():
    index = (STATIC / "js" / "index.js").read_text()
    registered = set(re.findall(r'^  "([\w-]+)": \(\) => import\("\./\1\.js"\)', index, re.MULTILINE))
    registered |= set(re.findall(r"\w+", re.search(r"const present = {(.*)}", index)[1]))
    named = {
        word
        for path in PAGES
        for value in re.findall(r'data-behavior(?:=|": )"([^"]*)"', path.read_text())
        for word in re.findall(r"[\w-]+", re.sub(r"\bif\b.*?(?=}})", "", value))
    }
    assert registered == named
    assert registered <= {path.stem for path in SCRIPTS}


def test_every_icon_that_is_drawn_is_used_and_every_one_used_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    text = "".join(path.read_text() for path in [*PAGES, *CODE])
    quoted = set(re.findall(r'"([\w-]+)"', text))
    assert drawn - quoted == set()
    used = set(re.findall(r'icon\("([\w-]+)"', text)) | set(re.findall(r'icon="([\w-]+)"', text))
    assert used - drawn == set()


def test_no_rule_is_there_for_a_class_that_nothing_has():
    sheets = "".join((STATIC / "css" / f"{one}.css").read_text() for one in STYLES)
    styles = re.sub(r"/\*.*?\*/|{[^{}]*}", "", sheets, flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-z][\w-]*)", styles))
    words = set(re.findall(r"[\w-]+", "".join(path.read_text() for path in [*PAGES, *SCRIPTS, *CODE])))
    assert classes - words == set()


def test_every_stylesheet_is_sent_and_all_together_are_small():
    sheets = sorted((STATIC / "css").glob("*.css"))
    assert sorted(path.stem for path in sheets) == sorted(STYLES)
    assert sum(path.stat().st_size for path in sheets) < 47_000


def test_a_part_is_made_once_and_sees_nothing_but_what_it_is_given():
    templates = Templates({"asset": str})
    assert templates.part("components/progress.html") is templates.part("components/progress.html")
    with pytest.raises(UndefinedError, match="columns"):
        templates.part("list/_columns.html", url="/")


def test_the_first_load_is_small():
    """A page has at most 40 KB beside this (`test_list_page`), and packs to a quarter."""
    alone = [path for path in STATIC.rglob("*") if path.is_file() and path.suffix != ".css"]
    packed = [len(gzip.compress(made, 5)) for made in (stylesheet(), *(path.read_bytes() for path in alone))]
    assert sum(packed) < 200_000 - 40_000

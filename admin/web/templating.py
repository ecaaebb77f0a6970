"""The template engine: our templates first, sqladmin's behind them, everything escaped, nothing undefined.

Rendering is synchronous: a template prints finished values and never waits for anything, which halves its cost. Parts
that are the same on many pages are rendered once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup
from sqladmin.templating import Jinja2Templates

TEMPLATES = Path(__file__).parents[2] / "templates"

PARTS = 500
"""Parts that are kept; some kilobytes each."""


INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Leaves a space of the indentation, which is for whoever reads a template and not for whoever waits for a page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 jinja2's
        return INDENT.sub(" ", source)


class Templates(Jinja2Templates):
    """sqladmin's template holder with our environment in it."""

    def __init__(self, helpers: dict[str, Any]) -> None:
        self.env = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader(TEMPLATES),
                    PrefixLoader({"sqladmin_original": PackageLoader("sqladmin", "templates/sqladmin")}),
                    PackageLoader("sqladmin", "templates"),
                ]
            ),
            autoescape=True,
            extensions=[Unindented],
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # Templates are files of this version: they change only with a restart.
            auto_reload=False,
        )
        self._kept = functools.lru_cache(maxsize=PARTS)(self._part)
        self.env.globals.update(helpers, part=self.part)

    def render(self, name: str, context: dict[str, Any]) -> str:
        return self.env.get_template(name).render(context)

    def part(self, name: str, **given: Hashable) -> Markup:
        """A template that depends on nothing but what is given, from memory when the same was given before.

        It sees no other variable, and what is given never changes: what is kept cannot be out of date, nor be another
        person's.
        """
        return self._kept(name, tuple(given.items()))

    def _part(self, name: str, given: tuple[tuple[str, Hashable], ...]) -> Markup:
        return Markup(self.env.get_template(name).render(given))  # noqa: S704 a template escapes what it prints

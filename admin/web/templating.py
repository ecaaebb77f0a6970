"""The template engine: our templates first, sqladmin's behind them, everything escaped, nothing undefined.

Rendering is synchronous: a template prints finished values and never waits for anything, which halves its cost.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined
from sqladmin.templating import Jinja2Templates

TEMPLATES = Path(__file__).parents[2] / "templates"


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
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # Templates are files of this version: they change only with a restart.
            auto_reload=False,
        )
        self.env.globals.update(helpers)

    def render(self, name: str, context: dict[str, Any]) -> str:
        return self.env.get_template(name).render(context)

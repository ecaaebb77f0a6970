"""The console: sqladmin's `Admin` with Larder's request path in it.

From sqladmin come the registration of views, their options and the menu. The routes, the templates' engine, errors
and security are ours; `doors` is the one list of what the console answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqladmin import Admin
from sqladmin.models import BaseView, ModelView
from starlette.applications import Starlette
from starlette.responses import HTMLResponse

from admin.database import make_glances
from admin.resource import Resource
from admin.settings import Settings
from admin.web import urls
from admin.web.inlines import Inlined
from admin.web.model_admin import ModelAdmin
from admin.web.page import Page, page_globals
from admin.web.routes import Door, routes
from admin.web.templating import Templates

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    from admin.web.visit import Visit


class Console(Admin):
    """One console on one database. `resources` holds the registered tables by identity, in menu order, and
    `inlines` what is edited inside their rows."""

    def __init__(
        self, app: Starlette, session_maker: async_sessionmaker[AsyncSession], settings: Settings, doors: list[Door]
    ) -> None:
        self.settings = settings
        self.sessions = session_maker
        self.glances = make_glances(session_maker.kw["bind"])
        self.doors = doors
        self.renderer = Templates(page_globals())
        self.resources: dict[str, Resource] = {}
        self.inlines: dict[str, tuple[Inlined, ...]] = {}
        super().__init__(app, session_maker=session_maker, base_url=urls.BASE, title="Larder")
        # sqladmin's own routes are dropped whole: two serve files by a column's value, several change data on GET.
        self.admin.router.routes = [*routes(doors, self)]
        self.admin.exception_handlers = {}

    def init_templating_engine(self) -> Templates:
        """Our own engine; sqladmin would build one that looks for templates relative to the working directory."""
        return self.renderer

    def add_view(self, view: type[ModelView] | type[BaseView]) -> None:
        """Register a table. Raises `OptionError` when an option makes no sense: the start fails and says why."""
        super().add_view(view)
        if issubclass(view, ModelAdmin):
            self.resources[view.identity] = view.build_resource()
            self.inlines[view.identity] = view.build_inlines()

    def view_of(self, resource: Resource) -> ModelAdmin:
        """The registration behind a resource, for what only the web layer knows of it (icon, help, formatters)."""
        view = self._find_model_view(resource.identity)
        assert isinstance(view, ModelAdmin)  # noqa: S101 add_view takes nothing else into `resources`
        return view

    def resource_of(self, model: type[Any]) -> Resource | None:
        """The registered table of a model, or None: a parent that is not registered is shown without a link."""
        return next((resource for resource in self.resources.values() if resource.model is model), None)

    def render(self, visit: Visit, template: str, status: int, context: dict[str, Any]) -> HTMLResponse:
        """A page: the template with its own context and `page`, what the frame around it shows."""
        html = self.renderer.render(template, {"page": Page.of(visit), **context})
        return HTMLResponse(html, status_code=status)

"""Django's admin on Larder's tables, in one file: unmanaged models, no login to measure but the list itself.

Everything stays as Django ships it but for `list_select_related`, which its documentation asks for.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings

_url = urlsplit(os.environ["BENCH_URL"].replace("+psycopg", ""))
_host = parse_qs(_url.query).get("host", [_url.hostname or ""])[0]

settings.configure(
    SECRET_KEY="only for measuring",
    ALLOWED_HOSTS=["127.0.0.1"],
    DEBUG=False,
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _url.path.lstrip("/"),
            "USER": unquote(_url.username or ""),
            "PASSWORD": unquote(_url.password or ""),
            "HOST": _host,
            "PORT": _url.port or "",
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
        "django.contrib.messages", "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware", f"{__name__}.always_logged_in",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MESSAGE_STORAGE="django.contrib.messages.storage.cookie.CookieStorage",
    STATIC_URL="/static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)  # fmt: skip
django.setup()

from django.contrib import admin  # noqa: E402 Django must be configured before its admin is imported
from django.contrib.auth.models import AnonymousUser  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.db.models.functions import Now  # noqa: E402
from django.urls import path  # noqa: E402


class Somebody(AnonymousUser):
    """A person who may do everything, so that no session and no password is part of what is measured."""

    pk = id = 1
    is_staff = is_active = is_superuser = is_authenticated = True
    is_anonymous = False
    username = "somebody"

    def has_perm(self, *_: Any) -> bool:
        return True

    def has_module_perms(self, *_: Any) -> bool:
        return True

    def has_usable_password(self) -> bool:
        return False

    def get_username(self) -> str:
        return self.username

    def get_short_name(self) -> str:
        return self.username


def always_logged_in(get_response: Any) -> Any:
    def run(request: Any) -> Any:
        request.user = Somebody()
        return get_response(request)

    return run


class Customer(models.Model):
    id = models.BigAutoField(primary_key=True)
    email = models.TextField()
    name = models.TextField()
    city = models.TextField(null=True)
    balance = models.DecimalField(max_digits=12, decimal_places=2)
    born = models.DateField(null=True)
    active = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "auth"
        managed = False
        db_table = "customer"


class Person(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()

    class Meta:
        app_label = "auth"
        managed = False
        db_table = "user"

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(Person, null=True, on_delete=models.DO_NOTHING)
    title = models.TextField()
    body = models.TextField()
    status = models.TextField(choices=[("draft", "draft"), ("published", "published"), ("archived", "archived")])
    created_at = models.DateTimeField()

    class Meta:
        app_label = "auth"
        managed = False
        db_table = "document"


class Event(models.Model):
    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    payload = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "auth"
        managed = False
        db_table = "event"


class List(admin.ModelAdmin):
    list_per_page = 50
    ordering = ("-id",)


class CustomerList(List):
    list_display = ("id", "name", "email", "city", "balance", "active", "created_at")
    search_fields = ("name",)


class DocumentList(List):
    list_display = ("id", "title", "status", "owner", "created_at")
    list_select_related = ("owner",)
    list_filter = ("status",)
    search_fields = ("title", "body")


class EventList(List):
    list_display = ("id", "kind", "payload", "created_at")


site = admin.AdminSite()
site.register(Customer, CustomerList)
site.register(Document, DocumentList)
site.register(Event, EventList)
urlpatterns = [path("admin/", site.urls)]
application = get_wsgi_application()

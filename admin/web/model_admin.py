"""A registered table: sqladmin's option vocabulary, read once at start-up into a `Resource`.

Only the vocabulary, the menu entry and the form scaffolding of sqladmin's `ModelView` are used. Its request path is
not: where it lists, counts, deletes, imports or exports row by row, Larder's own reads and writes stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from sqladmin import ModelView

from admin.resource import Resource
from admin.settings import PAGE_SIZES
from admin.traits import Traits, traits_of
from admin.web import inlines
from admin.web.inlines import Inline, Inlined, InlineError

ACTS = ("create", "edit", "delete", "import", "export")

UNREAD = ("form_overrides", "form_ajax_refs", "form_rules", "form_create_rules", "form_edit_rules", "form_converter")


class OptionError(Exception):
    """An option of a registration makes no sense; the message names the class, the option and the remedy."""


class ModelAdmin(ModelView):
    """Register a table by subclassing: `class BookAdmin(ModelAdmin, model=Book)`.

    Options are sqladmin's: `column_list`, `column_details_list`, `column_labels`, `column_searchable_list`,
    `column_default_sort`, `column_export_list`, `form_columns`, `form_excluded_columns`, `can_*`, `page_size`,
    `name`, `name_plural`, `icon`, `category`. Left out, they follow from the model's traits; columns that look like
    secrets are then in none of them.
    """

    can_import: ClassVar[bool] = True
    page_size: ClassVar[int] = 50
    page_size_options: ClassVar[Sequence[int]] = PAGE_SIZES
    help_text: ClassVar[str] = ""
    """A sentence under the title of the list."""
    inlines: ClassVar[Sequence[Inline]] = ()
    """Tables whose rows are edited inside the form of the row they belong to."""

    @classmethod
    def build_resource(cls) -> Resource:
        """Read the options. Raises `OptionError` for an option that names what the model does not have."""
        traits = traits_of(cls.model)
        plain = tuple(
            name for name, column in traits.columns.items() if not column.secret and column.kind != "tsvector"
        )
        details = cls._names(traits, "column_details_list", "column_details_exclude_list", plain)
        return Resource(
            identity=cls.identity,
            name=cls.name,
            name_plural=cls.name_plural,
            traits=traits,
            list_columns=cls._names(traits, "column_list", "column_exclude_list", _short_list(traits, plain)),
            details_columns=details,
            form_columns=cls._form_columns(traits, plain),
            export_columns=cls._names(traits, "column_export_list", "column_export_exclude_list", plain),
            search_columns=cls._names(traits, "column_searchable_list", None, _searchable(traits)),
            default_sort=cls._default_sort(traits),
            page_size=cls._checked_page_size(),
            acts=frozenset(act for act in ACTS if getattr(cls, f"can_{act}")),
            whole_rows=bool(cls.column_formatters),
            labels={cls._name(traits, "column_labels", key): text for key, text in cls.column_labels.items()},
        )

    @classmethod
    def build_inlines(cls) -> tuple[Inlined, ...]:
        """Read `inlines`. Raises `OptionError` for one that makes no sense."""
        try:
            return tuple(inlines.read(one, traits_of(one.model), traits_of(cls.model)) for one in cls.inlines)
        except InlineError as error:
            raise OptionError(f"{cls.__name__}.inlines: {error}") from error

    @classmethod
    def formatters(cls) -> dict[str, Callable[..., Any]]:
        """`column_formatters` by column: from a row and the column's name (and the request, where it takes a third
        argument), what the cell says in place of the value."""
        traits = traits_of(cls.model)
        return {cls._name(traits, "column_formatters", key): made for key, made in cls.column_formatters.items()}

    @classmethod
    def _names(cls, traits: Traits, option: str, exclude: str | None, default: tuple[str, ...]) -> tuple[str, ...]:
        chosen, left_out = getattr(cls, option), getattr(cls, exclude) if exclude else ()
        if chosen == "__all__":
            return default
        if chosen:
            return tuple(cls._name(traits, option, item) for item in chosen)
        names = {cls._name(traits, exclude or option, item) for item in left_out}
        return tuple(name for name in default if name not in names)

    @classmethod
    def _name(cls, traits: Traits, option: str, item: Any) -> str:
        """The column an option's item means: an attribute, its name, or a many-to-one relationship over one column."""
        name = item if isinstance(item, str) else item.key
        if name in traits.columns:
            return str(name)
        for column in traits.parents:
            if column.references and column.references.relationship == name:
                return column.name
        raise OptionError(f"{cls.__name__}.{option} names {name!r}, which {traits.model.__name__} does not have.")

    @classmethod
    def _check_form_options(cls, traits: Traits) -> None:
        """Of sqladmin's form options only those that say what a field is called and how it is entered are read."""
        for option in UNREAD:
            if getattr(cls, option) != getattr(ModelView, option):
                raise OptionError(f"{cls.__name__}.{option} has no effect: fields follow from their columns.")
        for option in ("form_args", "form_widget_args"):
            for name in getattr(cls, option):
                cls._name(traits, option, name)

    @classmethod
    def _form_columns(cls, traits: Traits, plain: tuple[str, ...]) -> tuple[str, ...]:
        cls._check_form_options(traits)
        writable = tuple(name for name in plain if _writable(traits, name))
        names = cls._names(traits, "form_columns", "form_excluded_columns", writable)
        for name in names:
            if traits.columns[name].read_only:
                raise OptionError(f"{cls.__name__}.form_columns names {name!r}, which only the database writes.")
        return names

    @classmethod
    def _default_sort(cls, traits: Traits) -> tuple[tuple[str, bool], ...]:
        option = cls.column_default_sort
        pairs = option if isinstance(option, list) else [option] if option else []
        named = [(pair, False) if not isinstance(pair, tuple) else pair for pair in pairs]
        if not named and "created_at" in traits.columns and traits.columns["created_at"].kind == "timestamp":
            return (("created_at", True),)
        return tuple((cls._name(traits, "column_default_sort", item), bool(descending)) for item, descending in named)

    @classmethod
    def _checked_page_size(cls) -> int:
        if cls.page_size not in PAGE_SIZES:
            raise OptionError(f"{cls.__name__}.page_size is {cls.page_size}; choose one of {PAGE_SIZES}.")
        return cls.page_size


def _writable(traits: Traits, name: str) -> bool:
    """What a form offers by itself: not what the database keeps, and not a key that the database hands out."""
    column = traits.columns[name]
    return not column.read_only and not (name in traits.key and column.has_default)


def _short_list(traits: Traits, plain: tuple[str, ...]) -> tuple[str, ...]:
    """A list that fits a screen: the key, the label, then short columns, seven in all; never the trash mark."""
    first = [*traits.key, traits.label]
    rest = [name for name in plain if name not in first and name != traits.deleted_at]
    return tuple(dict.fromkeys([*first, *rest]))[:7]


def _searchable(traits: Traits) -> tuple[str, ...]:
    if traits.search_vector or traits.columns[traits.label].kind != "text":
        return ()
    return (traits.label,)

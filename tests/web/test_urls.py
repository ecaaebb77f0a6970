from __future__ import annotations

from urllib.parse import unquote

import pytest

from admin.web import urls


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("12", "/admin/book/edit/12"),
        ("a,b", "/admin/book/edit/a%2Cb"),
        ("a/b c", "/admin/book/edit/a%2Fb%20c"),
        ("é?#%", "/admin/book/edit/%C3%A9%3F%23%25"),
        ("../x", "/admin/book/edit/..%2Fx"),
        (".", "/admin/book/edit/~."),
        ("..", "/admin/book/edit/~.."),
        ("~..", "/admin/book/edit/~~.."),
        ("...", "/admin/book/edit/..."),
        ("~x", "/admin/book/edit/~x"),
    ],
)
def test_a_key_of_any_characters_stays_one_part_of_the_path(key, path):
    assert urls.edit("book", key) == path


@pytest.mark.parametrize("key", [".", "..", "~.", "~..", "~~.", "...", "~", "~x", ".x", "", "12", ".\n"])
def test_a_key_is_read_back_from_its_path(key):
    part = urls.of_key(key)
    assert part not in (".", "..")
    assert urls.key_in(unquote(part)) == key


def test_a_page_of_a_row_carries_the_list_it_came_from():
    assert urls.edit("book", "12", "page=3&sort=asc") == "/admin/book/edit/12?page=3&sort=asc"


def test_the_way_back_from_the_login_is_one_escaped_parameter():
    assert urls.login("/admin/book/list?page=2&search=a b") == (
        "/admin/login?next=%2Fadmin%2Fbook%2Flist%3Fpage%3D2%26search%3Da%20b"
    )

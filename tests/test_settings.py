from __future__ import annotations

import pytest

from admin import settings


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch, tmp_path):
    for name in ("DATABASE_URL", "LARDER_OWNER_URL", "LARDER_PORT", "LARDER_PAGE_SIZE", "LARDER_ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default():
    assert settings.load().port == 8000
    assert settings.load().database_url is None


@pytest.mark.parametrize(
    "given", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"]
)  # fmt: skip
def test_any_postgres_url_is_taken_and_always_means_psycopg(monkeypatch, given):
    monkeypatch.setenv("DATABASE_URL", given)
    assert settings.load().database_url == "postgresql+psycopg://u:p@h/d"


def test_hosts_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("LARDER_ALLOWED_HOSTS", "larder.example, admin.example")
    assert settings.load().allowed_hosts == ("larder.example", "admin.example")


def test_a_dotenv_file_is_read(tmp_path):
    (tmp_path / ".env").write_text("LARDER_PORT=8123\nDATABASE_URL=postgresql://h/d\n")
    assert settings.load().port == 8123
    assert settings.load().database_url == "postgresql+psycopg://h/d"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LARDER_PORT", "eighty", "LARDER_PORT has a value Larder cannot use: input should be a valid integer"),
        (
            "LARDER_PAGE_SIZE",
            "7",
            "LARDER_PAGE_SIZE has a value Larder cannot use: must be one of 10, 25, 50, 100, 200.",
        ),
        ("DATABASE_URL", "mysql://h/d", "DATABASE_URL has a value Larder cannot use: must start with postgresql://."),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_it(monkeypatch, name, value, sentence):
    monkeypatch.setenv(name, value)
    with pytest.raises(settings.SettingsError) as error:
        settings.load()
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)

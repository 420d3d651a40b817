"""What production refuses, and what every setting must hold."""

import importlib
import runpy
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY = "kX3q-9vLw7sZp2Nf8RtYb5Hc1Md6Gj4Ua0Eo_QiWxTzKrBnVmSy"
DATA_KEY = "1:bm90LW9uZS1vZi15b3Vycy1idXQtMzItYnl0ZXMtbG8"
GOOD = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "xf.example.gov.cn", "DATA_KEYS": DATA_KEY}
NAMES = ["config.settings.base", "config.settings.production", "config.settings.trial"]


@pytest.fixture
def load(monkeypatch):
    """Read a settings module afresh under a given environment; the running settings stay as they are."""
    kept = {name: sys.modules.get(name) for name in NAMES}

    def read(module, **environment):
        for name in (
            "SECRET_KEY",
            "ALLOWED_HOSTS",
            "DEBUG",
            "HTTPS",
            "TRIAL_SPEED",
            "TRUSTED_PROXIES",
            "HOST",
            "DATA_KEYS",
            "DATA_KEYS_FILE",
        ):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        for name in NAMES:
            sys.modules.pop(name, None)
        return runpy.run_module(f"config.settings.{module}")

    yield read
    for name, module in kept.items():
        sys.modules.pop(name, None)
        if module is not None:
            sys.modules[name] = module
    importlib.invalidate_caches()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DATA_KEYS": ""}, "Set DATA_KEYS or DATA_KEYS_FILE"),
        (
            {"DATA_KEYS": "", "DATA_KEYS_FILE": "/nowhere/keys"},
            "DATA_KEYS_FILE: /nowhere/keys cannot be read",
        ),
        ({"SECRET_KEY": ""}, "Set the environment variable SECRET_KEY."),
        ({"SECRET_KEY": "test-only"}, "SECRET_KEY must be 50 or more random characters"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY must be 50 or more random characters"),
        ({"SECRET_KEY": "django-insecure-" + KEY}, "SECRET_KEY must be 50 or more random characters"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the addresses of this site"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the addresses of this site"),
        ({"DEBUG": "1"}, "DEBUG must be off in production"),
        ({"TRIAL_SPEED": "60"}, "TRIAL_SPEED must be 1 in production"),
    ],
)
def test_production_refuses_what_only_a_trial_may_have(load, change, sentence):
    with pytest.raises(ImproperlyConfigured) as refusal:
        load("production", **(GOOD | change))
    assert str(refusal.value).startswith(sentence)


def test_production_asks_a_second_factor_of_whoever_administers_or_reads_the_whole_district(load):
    wanted = load("production", **GOOD)["TWO_FACTOR_ROLES"]
    assert {"system_admin", "security_admin", "auditor", "leader", "sealed"} < set(wanted)
    assert {"petition_officer", "inspector", "statistician"} < set(wanted)
    assert load("trial")["TWO_FACTOR_ROLES"] == []


def test_production_sends_cookies_over_tls_alone_and_says_so_for_a_year(load):
    found = load("production", **GOOD)
    assert {
        name: found[name]
        for name in ("DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    } == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
    }
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == (
        "__Host-sessionid",
        "__Host-csrftoken",
    )
    assert found["CSRF_COOKIE_HTTPONLY"] and found["SESSION_COOKIE_HTTPONLY"]
    assert "SECURE_PROXY_SSL_HEADER" not in found


def test_without_tls_the_cookies_have_names_that_a_browser_takes_without_it(load):
    found = load("production", **GOOD, HTTPS="0")
    assert "SESSION_COOKIE_NAME" not in found and found["SESSION_COOKIE_SECURE"] is False


def test_production_believes_a_proxy_about_tls_only_when_told_that_there_is_one(load):
    found = load("production", **GOOD, TRUSTED_PROXIES="1")
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize("speed", ["0", "-1", "1.5", "fast"])
def test_a_trial_speed_below_one_or_no_whole_number_is_refused(load, speed):
    with pytest.raises(ImproperlyConfigured, match="TRIAL_SPEED must be"):
        load("trial", TRIAL_SPEED=speed)


def test_a_trial_answers_to_this_machine_alone_until_it_is_opened(load, monkeypatch, tmp_path):
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    closed, opened = load("trial"), load("trial", HOST="0.0.0.0")
    assert closed["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert opened["ALLOWED_HOSTS"] == ["*"]
    assert closed["SECRET_KEY"] == opened["SECRET_KEY"] == (tmp_path / "secret_key").read_text()
    assert closed["DEBUG"] is False


def test_the_content_policy_allows_nothing_inline_and_no_other_site():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == ["'self'"]
    assert not [word for words in directives.values() for word in words if "unsafe" in word or "http" in word]


def test_data_keys_may_stand_in_a_file(load, tmp_path):
    (tmp_path / "keys").write_text(f"{DATA_KEY}\n")
    read = load("production", **GOOD | {"DATA_KEYS": "", "DATA_KEYS_FILE": str(tmp_path / "keys")})
    assert read["DATA_KEYS"] == DATA_KEY


def test_the_trial_makes_a_data_key_once(load, tmp_path):
    first, second = (load("trial", VAR_DIR=str(tmp_path))["DATA_KEYS"] for _time in range(2))
    assert first == second == f"1:{(tmp_path / 'data_key').read_text()}"
    assert (tmp_path / "data_key").stat().st_mode & 0o777 == 0o600

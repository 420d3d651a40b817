"""What every address answers with, whoever asks; every write asks for its token; no address leads elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from config.tests.test_settings import GOOD

pytestmark = pytest.mark.django_db
#: One of them fits each kind of part of an address; nothing of it exists.
SAMPLES = ["x", 987654, "00000000-0000-4000-8000-000000000000"]
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Addresses that write without a page of ours before them. None does.
WITHOUT_TOKEN: set[str] = set()


def walk(patterns, prefix=""):
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from walk(pattern.url_patterns, space)
        else:
            yield prefix + pattern.name, pattern


def sample(converter):
    return next(one for one in SAMPLES if re.fullmatch(converter.regex, str(one)))


ADDRESSES = {
    name: [sample(one) for one in pattern.pattern.converters.values()]
    for name, pattern in walk(get_resolver().url_patterns)
}


def kept(answer, *, session):
    for name, value in HEADERS.items():
        assert answer[name] == value, name
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert "default-src 'none'" in policy
    assert "sandbox" in policy or "frame-ancestors 'none'" in policy
    assert all(
        f"{name}=()" in answer["Permissions-Policy"] for name in ("camera", "microphone", "geolocation")
    )
    assert "Server" not in answer and "X-Powered-By" not in answer
    caching = answer["Cache-Control"]
    assert "private" in caching and ("no-store" if session else "no-") in caching
    for cookie in answer.cookies.values():
        assert cookie["samesite"] == "Lax"
        assert cookie["httponly"] or cookie.key == "large_type" or not cookie.value


@pytest.mark.parametrize("who", ["nobody", "petition_officer", "handler", "sysadmin", "auditor"])
def test_every_address_answers_with_every_header(cast, client_as, who):
    client = Client() if who == "nobody" else client_as(getattr(cast, who))
    client.raise_request_exception = False
    for name, args in ADDRESSES.items():
        for method in ("get", "post", "delete"):
            if name in {"accounts:logout", "accounts:end_other_logins"} and method == "post":
                continue  # it would end the login this test looks with
            answer = getattr(client, method)(reverse(name, args=args))
            assert answer.status_code < 500 or name == "healthz", (name, method)
            kept(answer, session=who != "nobody")


@pytest.mark.parametrize("htmx", [False, True])
def test_every_write_asks_for_its_token(cast, htmx):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.petition_officer)
    headers = {"HX-Request": "true"} if htmx else {}
    for name, args in ADDRESSES.items():
        for method in (client.post, client.put, client.patch, client.delete):
            answer = method(reverse(name, args=args), headers=headers)
            assert (answer.status_code == 403) == (name not in WITHOUT_TOKEN), (name, method)


def test_a_token_of_another_site_is_not_taken(cast, settings):
    client = Client(enforce_csrf_checks=True)
    token = client.get("/query/").cookies[settings.CSRF_COOKIE_NAME].value
    form = {"csrfmiddlewaretoken": token, "number": "x", "code": "y"}
    for origin in ("https://evil.example", "null"):
        assert client.post("/query/", form, headers={"Origin": origin}).status_code == 403
    assert client.post("/query/", form, headers={"Origin": "http://testserver"}).status_code == 422


ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "javascript:alert(1)", "http:///evil.example", "/%09/evil.example/\t//evil.example",
    " //evil.example", "https://testserver@evil.example/", "https://testserver.evil.example/",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_address_leads_elsewhere(cast, client_as, target):
    found = [
        Client().get("/large-type/", {"on": "1", "next": target}),
        client_as(cast.handler).post("/staff/hat/", {"post": cast.post("handler").pk, "next": target}),
        Client().post("/staff/login/?next=" + target, {"username": "x", "password": "y", "next": target}),
    ]
    for answer in found:
        place = answer.headers.get("Location", "/")
        assert place.startswith("/") and not place.startswith(("//", "/\\")), place


def test_a_foreign_host_is_told_nothing(client, settings):
    settings.ALLOWED_HOSTS = ["xf.example.gov.cn"]
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    kept(answer, session=False)


@pytest.mark.parametrize("path", ["/", "/query/", "/nothing/here/"])
def test_a_fault_tells_nothing_and_keeps_the_headers(client, monkeypatch, path):
    def fail(*args, **kwargs):
        raise RuntimeError("secret detail of /srv/app")

    monkeypatch.setattr("core.context.nav.items_for", fail)
    client.raise_request_exception = False
    answer = client.get(path)
    text = answer.content.decode()
    assert answer.status_code in {500, 404}
    assert "secret detail" not in text and "Traceback" not in text and "RuntimeError" not in text
    kept(answer, session=False)


def test_the_health_page_names_states_and_nothing_else(client, monkeypatch):
    monkeypatch.setattr("config.health.database_answers", lambda: False)
    found = client.get("/healthz").json()
    assert set(found) == {"database", "broker", "worker", "beat", "age_of_last_sweep_seconds"}
    assert {value for value in found.values() if isinstance(value, str)} <= {"ok", "down"}


def test_scripts_and_styles_are_for_our_own_pages():
    assert settings.WHITENOISE_ALLOW_ALL_ORIGINS is False
    assert settings.CSRF_COOKIE_HTTPONLY is True


def test_check_deploy_is_clean_under_production_settings(tmp_path):
    environment = (
        os.environ
        | GOOD
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": "postgresql:///none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "CSRF_TRUSTED_ORIGINS": "https://xf.example.gov.cn",
        }
    )
    root = Path(settings.BASE_DIR)
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=root, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert "no issues" in found.stdout

"""Headers of every answer, the largest request, the client's address, the lockout."""

import io

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from config.middleware import BodyLimitMiddleware, ClientAddressMiddleware


def test_every_answer_forbids_inline_code_frames_and_sniffing(client, db):
    answer = client.get("/healthz")
    directives = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert directives == {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
        "worker-src 'self'",
    }
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


class Body(io.RawIOBase):
    """A request's body of a given length, without holding it."""

    def __init__(self, length):
        self.left = length

    def read(self, size=-1):
        taken = self.left if size < 0 else min(size, self.left)
        self.left -= taken
        return b"x" * taken


@pytest.mark.parametrize(
    ("length", "status", "unread"),
    [(50_000_000, 200, 50_000_000), (50_000_001, 413, 0), (51_000_000, 413, 0), (10**9, 413, 10**9)],
)
def test_a_body_over_the_limit_is_answered_413_and_not_parsed(length, status, unread):
    body = Body(length)
    request = RequestFactory().generic("POST", "/", b"")
    request.META["CONTENT_LENGTH"], request._stream = str(length), body
    answer = BodyLimitMiddleware(lambda _: HttpResponse("in"))(request)
    assert (answer.status_code, body.left) == (status, unread)


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "9.9.9.9", "10.0.0.1"),
        (1, "9.9.9.9", "9.9.9.9"),
        (1, "1.1.1.1, 9.9.9.9", "9.9.9.9"),
        (2, "6.6.6.6, 9.9.9.9, 10.0.0.2", "9.9.9.9"),
        (2, "9.9.9.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(settings, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=header)
    ClientAddressMiddleware(lambda _: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == address


@pytest.mark.django_db
def test_five_wrong_passwords_lock_this_name_from_this_address_alone(client, settings, django_user_model):
    settings.AXES_ENABLED = True
    for name in ("zhang", "wang"):
        django_user_model.objects.create_user(name, password="right-password-9")

    def attempt(name, password, address):
        form = {"username": name, "password": password}
        return client.post(reverse("accounts:login"), form, REMOTE_ADDR=address).status_code

    statuses = [attempt("zhang", "wrong", "10.1.1.1") for _ in range(5)]
    assert statuses[-1] == 422
    assert attempt("zhang", "right-password-9", "10.1.1.1") == 422
    assert attempt("wang", "right-password-9", "10.1.1.1") == 302
    client.logout()
    assert attempt("zhang", "right-password-9", "10.1.1.2") == 302

"""What a password must be like, how it is kept, how long it may be had."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client
from django.urls import reverse

from accounts.models import PasswordUsed, User
from config.settings import base
from core.timekeeping import now
from tests.cast import PASSWORD
from tests.logging_in import log_in, text

pytestmark = pytest.mark.django_db
ME = "/staff/me/"


def test_new_passwords_are_kept_under_argon2_and_older_ones_move_there_at_the_next_login(cast, settings):
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    User.objects.filter(pk=cast.handler.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    answer = Client().post("/staff/login/", {"username": "handler", "password": PASSWORD})
    assert answer.status_code == 302
    cast.handler.refresh_from_db()
    assert identify_hasher(cast.handler.password).algorithm == "argon2"
    assert cast.handler.check_password(PASSWORD)


@pytest.mark.parametrize(
    "new, sentence",
    [
        ("Ab1-xyz", "密码至少 10 个字符"),
        ("lowercaseandnothing", "至少 3 种"),
        ("password123", "用的人太多"),
        ("Handler-2026", "与“用户名”太像"),
        (PASSWORD, "新密码与原密码相同"),
        ("第一个密码2026x", None),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(cast, client_as, new, sentence):
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    answer = client_as(cast.handler).post("/staff/password/", form)
    cast.handler.refresh_from_db()
    if sentence is None:
        assert cast.handler.check_password(new)
        return
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert cast.handler.check_password(PASSWORD)


def test_the_last_five_passwords_are_not_taken_again(cast, client_as):
    client = client_as(cast.handler)
    had = [PASSWORD, *(f"Round-number-{n}" for n in range(1, 7))]

    def change(old, new):
        form = {"old_password": old, "new_password1": new, "new_password2": new}
        return client.post("/staff/password/", form)

    for old, new in itertools.pairwise(had):
        assert change(old, new).status_code == 302, new
    for again in had[2:6]:
        answer = change(had[6], again)
        assert (answer.status_code, "最近用过的 5 个" in text(answer)) == (422, True), again
    assert change(had[6], had[1]).status_code == 302
    kept = PasswordUsed.objects.filter(user=cast.handler)
    assert kept.count() == 5
    assert not any("Round" in one.password for one in kept)


def test_an_old_password_is_changed_before_anything_else(cast, settings):
    settings.PASSWORD_MAX_DAYS = 90
    User.objects.filter(pk=cast.handler.pk).update(password_set_at=now() - timedelta(days=91))
    User.objects.filter(pk=cast.handler2.pk).update(password_set_at=now() - timedelta(days=89))
    client, _ = log_in()
    assert client.get("/cases/").url == "/staff/password/"
    page = text(client.get("/staff/password/"))
    assert "密码已经用了 90 天以上" in page
    assert "不改了" not in page
    form = {"old_password": PASSWORD, "new_password1": "A-fresh-one-9", "new_password2": "A-fresh-one-9"}
    client.post("/staff/password/", form)
    assert client.get(ME).status_code == 200
    assert log_in("handler2")[0].get(ME).status_code == 200


def test_without_the_setting_no_password_grows_old(cast, settings):
    assert settings.PASSWORD_MAX_DAYS == 0
    User.objects.filter(pk=cast.handler.pk).update(password_set_at=now() - timedelta(days=900))
    assert log_in()[0].get(ME).status_code == 200


def test_a_hash_made_anew_at_login_is_no_new_password(cast, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    User.objects.filter(pk=cast.handler.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    assert log_in()[1].status_code == 302
    cast.handler.refresh_from_db()
    assert cast.handler.password.startswith("md5$")
    assert cast.handler.password_set_at is None


def test_the_old_password_is_not_guessed_at_a_desk_left_open(cast, client_as):
    client, page = client_as(cast.handler), reverse("accounts:password_change")
    new = {"new_password1": "Nn7!abcdefgh", "new_password2": "Nn7!abcdefgh"}
    with time_machine.travel(now(), tick=False):
        tries = [client.post(page, {"old_password": f"guess{n}", **new}).status_code for n in range(12)]
        assert tries == [422] * 10 + [429] * 2
        assert client.post(page, {"old_password": PASSWORD, **new}).status_code == 429
        assert client.get(page).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        assert client.post(page, {"old_password": PASSWORD, **new}).status_code == 302

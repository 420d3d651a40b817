"""What stands between somebody who guesses and an account."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.urls import reverse

from accounts.models import AuditEntry, User
from core.timekeeping import now
from tests.cast import PASSWORD
from tests.logging_in import log_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def guarded(settings):
    from axes.utils import reset

    settings.AXES_ENABLED = True
    yield settings
    reset()


# nobody learns which names exist


@pytest.fixture
def hasher_runs(monkeypatch):
    runs = []
    for name in ("encode", "verify"):
        real = getattr(MD5PasswordHasher, name)

        def counted(self, *args, real=real, name=name, **kwargs):
            runs.append(name)
            return real(self, *args, **kwargs)

        monkeypatch.setattr(MD5PasswordHasher, name, counted)
    # verify of this hasher encodes once itself; one try is one encoding, whichever way.
    return lambda: runs.count("encode")


def without_what_was_typed(page, name):
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken": "[^"]+"', "", page)
    return page.replace(f'value="{name}"', "")


def test_unknown_closed_locked_and_wrong_get_the_same_page_for_the_same_work(cast, guarded, hasher_runs):
    User.objects.filter(pk=cast.clerk.pk).update(is_active=False)
    for _try in range(guarded.AXES_FAILURE_LIMIT):
        log_in("leader", "wrong")
    tries = [
        ("nobody.here", PASSWORD),
        ("clerk", PASSWORD),
        ("clerk", "wrong"),
        ("leader", PASSWORD),
        ("leader", "wrong"),
        ("handler", "wrong"),
    ]
    pages = set()
    for name, password in tries:
        before = hasher_runs()
        _client, response = log_in(name, password)
        assert hasher_runs() - before == 1, name
        pages.add((response.status_code, without_what_was_typed(text(response), name)))
    assert len(pages) == 1
    assert "用户名或密码不对" in text(response)


def test_an_unknown_name_costs_as_many_queries_as_a_known_one(cast, guarded):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for name in ("nobody.here", "handler", "leader"):
        with CaptureQueriesContext(connection) as queries:
            log_in(name, "wrong")
        counts.append(len(queries))
    assert len(set(counts)) == 1


# locks


def test_a_lock_is_written_down_once_and_tries_under_it_as_such(cast, guarded):
    for _try in range(guarded.AXES_FAILURE_LIMIT + 2):
        log_in("handler", "wrong")
    lock = AuditEntry.objects.get(act="login.lockout")
    assert (lock.object_id, lock.detail["address"]) == (str(cast.handler.pk), "10.1.1.1")
    assert AuditEntry.objects.filter(act="login", detail__held=True).count() == 2


def test_a_name_guessed_slowly_from_many_addresses_is_locked_for_strangers_not_for_its_owner(cast, guarded):
    guarded.LOGIN_NAME_BUDGET = 10
    _home, done = log_in("handler", address="10.1.1.1")
    assert done.status_code == 302
    for n in range(10):
        log_in("handler", "wrong", address=f"203.0.113.{n}")
    assert log_in("handler", PASSWORD, address="203.0.113.99")[1].status_code == 422
    assert log_in("handler", PASSWORD, address="10.1.1.1")[1].status_code == 302
    assert log_in("handler2", PASSWORD, address="203.0.113.99")[1].status_code == 302
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert log_in("handler", PASSWORD, address="203.0.113.99")[1].status_code == 302


def test_one_address_trying_every_name_is_stopped_and_the_office_behind_it_is_not(cast, guarded):
    guarded.LOGIN_ADDRESS_BUDGET = 10
    assert log_in("clerk")[1].status_code == 302
    for n in range(10):
        log_in(f"name{n}", "Spring-2026")
    assert log_in("handler")[1].status_code == 422
    assert log_in("clerk")[1].status_code == 302
    assert log_in("handler", address="10.9.9.9")[1].status_code == 302


def test_tries_are_forgotten_after_a_week_and_no_lock_before_its_time(cast, guarded):
    from axes.models import AccessAttempt, AccessFailureLog, AccessLog

    from accounts.tasks import forget_login_tries

    with time_machine.travel(now() - timedelta(days=8), tick=False):
        log_in("handler2", "wrong")
        for table in (AccessFailureLog, AccessLog):
            table.objects.create(username="MyPassword#1", ip_address="10.1.1.1", user_agent="x")
    for _try in range(guarded.AXES_FAILURE_LIMIT):
        log_in("handler", "wrong", address="10.2.2.2")
    AccessAttempt.objects.create(username="MyPassword#1", failures_since_start=1)
    AccessAttempt.objects.filter(username="MyPassword#1").update(attempt_time=now() - timedelta(days=8))
    assert forget_login_tries() >= 3
    assert AccessAttempt.objects.count() == 1
    assert (AccessLog.objects.count(), AccessFailureLog.objects.count()) == (0, 0)
    assert log_in("handler", address="10.2.2.2")[1].status_code == 422
    assert forget_login_tries() == 0


def test_ipv6_addresses_of_one_house_are_one(cast, guarded):
    guarded.LOGIN_ADDRESS_BUDGET = 10
    assert log_in("clerk", address="2001:db8::c")[1].status_code == 302
    for n in range(10):
        log_in(f"name{n}", "Spring-2026", address=f"2001:db8::{n:x}:1")
    assert log_in("handler", address="2001:db8::77")[1].status_code == 422
    assert log_in("clerk", address="2001:db8::88")[1].status_code == 302
    assert log_in("handler", address="2001:db8:0:1::77")[1].status_code == 302


# browsers in which somebody has logged in


def test_a_guest_at_the_offices_address_locks_nobody_out_of_their_own_browser(cast, guarded):
    names = ["clerk", "handler", "leader", "unit_head", "inspector"]
    own = {name: log_in(name)[0] for name in names}
    for name in names:
        for _try in range(guarded.AXES_FAILURE_LIMIT):
            log_in(name, "wrong")
    for name in names:
        own[name].post(reverse("accounts:logout"))
        assert log_in(name)[1].status_code == 422, name  # the guest himself, and a browser new to the name
        assert log_in(name, client=own[name])[1].status_code == 302, name


def test_a_known_browser_has_its_own_five_tries(cast, guarded):
    client, _done = log_in("handler")
    client.post(reverse("accounts:logout"))
    for _try in range(guarded.AXES_FAILURE_LIMIT):
        log_in("handler", "wrong", client=client)
    assert log_in("handler", client=client)[1].status_code == 422
    assert log_in("handler")[1].status_code == 302
    lock = AuditEntry.objects.get(act="login.lockout")
    assert lock.object_id == str(cast.handler.pk)
    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        assert log_in("handler", client=client)[1].status_code == 302


def test_a_browser_is_known_for_its_own_name_only_and_not_for_ever(cast, guarded):
    client, done = log_in("handler")
    cookie = done.cookies["browser"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["secure"]
    assert "handler" not in cookie.value
    client.post(reverse("accounts:logout"))
    for name in ("clerk", "handler"):
        for _try in range(guarded.AXES_FAILURE_LIMIT):
            log_in(name, "wrong")
    assert log_in("clerk", client=client)[1].status_code == 422
    forged = log_in("nobody")[0]
    for value in (cookie.value[:-2] + "xx", "handler", "", "x" * 5000):
        forged.cookies["browser"] = value
        assert log_in("handler", client=forged)[1].status_code == 422
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        for _try in range(guarded.AXES_FAILURE_LIMIT):
            log_in("handler", "wrong")
        assert log_in("handler", client=client)[1].status_code == 422


def test_the_cookie_goes_over_tls_alone_where_there_is_tls(cast, settings):
    settings.SESSION_COOKIE_SECURE = True
    assert log_in("handler")[1].cookies["browser"]["secure"]


def test_what_was_typed_as_a_name_is_kept_nowhere(cast, guarded):
    from axes.models import AccessAttempt

    log_in("MyPassword#1", "x")
    log_in("handler", "wrong")
    rows = list(AccessAttempt.objects.values())
    assert len(rows) == 2
    assert all(word not in str(rows) for word in ("MyPassword", "handler", "wrong"))
    for _try in range(guarded.AXES_FAILURE_LIMIT):
        log_in("handler", "wrong")
    assert log_in("handler")[1].status_code == 422

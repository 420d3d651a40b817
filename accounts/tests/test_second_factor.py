"""The second factor: taken up, asked for at the login, lost and reset."""

import base64
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import LoginSession, RecoveryCode, SecondFactor, User
from accounts.services import second_factor as service
from core.sealing.rotating import sealed_models
from core.timekeeping import now
from tests.cast import PASSWORD
from tests.logging_in import ASK, LOGIN, OWN, acts, code_of, log_in, take_up, text

pytestmark = pytest.mark.django_db
ME = "/staff/me/"


# taking it up


def test_the_square_code_and_the_key_are_shown_and_the_key_is_sealed_at_rest(cast):
    client, _done = log_in()
    page = client.get(OWN)
    secret = SecondFactor.objects.get(user=cast.handler).secret
    assert len(base64.b32decode(secret)) == 20
    assert 'src="data:image/svg+xml' in text(page)
    assert secret in text(page).replace(" ", "")
    assert "no-store" in page["Cache-Control"]
    assert "script-src 'self'" in page["Content-Security-Policy"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(f)::text FROM accounts_secondfactor f")
        kept = cursor.fetchone()[0]
        assert secret not in kept
        assert secret.encode().hex() not in kept
        cursor.execute("SELECT session_data FROM django_session")
        assert not any(secret in row[0] for row in cursor.fetchall())
    assert SecondFactor in sealed_models()
    client.get(OWN)
    assert SecondFactor.objects.get(user=cast.handler).secret == secret


def test_a_secret_shown_long_ago_is_not_shown_again(cast):
    client, _done = log_in()
    client.get(OWN)
    old = SecondFactor.objects.get().secret
    SecondFactor.objects.update(made_at=now() - timedelta(hours=2))
    client.get(OWN)
    assert SecondFactor.objects.get().secret != old


@pytest.mark.parametrize(
    "password, code, sentence",
    [
        (PASSWORD, "000000x", "验证码不对"),
        (PASSWORD, "", "请填写这一项"),
        ("wrong", None, "密码不对"),
    ],
)
def test_it_is_not_taken_up_without_the_password_and_a_right_code(cast, password, code, sentence):
    client, _done = log_in()
    client.get(OWN)
    answer = client.post(OWN, {"password": password, "code": code_of(cast.handler) if code is None else code})
    assert (answer.status_code, sentence in text(answer)) == (422, True)
    assert service.factor_of(cast.handler) is None
    assert log_in()[1].url == "/desk/"


def test_taking_it_up_shows_the_recovery_codes_once_and_ends_logins_made_without_it(cast):
    other, _done = log_in()
    client, _done = log_in()
    codes = take_up(client, cast.handler)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{5}-[a-z2-9]{5}", code) for code in codes)
    kept = list(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert not {code.replace("-", "") for code in codes} & set(kept)
    assert client.get(ME).status_code == 200
    assert codes[0] not in text(client.get(OWN))
    assert "动态口令已经变更" in text(other.get(other.get(ME).url))
    assert acts() == [("second_factor.enrol", "done")]


# the login


def test_the_password_alone_logs_nobody_in(cast, enrolled):
    client, answer = log_in(next="/staff/me/?a=1")
    assert answer.url == ASK
    assert "_auth_user_id" not in client.session
    assert client.get(ME).url.startswith(LOGIN)
    assert "填写验证码" in text(client.get(ASK))
    done = client.post(ASK, {"code": code_of(cast.handler)})
    assert done.url == "/staff/me/?a=1"
    assert client.get(ME).status_code == 200
    row = LoginSession.objects.latest("pk")
    assert (row.user, row.second_factor) == (cast.handler, True)
    assert "half" not in client.session


def test_next_never_leads_away_over_the_second_step_either(cast, enrolled):
    client, _answer = log_in(next="https://evil.example/")
    assert client.post(ASK, {"code": code_of(cast.handler)}).url == "/desk/"


def test_a_code_is_good_once(cast, enrolled):
    code = code_of(cast.handler)
    first, _answer = log_in()
    assert first.post(ASK, {"code": code}).status_code == 302
    second, _answer = log_in()
    again = second.post(ASK, {"code": code})
    assert (again.status_code, "不对或已经用过" in text(again)) == (422, True)
    with time_machine.travel(now() + timedelta(seconds=35), tick=False):
        assert second.post(ASK, {"code": code_of(cast.handler)}).status_code == 302


def test_a_clock_one_step_off_is_allowed_and_two_steps_are_not(cast, enrolled):
    start = now()
    for seconds, status in ((-61, 422), (61, 422), (-30, 302)):
        with time_machine.travel(start, tick=False):
            client, _answer = log_in()
            code = code_of(cast.handler, start + timedelta(seconds=seconds))
            assert client.post(ASK, {"code": code}).status_code == status, seconds


def test_a_step_that_was_used_shuts_out_the_ones_before_it(cast, enrolled):
    start = now()
    with time_machine.travel(start, tick=False):
        client, _answer = log_in()
        assert client.post(ASK, {"code": code_of(cast.handler)}).status_code == 302
        other, _answer = log_in()
        earlier = code_of(cast.handler, start - timedelta(seconds=30))
        assert other.post(ASK, {"code": earlier}).status_code == 422


def test_five_wrong_codes_stop_even_the_right_one_for_a_while(cast, enrolled):
    start = now()
    with time_machine.travel(start, tick=False):
        client, _answer = log_in()
        for _try in range(5):
            assert client.post(ASK, {"code": "000 00x"}).status_code == 422
        blocked = client.post(ASK, {"code": code_of(cast.handler)})
        assert (blocked.status_code, "请 15 分钟后再试" in text(blocked)) == (422, True)
        assert client.post(ASK, {"code": enrolled[0]}).status_code == 422
    with time_machine.travel(start + timedelta(minutes=16), tick=False):
        client, _answer = log_in()
        assert client.post(ASK, {"code": "000000x"}).status_code == 422
        assert "请 15 分钟后再试" in text(client.post(ASK, {"code": code_of(cast.handler)}))
    with time_machine.travel(start + timedelta(minutes=32), tick=False):
        client, _answer = log_in()
        assert client.post(ASK, {"code": code_of(cast.handler)}).status_code == 302
    assert ("second_factor.lockout", "refused") in acts()
    assert acts().count(("login.second_factor", "refused")) == 9
    assert LoginSession.objects.latest("pk").failures_before == 9


def test_the_second_step_waits_five_minutes_and_no_longer(cast, enrolled):
    client, _answer = log_in()
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        assert client.post(ASK, {"code": code_of(cast.handler)}).url == LOGIN
    assert Client().get(ASK).url == LOGIN


@pytest.mark.parametrize("change", ["password", "closed"])
def test_what_happens_between_the_steps_counts(cast, enrolled, change):
    client, _answer = log_in()
    user = User.objects.get(pk=cast.handler.pk)
    if change == "password":
        user.set_password("Another-one-77")
    else:
        user.is_active = False
    user.save()
    assert client.post(ASK, {"code": code_of(cast.handler)}).url == LOGIN


def test_a_recovery_code_opens_once_and_says_how_many_are_left(cast, enrolled):
    client, _answer = log_in()
    assert client.post(ASK, {"code": enrolled[3].upper().replace("-", " ")}).status_code == 302
    assert "还剩 9 个" in text(client.get(ME))
    again, _answer = log_in()
    assert again.post(ASK, {"code": enrolled[3]}).status_code == 422
    assert ("login.recovery_code", "done") in acts()


def test_anothers_code_is_a_wrong_one(cast, enrolled):
    with time_machine.travel(now() - timedelta(hours=1), tick=False):
        colleague, _done = log_in("handler2")
        theirs = take_up(colleague, cast.handler2)
    client, _answer = log_in()
    assert client.post(ASK, {"code": theirs[0]}).status_code == 422
    if code_of(cast.handler2) != code_of(cast.handler):
        assert client.post(ASK, {"code": code_of(cast.handler2)}).status_code == 422

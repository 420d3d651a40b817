"""A second factor that is had: one's own page, who must have one, and when it is lost."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, RecoveryCode, SecondFactor
from accounts.services import second_factor as service
from core.timekeeping import now
from tests.logging_in import ASK, OWN, acts, code_of, log_in, take_up, text

pytestmark = pytest.mark.django_db
ME = "/staff/me/"


# one's own page


def logged_in(cast):
    client, _answer = log_in()
    assert client.post(ASK, {"code": code_of(cast.handler)}).status_code == 302
    return client


def test_new_recovery_codes_replace_the_old_ones(cast, enrolled):
    client = logged_in(cast)
    wrong = client.post(f"{OWN}codes/", {"code": "12x"})
    assert (wrong.status_code, RecoveryCode.objects.count()) == (422, 10)
    with time_machine.travel(now() + timedelta(seconds=61), tick=False):
        shown = client.post(f"{OWN}codes/", {"code": code_of(cast.handler)})
    fresh = shown.context["codes"]
    assert not set(fresh) & set(enrolled)
    other, _answer = log_in()
    assert other.post(ASK, {"code": enrolled[0]}).status_code == 422
    assert other.post(ASK, {"code": fresh[0]}).status_code == 302


def test_it_is_removed_against_a_code_alone(cast, enrolled):
    client = logged_in(cast)
    assert client.post(f"{OWN}remove/", {"code": "no"}).status_code == 422
    assert service.factor_of(cast.handler)
    assert client.post(f"{OWN}remove/", {"code": enrolled[1]}).url == ME
    assert log_in()[1].url == "/desk/"
    assert ("second_factor.remove", "done") in acts()


def test_the_account_page_says_where_it_stands(cast, enrolled):
    assert "管理动态口令" in text(logged_in(cast).get(ME))
    assert "启用动态口令" in text(log_in("handler2")[0].get(ME))


# who must have one


@pytest.fixture
def required(settings):
    settings.TWO_FACTOR_ROLES = ["system_admin", "security_admin", "auditor", "leader", "sealed"]
    return settings


@pytest.mark.parametrize(
    "key, must",
    [
        ("sysadmin", True),
        ("secadmin", True),
        ("auditor", True),
        ("leader", True),
        ("discipline_officer", True),
        ("handler", False),
        ("clerk", False),
    ],
)
def test_whoever_must_have_one_is_led_to_it_and_can_do_nothing_else(cast, required, key, must):
    client, _done = log_in(key)
    answer = client.get(ME)
    assert answer.status_code == (302 if must else 200)
    if not must:
        return
    assert answer.url == OWN
    for page in ("/desk/", "/cases/", "/notices/", "/staff/password/", f"{OWN}codes/", "/"):
        assert client.get(page).url == OWN, page
    assert client.get("/notices/", headers={"HX-Request": "true"})["HX-Redirect"] == OWN
    assert "按照规定" in text(client.get(OWN))
    take_up(client, getattr(cast, key))
    assert client.get(ME).status_code == 200


def test_it_asks_for_all_posts_one_has_and_not_only_for_the_hat_that_is_on(cast, required):
    from accounts.models import Post

    Post.objects.create(user=cast.handler, unit=cast.units.district, role="leader", valid_from="2026-01-01")
    assert log_in()[0].get(ME).url == OWN


def test_a_registrar_who_holds_a_sealed_case_by_name_must_have_one(cast, required, make_case):
    from petitions.enums import Kind

    client, _done = log_in("clerk")
    assert client.get(ME).status_code == 200
    make_case.registered(actor=cast.actor("clerk"), kind=Kind.ACCUSATION, channel="visit")
    assert client.get(ME).url == log_in("clerk")[0].get(ME).url == OWN
    assert log_in("petition_officer")[0].get(ME).status_code == 200
    assert (
        client.get("/register/receipt/").url == "/register/"
    )  # open: there is none; with one, it is read first
    assert client.get("/register/").url == OWN
    assert "按照规定" in text(client.get(OWN))
    take_up(client, cast.clerk)
    assert client.get(ME).status_code == 200


def test_without_the_word_sealed_nobody_is_asked_for_a_case(cast, required, make_case):
    from petitions.enums import Kind

    required.TWO_FACTOR_ROLES = ["leader"]
    make_case.registered(actor=cast.actor("clerk"), kind=Kind.ACCUSATION, channel="visit")
    assert log_in("clerk")[0].get(ME).status_code == 200


def test_asking_costs_one_query_of_those_who_may_hold_and_none_of_others(
    cast, required, django_assert_num_queries
):
    from accounts.rules import must_have_second_factor

    for key, queries in {"clerk": 1, "handler": 0, "leader": 0, "discipline_officer": 0}.items():
        posts = [cast.post(key)]
        with django_assert_num_queries(queries):
            must_have_second_factor(posts)


def test_whoever_must_and_removes_it_is_led_to_a_new_one(cast, required):
    client, _done = log_in("leader")
    codes = take_up(client, cast.leader)
    assert "换绑手机" in text(client.get(f"{OWN}remove/"))
    client.post(f"{OWN}remove/", {"code": codes[0]})
    assert client.get(ME).url == OWN


def test_neither_the_trial_nor_the_tests_ask_for_one(settings):
    from config.settings import base

    assert base.TWO_FACTOR_ROLES == settings.TWO_FACTOR_ROLES == []


def test_a_role_that_is_misspelt_stops_the_start(settings):
    from accounts.checks import two_factor_roles

    settings.TWO_FACTOR_ROLES = ["leader", "sealed"]
    assert two_factor_roles() == []
    settings.TWO_FACTOR_ROLES = ["leaders", "sealed"]
    assert "leaders" in two_factor_roles()[0].msg


# lost


def test_the_security_administrator_resets_anothers_and_ends_their_logins(cast, enrolled, client_as):
    client = logged_in(cast)
    page = f"/staff/people/{cast.handler.pk}/second-factor/"
    security = client_as(cast.secadmin)
    assert "重置动态口令" in text(security.get(f"/staff/people/{cast.handler.pk}/"))
    assert "核对本人身份" in text(security.get(page))
    assert security.post(page).url == f"/staff/people/{cast.handler.pk}/"
    assert client.get(ME).status_code == 302
    assert log_in()[1].url == "/desk/"
    entry = AuditEntry.objects.get(act="second_factor.reset")
    assert (entry.user, entry.object_id) == (cast.secadmin, str(cast.handler.pk))
    assert security.post(page).status_code == 422


@pytest.mark.parametrize("key", ["sysadmin", "auditor", "leader", "handler2"])
def test_nobody_else_resets_one(cast, enrolled, client_as, key):
    page = f"/staff/people/{cast.handler.pk}/second-factor/"
    assert client_as(getattr(cast, key)).post(page).status_code == 403
    assert service.factor_of(cast.handler)


def test_a_security_administrator_does_not_reset_the_own_one(cast, client_as):
    client, _done = log_in("secadmin")
    take_up(client, cast.secadmin)
    answer = client.post(f"/staff/people/{cast.secadmin.pk}/second-factor/")
    assert (answer.status_code, "另一位安全管理员" in text(answer)) == (403, True)
    assert service.factor_of(cast.secadmin)


def test_the_server_resets_the_last_one(cast, enrolled, capsys):
    call_command("reset_second_factor", "handler")
    assert "动态口令已重置" in capsys.readouterr().out
    assert service.factor_of(cast.handler) is None
    with pytest.raises(CommandError, match="还没有启用"):
        call_command("reset_second_factor", "handler")
    with pytest.raises(CommandError, match="没有用户名"):
        call_command("reset_second_factor", "nobody")


def test_the_secret_is_sealed_anew_under_a_new_key(cast, enrolled, settings):
    from core.sealing.rotating import rotate, waiting

    secret = SecondFactor.objects.get().secret
    settings.DATA_KEYS = settings.DATA_KEYS + "\n2:" + "YW5vdGhlci1rZXktb2YtZXhhY3RseS0zMi1ieXRlcyE"
    assert waiting(SecondFactor) == 1
    assert sum(rotate(SecondFactor)) == 1
    assert (waiting(SecondFactor), SecondFactor.objects.get().secret) == (0, secret)

"""Logging in, being put out, and what one is told."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import LoginEnd
from accounts.models import AuditEntry, LoginSession
from accounts.services import logins
from accounts.tasks import end_idle_logins
from core.timekeeping import now
from reports.periods import Month
from reports.services import exports
from tests.cast import PASSWORD
from tests.logging_in import LOGIN, log_in, text

pytestmark = pytest.mark.django_db
ME = "/staff/me/"


# how long a login lasts


def test_thirty_idle_minutes_end_a_login_and_the_page_says_why(cast):
    client, _done = log_in()
    start = now()
    with time_machine.travel(start + timedelta(minutes=25), tick=False):
        assert client.get(ME).status_code == 200
    with time_machine.travel(start + timedelta(minutes=50), tick=False):
        assert client.get(ME).status_code == 200
    with time_machine.travel(start + timedelta(minutes=81), tick=False):
        out = client.get(f"{ME}?a=1")
        assert out.url == f"{LOGIN}?next=/staff/me/%3Fa%3D1"
        page = text(client.get(out.url))
        assert "您有 30 分钟没有操作" in page
        assert 'name="next" value="/staff/me/?a=1"' in page
        assert "没有操作" not in text(client.get(out.url))
    row = LoginSession.objects.get()
    assert (row.why, row.ended_at) == (LoginEnd.IDLE, start + timedelta(minutes=81))
    entry = AuditEntry.objects.get(act="login.timeout")
    assert (entry.object_id, entry.detail["why"]) == (str(cast.handler.pk), "idle")


def test_twelve_hours_end_a_login_however_busy(cast):
    client, _done = log_in()
    start = now()
    for minutes in range(20, 12 * 60, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert client.get(ME).status_code == 200, minutes
    with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=False):
        assert "已满 12 小时" in text(client.get(client.get(ME).url))


def test_the_limits_are_settings(cast, settings):
    settings.SESSION_IDLE_MINUTES = 5
    client, _done = log_in()
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        assert client.get(ME).status_code == 302


def test_a_page_that_asks_by_itself_keeps_nobody_in(cast, client_as):
    from django.urls import reverse

    client = client_as(cast.statistician)
    job = exports.request_export(
        actor=cast.actor("statistician"), unit=cast.units.district, month=Month.of(now().date())
    )
    start = now()
    for minutes in (10, 20, 29):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert (
                client.get(reverse("reports:job", args=[job.pk]), headers={"HX-Request": "true"}).status_code
                == 200
            )
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        assert client.get(ME).status_code == 302


def test_every_page_that_asks_by_itself_is_known_as_one(settings):
    asked = set()
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for page in folder.rglob("*.html"):
            for tag in re.findall(r"<[^>]*hx-get=[^>]*hx-trigger=\"every[^>]*", page.read_text()):
                asked |= set(re.findall(r"{% url '([\w:]+)'", tag))
    assert asked
    assert asked <= settings.BACKGROUND_VIEWS


def test_public_pages_stay_open_to_somebody_who_was_put_out(cast):
    client, _done = log_in()
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        assert client.get("/").status_code == 200
        assert "_auth_user_id" not in client.session


def test_a_fragment_and_a_form_lead_back_to_the_page_they_stood_on(cast, client):
    page = "http://testserver/cases/?view=late"
    back = f"{LOGIN}?next=%2Fcases%2F%3Fview%3Dlate"
    fragment = client.get("/notices/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, back)
    assert client.post("/staff/hat/", headers={"Referer": page}).url == back
    evil = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/staff/"}
    assert client.get("/notices/", headers=evil)["HX-Redirect"] == LOGIN


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil"]
)
def test_next_never_leads_away(cast, wanted):
    assert log_in(next=wanted)[1].url == "/desk/"


def test_last_seen_is_written_once_a_minute(cast, django_assert_num_queries):
    client, _done = log_in()
    row = LoginSession.objects.get()
    with time_machine.travel(row.started_at + timedelta(seconds=50), tick=False):
        client.get(ME)
    row.refresh_from_db()
    assert row.last_seen_at == row.started_at
    with time_machine.travel(row.started_at + timedelta(seconds=61), tick=False):
        client.get(ME)
        client.get(ME)
    row.refresh_from_db()
    assert row.last_seen_at == row.started_at + timedelta(seconds=61)


def test_a_browser_that_never_comes_back_is_put_out_all_the_same(cast):
    log_in()
    assert end_idle_logins() == 0
    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        assert end_idle_logins() == 1
        assert end_idle_logins() == 0
    assert AuditEntry.objects.filter(act="login.timeout").count() == 1


def test_a_session_without_a_login_opens_nothing(cast):
    client, _done = log_in()
    LoginSession.objects.all().delete()
    assert client.get(ME).status_code == 302


# where one is logged in


def test_ones_page_lists_where_one_is_logged_in_and_ends_one_or_all_others(cast):
    here, _ = log_in()
    phone = Client(
        headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"}, REMOTE_ADDR="10.2.2.2"
    )
    log_in(client=phone)
    third, _ = log_in(address="10.3.3.3")
    page = text(here.get(ME))
    for words in ("Chrome，Windows", "微信，安卓", "10.2.2.2", "10.3.3.3", "结束其他会话", "本机"):
        assert words in page
    row = LoginSession.objects.get(address="10.2.2.2")
    assert here.get(reverse("accounts:end_login", args=[row.pk])).status_code == 405
    assert here.post(reverse("accounts:end_login", args=[row.pk])).url == ME
    assert "已从别处结束" in text(phone.get(phone.get(ME).url))
    assert third.get(ME).status_code == 200
    here.post("/staff/me/logins/end/")
    assert third.get(ME).status_code == 302
    assert here.get(ME).status_code == 200
    assert "结束其他会话" not in text(here.get(ME))
    acts = AuditEntry.objects.filter(act__startswith="login.end").order_by("pk")
    assert [(one.act, one.user) for one in acts] == [
        ("login.end", cast.handler),
        ("login.end_others", cast.handler),
    ]


def test_nobody_ends_anothers_login_nor_the_own_one_this_way(cast):
    here, _ = log_in()
    other, _ = log_in("handler2")
    for row in LoginSession.objects.all():
        assert here.post(reverse("accounts:end_login", args=[row.pk])).status_code == 404
    assert other.get(ME).status_code == 200


def test_a_changed_password_ends_all_other_logins(cast):
    here, _ = log_in()
    other, _ = log_in()
    new = "Another-one-77"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/staff/password/", form).url == ME
    assert (here.get(ME).status_code, other.get(ME).status_code) == (200, 302)
    assert list(LoginSession.objects.exclude(why="").values_list("why", flat=True)) == [LoginEnd.PASSWORD]


def test_a_closed_account_and_a_reset_password_end_every_login(cast):
    from accounts.services.people import reset_password, set_active

    log_in()
    log_in("handler2")
    set_active(user=cast.handler, by=cast.actor("sysadmin"), active=False)
    reset_password(user=cast.handler2, by=cast.actor("sysadmin"))
    whys = dict(LoginSession.objects.values_list("user__username", "why"))
    assert whys == {"handler": LoginEnd.DEACTIVATED, "handler2": LoginEnd.PASSWORD}


def test_logging_out_ends_the_row_too(cast):
    client, _done = log_in()
    client.post("/staff/logout/")
    assert LoginSession.objects.get().why == LoginEnd.LOGOUT


# the last login


def test_one_is_told_of_the_last_login_and_of_what_failed_since(cast):
    first, _ = log_in()
    assert "这是第一次登录" in text(first.get(ME))
    for _try in range(3):
        log_in(password="wrong", address="203.0.113.7")
    second, _done = log_in(address="10.4.4.4")
    page = text(second.get(ME))
    assert "上次登录：今天" in page
    assert "10.1.1.1，Chrome，Windows" in page
    assert "这次登录之前有 3 次失败的尝试" in page
    third, _ = log_in()
    assert "没有失败的尝试" in text(third.get(ME))


def test_failures_are_counted_up_to_a_bound(cast, settings):
    for _try in range(4):
        log_in(password="wrong")
    assert logins.failures_since(cast.handler, None, most=3) == 3

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from accounts.actor import Actor
from accounts.audit_words import detail_lines
from accounts.models import AuditEntry, Post, User
from accounts.services import audit
from core.timekeeping import SHANGHAI, local_day, now
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/staff/login/"


def log_in(client, username, password, **more):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def test_the_right_password_leads_to_where_one_wanted_to_go(cast, client):
    assert log_in(client, "handler", PASSWORD, next="/staff/me/").url == "/staff/me/"
    entry = AuditEntry.objects.get(act="login")
    assert (entry.user, entry.outcome, entry.object_id) == (cast.handler, "done", str(cast.handler.pk))


def test_the_login_never_leads_to_another_site(cast, client, settings):
    settings.LOGIN_REDIRECT_URL = "/desk/"
    assert log_in(client, "handler", PASSWORD, next="https://evil.example/").url == "/desk/"


def test_a_wrong_password_is_answered_in_chinese_and_logged_without_what_was_typed(cast, client):
    response = log_in(client, "handler", "wrong-one")
    assert response.status_code == 422
    assert "用户名或密码不对" in response.content.decode()
    log_in(client, "secret-typed-as-name", "x")
    assert log_in(client, "nul\x00name", "x").status_code == 422
    refused = AuditEntry.objects.filter(act="login", outcome="refused").order_by("pk")
    assert [entry.object_id for entry in refused] == [str(cast.handler.pk), ""]
    assert "secret" not in str([vars(entry) for entry in refused])


@pytest.fixture
def lockout_on(settings):
    from axes.utils import reset

    settings.AXES_ENABLED = True
    yield settings.AXES_FAILURE_LIMIT
    reset()


def test_too_many_wrong_passwords_lock_the_name_but_not_a_colleague(cast, lockout_on):
    client = Client()
    for _try in range(lockout_on):
        last = log_in(client, "handler", "wrong")
    assert last.status_code == 422
    response = log_in(client, "handler", PASSWORD)
    assert response.status_code == 422
    assert "同一地址对同一用户名连续输错 5 次的，会在该地址暂停登录 15 分钟" in response.content.decode()
    assert log_in(client, "handler2", PASSWORD, next="/staff/me/").status_code == 302


def test_logging_out_is_a_post(cast, client_as):
    client = client_as(cast.handler)
    assert client.get("/staff/logout/").status_code == 405
    client.post("/staff/logout/")
    assert client.get("/staff/me/").status_code == 302
    assert AuditEntry.objects.get(act="logout").user == cast.handler


def test_the_trial_lists_its_accounts_and_lets_one_in_by_one_button(cast, client, settings):
    User.objects.filter(pk=cast.clerk.pk).update(demo_note="窗口登记员")
    settings.IS_TRIAL, settings.TRIAL_PASSWORD = True, PASSWORD
    page = client.get(LOGIN).content.decode()
    assert "窗口登记员</button>" in page
    assert PASSWORD in page
    assert "陈立" not in page


def test_outside_the_trial_no_account_is_listed(cast, client, settings):
    User.objects.filter(pk=cast.clerk.pk).update(demo_note="窗口登记员")
    settings.IS_TRIAL, settings.TRIAL_PASSWORD = False, PASSWORD
    page = client.get(LOGIN).content.decode()
    assert "窗口登记员" not in page
    assert PASSWORD not in page


def test_the_demo_accounts_are_printed(cast, settings, capsys):
    call_command("demo_accounts")
    assert capsys.readouterr().out == "没有演示账号。\n"
    User.objects.filter(pk=cast.clerk.pk).update(demo_note="窗口登记员")
    settings.IS_TRIAL, settings.TRIAL_PASSWORD = True, PASSWORD
    call_command("demo_accounts")
    assert capsys.readouterr().out == f"clerk\t林秋\t窗口登记员\n密码均为 {PASSWORD}\n"


def test_ones_own_page_shows_all_ones_posts_and_nobody_elses(cast, client_as):
    Post.objects.create(
        user=cast.outsider,
        unit=cast.units.mediation,
        role="mediator",
        valid_from="2019-01-01",
        valid_until="2019-06-01",
    )
    page = client_as(cast.outsider).get("/staff/me/").content.decode()
    assert "西岭街道" in page
    assert "调解中心" in page
    assert "2019-06-01" in page
    assert "城市管理局" not in page


def test_somebody_without_a_post_still_reaches_their_own_page(cast, client_as):
    Post.objects.filter(user=cast.outsider).update(valid_until=local_day(now()))
    response = client_as(cast.outsider).get("/staff/me/")
    assert response.status_code == 200
    assert "不在任" in response.content.decode()


def test_a_password_is_changed_and_the_change_is_logged(cast, client_as):
    client = client_as(cast.handler)
    new = "a-much-longer-one-77"
    wrong = client.post(
        "/staff/password/", {"old_password": "no", "new_password1": new, "new_password2": new}
    )
    assert wrong.status_code == 422
    done = client.post(
        "/staff/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert done.url == "/staff/me/"
    cast.handler.refresh_from_db()
    assert cast.handler.check_password(new)
    assert AuditEntry.objects.get(act="password.change").user == cast.handler


@pytest.mark.parametrize("page", ["me/", "password/", "audit/"])
def test_a_stranger_sees_only_the_login_page(client, page):
    assert client.get(f"/staff/{page}").url == f"{LOGIN}?next=/staff/{page}"


@pytest.mark.parametrize("key", ["outsider", "sysadmin", "secadmin", "leader", "petition_officer"])
def test_only_the_auditor_reads_the_audit_log(cast, client_as, key):
    assert client_as(getattr(cast, key)).get("/staff/audit/").status_code == 403


def test_the_auditors_look_is_itself_logged(cast, client_as):
    client = client_as(cast.auditor)
    assert client.get("/staff/audit/", {"who": "handler"}).status_code == 200
    look = AuditEntry.objects.filter(act="audit.look").latest("pk")
    followed = {"filters": ["who"], "followed": [cast.handler.pk]}
    assert (look.user, look.detail) == (cast.auditor, followed)


def test_the_auditors_look_says_whom_what_and_which_days_were_followed(cast, client_as):
    client = client_as(cast.auditor)

    def look(**filters):
        client.get("/staff/audit/", filters)
        detail = AuditEntry.objects.filter(act="audit.look").latest("pk").detail
        return {key: value for key, value in detail.items() if key != "filters"}

    assert look() == {}
    assert look(who="陈立") == {"followed": [cast.handler.pk]}
    assert look(who="my-password#1") == {}
    assert look(since="2026-10-08", until="2026-10-09") == {"since": "2026-10-08", "until": "2026-10-09"}
    number = {"object_type": "petitions.petition", "object_id": "339999-2026-0000012"}
    assert look(**number) == number
    assert look(object_type="张小河", object_id="110101199003074514") == {}
    assert look(since="yesterday", who="陈立") == {}
    page = client.get("/staff/audit/").content.decode()
    assert "查看了谁的记录" in page and "陈立" in page


def listed(client, **filters):
    return [entry.act for entry in client.get("/staff/audit/", filters).context["page"].items]


def test_the_audit_log_is_filtered_by_who_act_object_outcome_and_day(cast, client_as):
    client = client_as(cast.auditor)
    noon = datetime(2026, 10, 8, 12, tzinfo=SHANGHAI)
    audit.record(actor=cast.actor("handler"), act="case.read", obj=cast.units.urban, at=noon)
    audit.record(actor=cast.actor("clerk"), act="case.print", at=noon.replace(hour=23, minute=59))
    audit.record(actor=Actor.system(), act="case.sweep", outcome="failed", at=noon + timedelta(hours=12))
    assert listed(client, who="handler") == ["case.read"]
    assert listed(client, who="林秋") == ["case.print"]
    assert listed(client, act="查看审计") == ["audit.look"] * 2
    assert listed(client, act="case.") == ["case.sweep", "case.print", "case.read"]
    assert listed(client, object_type="accounts.unit", object_id=cast.units.urban.pk) == ["case.read"]
    assert listed(client, outcome="failed") == ["case.sweep"]
    assert listed(client, since="2026-10-08", until="2026-10-08") == ["case.print", "case.read"]


def test_a_filter_that_makes_no_sense_shows_nothing_and_says_so(cast, client_as):
    response = client_as(cast.auditor).get("/staff/audit/", {"since": "yesterday", "outcome": "x"})
    assert response.status_code == 422
    assert response.context["page"].items == []


def test_a_forged_cursor_gives_the_first_page(cast, client_as):
    client = client_as(cast.auditor)
    audit.record(actor=cast.actor("handler"), act="case.read")
    assert "case.read" in listed(client, cursor="forged")


def test_one_entry_and_three_cost_the_same_queries(cast, client_as):
    client = client_as(cast.auditor)
    client.get("/staff/audit/", {"act": "case."})
    counts = []
    for key in ("handler", "clerk", "leader"):
        audit.record(actor=cast.actor(key), act="case.read", obj=cast.units.urban)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/staff/audit/", {"act": "case."})
        counts.append(len(queries))
    assert counts[0] == counts[2] == 10


def test_the_audit_log_speaks_chinese_where_acts_have_words(cast, client_as):
    client = client_as(cast.auditor)
    client.post("/staff/hat/", {"post": cast.post("auditor").pk})
    audit.record(actor=Actor.system(), act="nobody.named.this", detail={"k": "<b>"})
    page = client.get("/staff/audit/").content.decode()
    assert "切换岗位" in page
    assert f"岗位 {cast.auditor.get_full_name()}（{cast.post('auditor').label}）" in page
    assert "nobody.named.this" in page
    assert "<b>" not in page


def test_a_login_names_the_person_and_an_export_is_in_words(cast, client_as):
    client = client_as(cast.auditor)
    audit.record(actor=cast.actor("handler"), act="login", obj=cast.handler)
    entry = audit.build(actor=cast.actor("handler"), act="report.export")
    entry.object_type, entry.object_id = "reports.exportjob", "0b7c"
    entry.save(force_insert=True)
    text = client.get("/staff/audit/").content.decode()
    assert f"用户 {cast.handler.get_full_name()}" in text
    assert f"用户 {cast.handler.pk}<" not in text
    assert "导出月报" in text
    assert "导出任务 0b7c" in text


def test_details_of_the_log_are_in_words_and_unknown_ones_stay_plain(cast, client_as):
    unit = cast.units.urban
    detail = {
        "unit": unit.pk,
        "co_units": [],
        "channel": "visit",
        "outcome": "reached",
        "meeting": True,
        "sealed": True,
        "user": cast.handler.pk,
        "strange": "as it was",
    }
    audit.record(actor=Actor.system(), act="petition.forward", detail=detail)
    page = client_as(cast.auditor).get(reverse("accounts:audit_log"), {"act": "petition.forward"})
    lines = page.context["page"].items[0].lines
    assert len(lines) == 7
    assert set(lines) == {
        ("机构", unit.label),
        ("协办单位", "无"),
        ("信访形式", "来访"),
        ("结果", "已接通"),
        ("约定见面", "是"),
        ("人员", cast.handler.get_full_name()),
        ("strange", "as it was"),
    }
    text = page.content.decode()
    assert "转送" in text
    assert "petition.forward" not in text.split("<tbody>")[1]


def test_the_log_costs_the_same_for_one_row_and_three(cast, client_as):
    client = client_as(cast.auditor)
    address = reverse("accounts:audit_log")

    def one_more():
        audit.record(actor=Actor.system(), act="petition.forward", detail={"unit": cast.units.urban.pk})

    one_more()
    client.get(address, {"act": "petition"})
    with CaptureQueriesContext(connection) as one:
        client.get(address, {"act": "petition"})
    one_more()
    one_more()
    with CaptureQueriesContext(connection) as three:
        client.get(address, {"act": "petition"})
    assert len(one) == len(three)


def test_doors_fields_and_filters_are_in_words_and_rows_do_not_count(cast, client_as):
    detail = {
        "door": "petitions:detail",
        "method": "GET",
        "where": "act",
        "field": "phone",
        "filters": ["who"],
        "person": 3353,
        "object_type": "accounts.post",
    }
    audit.record(actor=Actor.system(), act="request.forbidden", obj=cast.units.urban, detail=detail)
    answer = client_as(cast.auditor).get(reverse("accounts:audit_log"), {"act": "request.forbidden"})
    entry = answer.context["page"].items[0]
    said = dict(entry.lines)
    assert said["页面"] == "信访件" and said["方式"] == "查看" and said["在哪里"] == "办理页"
    assert said["项目"] == "电话" and said["筛选条件"] == "人员" and said["对象类型"] == "岗位"
    assert said["信访人代号"] != "3353"
    assert entry.object_name == cast.units.urban.label
    assert "无权打开或办理" in answer.content.decode()


def test_every_page_has_a_word_for_the_auditor():
    def doors(resolver, room=""):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                yield from doors(pattern, f"{pattern.namespace}:" if pattern.namespace else room)
            else:
                yield f"{room}{pattern.name}"

    named = [door for door in doors(get_resolver()) if ":" in door]
    assert len(named) > 100
    said = {door: dict(detail_lines({"door": door}))["页面"] for door in named}
    assert [door for door, word in said.items() if word == door] == []


def test_the_boxes_offer_what_there_is_and_say_what_is_wrong(cast, client_as):
    client = client_as(cast.auditor)
    page = client.get(reverse("accounts:audit_log")).content.decode()
    assert f'<option value="handler">{cast.handler.name}</option>' in page
    assert '<option value="登录"></option>' in page and page.count("<datalist") == 3
    for name, value, sentence in (
        ("who", "查无此人", "没有这个姓名或用户名的人员"),
        ("act", "飞行", "没有这种操作"),
        ("case", "某件", "请填写完整的信访件编号"),
    ):
        answer = client.get(reverse("accounts:audit_log"), {name: value})
        assert answer.status_code == 422
        assert sentence in answer.content.decode() and value in answer.content.decode()
        assert answer.context["page"].items == []

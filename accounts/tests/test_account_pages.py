from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEntry, Post, User
from accounts.services.people import ALPHABET, make_first_password
from core.timekeeping import local_day, now
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
PEOPLE = "/staff/people/"


@pytest.fixture
def admin(cast, client_as):
    return client_as(cast.sysadmin)


@pytest.fixture
def security(cast, client_as):
    return client_as(cast.secadmin)


def text(response):
    return response.content.decode()


# adding a person, and the first password


def add(client, **changes):
    sent = {
        "username": "zhangwei",
        "name": "买买提·䶮",
        "phone": "0000-6001234",
        "email": "z@qingjiang.example",
    }
    return client.post(PEOPLE + "add/", sent | changes)


def test_a_new_person_logs_in_with_the_first_password_and_changes_it_first(cast, admin):
    shown = add(admin)
    password = shown.context["first_password"]
    assert shown.status_code == 200
    assert text(shown).count(password) == 1
    assert "no-store" in shown["Cache-Control"]
    user = User.objects.get(username="zhangwei")
    assert (user.name, user.must_change_password, user.is_superuser, user.is_staff) == (
        "买买提·䶮",
        True,
        False,
        False,
    )
    assert password not in str(list(AuditEntry.objects.values_list("detail", "actor_label")))
    assert password not in text(admin.get(f"{PEOPLE}{user.pk}/"))

    own = Client()
    assert own.post("/staff/login/", {"username": "zhangwei", "password": password}).status_code == 302
    for page in ("/staff/me/", "/", "/desk/", "/cases/"):
        assert own.get(page).url == "/staff/password/", page
    assert "现在的密码由管理员设定" in text(own.get("/staff/password/"))
    same = own.post(
        "/staff/password/", {"old_password": password, "new_password1": password, "new_password2": password}
    )
    assert same.status_code == 422
    assert "新密码与原密码相同" in text(same)
    new = "a-much-longer-one-77"
    own.post("/staff/password/", {"old_password": password, "new_password1": new, "new_password2": new})
    assert own.get("/staff/me/").status_code == 200
    user.refresh_from_db()
    assert not user.must_change_password


def test_whoever_must_change_the_password_may_log_out(cast, client_as):
    User.objects.filter(pk=cast.handler.pk).update(must_change_password=True)
    client = client_as(cast.handler)
    assert client.post("/staff/hat/", {"post": 1}).url == "/staff/password/"
    htmx = client.get("/notices/", headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx["HX-Redirect"]) == (204, "/staff/password/")
    assert client.post("/staff/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_first_passwords_differ_and_hold_no_signs_that_look_alike():
    made = {make_first_password() for _n in range(200)}
    assert len(made) == 200
    assert set("".join(made)) <= set(ALPHABET) | {"-"}
    assert not set("01lio") & set(ALPHABET)


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"username": "handler"}, "用户名“handler”已有人使用，请换一个。"),
        ({"username": "Handler"}, "用户名“Handler”已有人使用，请换一个。"),
        ({"username": "两 个字"}, "用户名只能由汉字、字母、数字和 . @ + - _ 组成。"),
        ({"username": ""}, "请填写这一项。"),
        ({"username": "u" * 61}, "60"),
        ({"name": ""}, "请填写这一项。"),
        ({"name": "名" * 61}, "60"),
        ({"email": "不是邮箱"}, "请填写完整的电子邮箱"),
        ({"phone": "打我电话"}, "电话只能由数字和 + - ( ) 组成"),
    ],
)
def test_a_person_that_cannot_be_added_is_refused_and_what_was_typed_is_kept(cast, admin, change, sentence):
    before = User.objects.count()
    answer = add(admin, **change)
    assert answer.status_code == 422
    assert sentence in text(answer)
    if "phone" not in change:
        assert 'value="0000-6001234"' in text(answer)
    assert User.objects.count() == before


# corrections, password, closing: in whose hands an account is


def test_details_are_corrected_and_only_the_fields_are_noted(cast, admin):
    sent = {"name": "陈·立", "phone": "", "email": cast.handler.email}
    assert admin.post(f"{PEOPLE}{cast.handler.pk}/edit/", sent).url == f"{PEOPLE}{cast.handler.pk}/"
    entry = AuditEntry.objects.get(act="person.change")
    assert entry.detail == {"fields": ["name"]}


def test_a_reset_password_ends_the_old_one_and_its_logins(cast, admin, client_as):
    own = client_as(cast.handler)
    asked = admin.get(f"{PEOPLE}{cast.handler.pk}/password/")
    assert "重置陈立的密码" in text(asked)
    shown = admin.post(f"{PEOPLE}{cast.handler.pk}/password/")
    assert "no-store" in shown["Cache-Control"]
    cast.handler.refresh_from_db()
    assert cast.handler.check_password(shown.context["first_password"])
    assert cast.handler.must_change_password
    assert own.get("/staff/me/").url.startswith("/staff/login/")
    assert AuditEntry.objects.get(act="password.reset").user == cast.sysadmin


def test_a_closed_account_is_out_at_once_and_comes_back(cast, admin, client_as):
    own = client_as(cast.handler)
    page = f"{PEOPLE}{cast.handler.pk}/active/"
    assert "停用陈立的账号" in text(admin.get(page))
    assert admin.post(page, {"active": "0"}).status_code == 302
    assert own.get("/staff/me/").url.startswith("/staff/login/")
    assert Client().login(username="handler", password=PASSWORD) is False
    again = admin.post(page, {"active": "0"})
    assert (again.status_code, "账号已经停用。" in text(again)) == (422, True)
    assert admin.post(f"{PEOPLE}{cast.handler.pk}/password/").status_code == 422
    post = {"unit": cast.units.dongxi.pk, "role": "clerk", "valid_from": "2026-01-01"}
    granted = admin.post(f"{PEOPLE}{cast.handler.pk}/grant/", post)
    assert "此人的账号已停用，请先恢复账号。" in text(granted)
    assert admin.post(page, {"active": "1"}).status_code == 302
    assert Client().login(username="handler", password=PASSWORD)
    acts = AuditEntry.objects.filter(act__startswith="person.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["person.deactivate", "person.activate"]


@pytest.mark.parametrize("key", ["leader", "inspector", "sysadmin", "secadmin", "auditor"])
@pytest.mark.parametrize("act", ["edit/", "password/", "active/"])
def test_the_system_administrator_never_gets_into_a_protected_account(cast, admin, key, act):
    user = getattr(cast, key)
    answer = admin.post(f"{PEOPLE}{user.pk}/{act}", {"name": "改名", "active": "0"})
    assert answer.status_code == 403
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert (user.is_active, user.name) == (True, getattr(cast, key).name)
    refused = AuditEntry.objects.get(outcome="refused")
    assert (refused.user, refused.outcome, refused.object_id) == (cast.sysadmin, "refused", str(user.pk))
    words = {"edit/": "person.change", "password/": "password.reset", "active/": "person.deactivate"}
    assert (refused.act, refused.object_type) == (words[act], "accounts.user")
    assert refused.detail["refused"].startswith(
        "自己的账号" if key == "sysadmin" else "此人的账号由安全管理员管理"
    )


@pytest.mark.parametrize("act", ["password/", "active/"])
def test_a_look_at_what_one_may_not_do_is_refused_like_the_act(cast, admin, act):
    address = f"{PEOPLE}{cast.inspector.pk}/{act}"
    assert admin.get(address).status_code == admin.post(address, {"active": "0"}).status_code == 403
    entries = AuditEntry.objects.filter(outcome="refused", object_id=str(cast.inspector.pk))
    assert entries.count() == 2
    assert admin.get(f"{PEOPLE}{cast.handler.pk}/{act}").status_code == 200


def test_the_security_administrator_keeps_protected_accounts_and_no_others(cast, security):
    assert security.post(f"{PEOPLE}{cast.leader.pk}/password/").status_code == 200
    assert security.post(f"{PEOPLE}{cast.handler.pk}/password/").status_code == 403
    own = security.post(f"{PEOPLE}{cast.secadmin.pk}/active/", {"active": "0"})
    assert (own.status_code, "另一位管理员" in text(own)) == (403, True)


def test_a_post_to_come_protects_the_account_already(cast, admin):
    tomorrow = local_day(now()) + timedelta(days=1)
    Post.objects.create(user=cast.handler, unit=cast.units.district, role="leader", valid_from=tomorrow)
    assert admin.post(f"{PEOPLE}{cast.handler.pk}/password/").status_code == 403


# the first administrators


def test_the_first_administrators_are_appointed_from_the_server(cast, capsys):
    call_command("appoint_admin", "first", "security_admin", name="安·䶮", unit="339999")
    said = capsys.readouterr().out
    user = User.objects.get(username="first")
    assert user.must_change_password
    assert user.check_password(said.split("初始密码 ")[1].split("（")[0])
    assert [post.role for post in user.current_posts] == ["security_admin"]
    Post.objects.filter(user=cast.handler).update(valid_until=local_day(now()))
    call_command("appoint_admin", "handler", "auditor", name="陈立", unit="339999")
    assert "初始密码" not in capsys.readouterr().out
    cast.handler.refresh_from_db()
    assert cast.handler.check_password(PASSWORD)


@pytest.mark.parametrize(
    "username, role, unit, sentence",
    [
        ("handler", "auditor", "339999", "不得同时担任办理信访件的岗位"),
        ("new", "auditor", "000000", "没有统计代码为 000000 的机构"),
        ("new", "auditor", "", "没有统计代码为"),
        ("两 字", "auditor", "339999", "用户名只能由"),
        ("SYSADMIN", "auditor", "339999", "已有人使用"),
        ("sysadmin", "auditor", "339999", "三者不得由同一人同时担任"),
    ],
)
def test_an_administrator_who_cannot_be_appointed_is_refused_and_nothing_stays(
    cast, username, role, unit, sentence
):
    before = User.objects.count()
    with pytest.raises(CommandError, match=sentence):
        call_command("appoint_admin", username, role, name="某人", unit=unit)
    assert User.objects.count() == before

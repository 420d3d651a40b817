from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import AuditEntry, Post, Unit, User
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


def post_form(unit, role, **changes):
    return {
        "unit": unit.pk if unit else "",
        "role": role,
        "title": "",
        "valid_from": "2026-01-01",
        "valid_until": "",
    } | changes


def pages_of(cast):
    user, post = cast.handler.pk, cast.post("handler").pk
    below = ["edit/", "password/", "active/", "grant/"]
    return [
        PEOPLE,
        f"{PEOPLE}{user}/",
        *[f"{PEOPLE}{user}/{page}" for page in below],
        f"/staff/posts/{post}/end/",
    ]


# who may


@pytest.mark.parametrize("key", ["outsider", "handler", "auditor", "leader", "petition_officer", "inspector"])
def test_only_the_two_administrators_open_the_pages_about_people(cast, client_as, key):
    client = client_as(getattr(cast, key))
    charge = f"/staff/posts/{cast.post('leader').pk}/charge/"
    for page in [*pages_of(cast), PEOPLE + "add/", charge]:
        assert client.get(page).status_code == 403, page
        assert client.post(page, {"name": "x"}).status_code in {403, 405}, page


def test_a_stranger_is_asked_to_log_in(cast, client):
    charge = f"/staff/posts/{cast.post('leader').pk}/charge/"
    for page in [*pages_of(cast), PEOPLE + "add/", charge]:
        assert client.get(page).url == f"/staff/login/?next={page}"


def test_both_administrators_open_them(cast, admin, security):
    for page in pages_of(cast):
        assert admin.get(page).status_code == 200, page
        assert security.get(page).status_code == 200, page
    assert security.get(PEOPLE + "add/").status_code == 403
    assert admin.get(f"/staff/posts/{cast.post('leader').pk}/charge/").status_code == 403


def test_people_and_posts_that_are_not_there_are_not_found(cast, admin, security):
    for page in (PEOPLE + "999999/", PEOPLE + "99999999999999999999/", "/staff/posts/999999/end/"):
        assert admin.get(page).status_code == 404
    assert security.get("/staff/posts/999999/charge/").status_code == 404


def test_the_menu_offers_each_administrator_their_own_pages(cast, admin, security, client_as):
    assert 'href="/staff/units/"' in text(admin.get("/staff/me/"))
    page = text(security.get("/staff/me/"))
    assert 'href="/staff/people/"' in page
    assert 'href="/staff/units/"' not in page
    assert 'href="/staff/people/"' not in text(client_as(cast.handler).get("/staff/me/"))


# the list


@pytest.mark.parametrize(
    "filters, found",
    [
        ({"q": "陈立"}, ["handler"]),
        ({"q": "HANDLER"}, ["handler", "handler2"]),
        ({"unit": "城市管理"}, ["handler", "unit_head"]),
        ({"role": "leader"}, ["leader", "leader2"]),
        ({"unit": "信访局", "role": "auditor"}, ["auditor"]),
        ({"q": "没有这人"}, []),
        ({"state": "closed"}, []),
        ({"state": "idle"}, []),
    ],
)
def test_people_are_found_by_name_unit_role_and_state(cast, admin, filters, found):
    page = admin.get(PEOPLE, filters)
    assert (page.status_code, [user.username for user in page.context["page"].items]) == (200, found)
    assert ("没有符合条件的人员" in text(page)) == (not found)


def test_somebody_with_several_posts_is_shown_with_all(cast, admin):
    Post.objects.create(user=cast.handler, unit=cast.units.dongxi, role="clerk", valid_from="2026-01-01")
    page = text(admin.get(PEOPLE, {"q": "陈立"}))
    assert "城市管理局 承办人" in page
    assert "东溪镇 窗口登记员" in page


def test_one_person_and_three_cost_the_same_queries(cast, admin):
    counts = []
    for words in ("clerk", "er"):
        with CaptureQueriesContext(connection) as queries:
            rows = admin.get(PEOPLE, {"q": words}).context["page"].items
        counts.append((len(rows), len(queries)))
    with CaptureQueriesContext(connection) as one:
        rows = admin.get(PEOPLE, {"q": "林秋"}).context["page"].items
    assert len(rows) == 1 and counts[1][0] >= 3
    assert {len(one)} == {count for _rows, count in counts}


def test_a_person_with_one_post_and_with_three_costs_the_same_queries(cast, security):
    with CaptureQueriesContext(connection) as one:
        security.get(f"{PEOPLE}{cast.leader.pk}/")
    for unit in (cast.units.dongxi, cast.units.xiling):
        post = Post.objects.create(user=cast.leader, unit=unit, role="leader", valid_from="2026-01-01")
        post.charge_units.add(unit)
    with CaptureQueriesContext(connection) as three:
        page = security.get(f"{PEOPLE}{cast.leader.pk}/")
    assert len(page.context["posts"]) == 3
    assert len(one) == len(three)


def test_people_come_by_key(cast, admin):
    User.objects.bulk_create(User(username=f"u{number:03d}", name="同名") for number in range(100))
    page = admin.get(PEOPLE, {"q": "同名"})
    assert len(page.context["page"]) == 40
    following = admin.get(PEOPLE, {"q": "同名", "cursor": page.context["page"].next_cursor})
    assert following.context["page"].items[0].username == "u040"
    assert admin.get(PEOPLE, {"cursor": "forged"}).status_code == 200


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
        ({"username": ""}, "这个字段是必填项。"),
        ({"username": "u" * 61}, "60"),
        ({"name": ""}, "这个字段是必填项。"),
        ({"name": "名" * 61}, "60"),
        ({"email": "不是邮箱"}, "输入一个有效的"),
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
    granted = admin.post(f"{PEOPLE}{cast.handler.pk}/grant/", post_form(cast.units.dongxi, "clerk"))
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
    refused = AuditEntry.objects.get(act="keeper.forbidden")
    assert (refused.user, refused.outcome) == (cast.sysadmin, "refused")


def test_the_security_administrator_keeps_protected_accounts_and_no_others(cast, security):
    assert security.post(f"{PEOPLE}{cast.leader.pk}/password/").status_code == 200
    assert security.post(f"{PEOPLE}{cast.handler.pk}/password/").status_code == 403
    own = security.post(f"{PEOPLE}{cast.secadmin.pk}/active/", {"active": "0"})
    assert (own.status_code, "另一位管理员" in text(own)) == (403, True)


def test_a_post_to_come_protects_the_account_already(cast, admin):
    tomorrow = local_day(now()) + timedelta(days=1)
    Post.objects.create(user=cast.handler, unit=cast.units.district, role="leader", valid_from=tomorrow)
    assert admin.post(f"{PEOPLE}{cast.handler.pk}/password/").status_code == 403


# posts


def test_a_post_is_granted_and_noted(cast, admin):
    page = f"{PEOPLE}{cast.outsider.pk}/grant/"
    assert "分管机构" not in text(admin.get(page))
    sent = post_form(cast.units.urban, "unit_head", title="副局长·䶮", valid_until="2027-01-01")
    assert admin.post(page, sent).url == f"{PEOPLE}{cast.outsider.pk}/"
    post = Post.objects.get(user=cast.outsider, unit=cast.units.urban)
    assert (post.role, post.title, post.valid_until.isoformat()) == ("unit_head", "副局长·䶮", "2027-01-01")
    assert AuditEntry.objects.get(act="post.grant").object_id == str(post.pk)


@pytest.mark.parametrize("key", ["admin", "security"])
def test_the_form_offers_only_the_roles_one_gives(cast, request, key):
    page = text(request.getfixturevalue(key).get(f"{PEOPLE}{cast.outsider.pk}/grant/"))
    assert ('value="clerk"' in page) == (key == "admin")
    assert ('value="leader"' in page) == (key == "security")
    assert 'value="petitioner"' not in page


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"role": "handler", "unit": "own"}, "此人在同一时段已在该机构担任同一角色。"),
        ({"valid_until": "2025-12-31"}, "离任日期必须晚于任职日期。"),
        ({"valid_from": ""}, "这个字段是必填项。"),
        ({"unit": ""}, "这个字段是必填项。"),
        ({"unit": "99999999999999999999"}, "选择一个有效的选项"),
        ({"role": "leader"}, "leader"),
        ({"role": "petitioner"}, "petitioner"),
        ({"unit": "closed"}, "“石桥村”在任职日期已停用。"),
    ],
)
def test_a_post_that_cannot_be_is_refused_and_what_was_typed_is_kept(cast, admin, change, sentence):
    Unit.objects.filter(pk=cast.units.shiqiao.pk).update(valid_until="2025-01-01")
    named = {"own": cast.units.xiling.pk, "closed": cast.units.shiqiao.pk}
    change = change | ({"unit": named.get(change["unit"], change["unit"])} if "unit" in change else {})
    sent = post_form(cast.units.urban, "handler", title="组长·䶮") | change
    answer = admin.post(f"{PEOPLE}{cast.outsider.pk}/grant/", sent)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="组长·䶮"' in text(answer)
    assert cast.outsider.posts.count() == 1


def test_administrators_roles_stay_apart_on_the_screen_too(cast, security):
    answer = security.post(
        f"{PEOPLE}{cast.auditor.pk}/grant/", post_form(cast.units.district, "system_admin")
    )
    assert answer.status_code == 422
    assert "三者不得由同一人同时担任" in text(answer)


def test_nobody_grants_to_themselves_on_the_screen_either(cast, admin):
    page = f"{PEOPLE}{cast.sysadmin.pk}/"
    assert "授予岗位" not in text(admin.get(page))
    assert admin.post(page + "grant/", post_form(cast.units.urban, "clerk")).status_code == 403
    assert cast.sysadmin.posts.count() == 1


def test_a_leader_is_granted_with_the_charge_and_the_charge_is_changed(cast, security):
    person = cast.outsider
    sent = post_form(cast.units.district, "leader", title="副县长", charge_units=[cast.units.urban.pk, ""])
    assert security.post(f"{PEOPLE}{person.pk}/grant/", sent).status_code == 302
    post = Post.objects.get(user=person, role=Role.LEADER)
    assert list(post.charge_units.all()) == [cast.units.urban]
    page = f"/staff/posts/{post.pk}/charge/"
    assert f'<option value="{cast.units.urban.pk}" selected>城市管理局</option>' in text(security.get(page))
    both = {"units": [cast.units.housing.pk, cast.units.dongxi.pk, "", cast.units.dongxi.pk]}
    assert security.post(page, both).status_code == 302
    assert set(post.charge_units.all()) == {cast.units.housing, cast.units.dongxi}
    shown = text(security.get(f"{PEOPLE}{person.pk}/"))
    assert "住房和城乡建设局" in shown
    entry = AuditEntry.objects.get(act="post.charge")
    assert entry.detail["removed"] == [cast.units.urban.pk]
    assert security.post(page, {}).status_code == 302
    assert not post.charge_units.exists()


@pytest.mark.parametrize("junk", ["abc", "99999999999999999999", "²", "\x00"])
def test_a_charge_over_what_is_no_unit_is_refused_and_the_others_are_kept(cast, security, junk):
    page = f"/staff/posts/{cast.post('leader').pk}/charge/"
    answer = security.post(page, {"units": [cast.units.housing.pk, junk]})
    assert (answer.status_code, cast.post("leader").charge_units.count()) == (
        (302, 1) if junk == "\x00" else (422, 2)
    )
    if answer.status_code == 422:
        assert f'<option value="{cast.units.housing.pk}" selected>' in text(answer)


def test_only_leaders_are_given_a_charge(cast, security):
    sent = post_form(cast.units.district, "inspector", charge_units=[cast.units.urban.pk])
    answer = security.post(f"{PEOPLE}{cast.outsider.pk}/grant/", sent)
    assert (answer.status_code, "只有领导岗位有分管机构。" in text(answer)) == (422, True)
    post = cast.post("inspector")
    assert security.post(f"/staff/posts/{post.pk}/charge/", {}).status_code == 422


def test_a_post_is_ended_once(cast, admin):
    page = f"/staff/posts/{cast.post('handler').pk}/end/"
    assert "结束岗位：陈立" in text(admin.get(page))
    early = admin.post(page, {"on": "2019-01-01"})
    assert (early.status_code, "离任日期必须晚于任职日期。" in text(early)) == (422, True)
    assert 'value="2019-01-01"' in text(early)
    today = local_day(now())
    assert admin.post(page, {"on": today.isoformat()}).url == f"{PEOPLE}{cast.handler.pk}/"
    again = admin.post(page, {"on": (today + timedelta(days=9)).isoformat()})
    assert (again.status_code, "该岗位已于" in text(again)) == (422, True)
    assert AuditEntry.objects.filter(act="post.end").count() == 1


def test_an_end_that_was_set_is_not_put_off(cast, admin):
    until = local_day(now()) + timedelta(days=5)
    Post.objects.filter(pk=cast.post("handler").pk).update(valid_until=until)
    answer = admin.post(
        f"/staff/posts/{cast.post('handler').pk}/end/", {"on": (until + timedelta(days=1)).isoformat()}
    )
    assert (answer.status_code, "离任日期不能晚于原定的" in text(answer)) == (422, True)


def test_the_system_administrator_does_not_end_a_leaders_post(cast, admin):
    today = local_day(now()).isoformat()
    assert admin.post(f"/staff/posts/{cast.post('leader').pk}/end/", {"on": today}).status_code == 403
    assert "结束岗位" not in text(admin.get(f"{PEOPLE}{cast.leader.pk}/"))


# the hat


def test_the_hat_leads_to_ones_own_page(cast, client_as):
    assert 'href="/staff/me/"' in text(client_as(cast.handler).get("/notices/"))

from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import AuditEntry, Post, Unit
from core.timekeeping import local_day, now

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
    assert 'value="clerk"' in page  # by the security administrator in a discipline body
    assert ('value="leader"' in page) == (key == "security")
    assert ("普通岗位仅限纪检监察机关、信访部门和区县本级" in page) == (key == "security")
    assert 'value="petitioner"' not in page


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"role": "handler", "unit": "own"}, "此人在同一时段已在该机构担任同一角色。"),
        ({"valid_until": "2025-12-31"}, "离任日期必须晚于任职日期。"),
        ({"valid_from": ""}, "请填写这一项。"),
        ({"unit": ""}, "请选择。"),
        ({"unit": "99999999999999999999"}, "没有您选的这一项"),
        ({"role": "leader"}, "没有您选的这一项，请从列表中选择。"),
        ({"role": "petitioner"}, "没有您选的这一项，请从列表中选择。"),
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


# refused


@pytest.mark.parametrize(
    "by, whom, role, status",
    [
        ("secadmin", "sysadmin", "auditor", 422),
        ("secadmin", "auditor", "statistician", 422),
        ("secadmin", "handler", "auditor", 422),
        ("secadmin", "secadmin", "auditor", 403),
        ("sysadmin", "handler", "auditor", 422),
        ("sysadmin", "auditor", "handler", 422),
    ],
)
def test_a_grant_that_the_rule_of_three_refuses_is_on_record(cast, client_as, by, whom, role, status):
    user, posts = getattr(cast, whom), Post.objects.count()
    answer = client_as(getattr(cast, by)).post(f"{PEOPLE}{user.pk}/grant/", post_form(cast.units.urban, role))
    assert answer.status_code == status
    assert Post.objects.count() == posts
    entry = AuditEntry.objects.get(outcome="refused")
    assert (entry.user, entry.act) == (getattr(cast, by), "post.grant")
    assert (entry.object_type, entry.object_id) == ("accounts.user", str(user.pk))
    told = {key: entry.detail[key] for key in ("user", "unit", "role")}
    assert told == {"user": user.pk, "unit": cast.units.urban.pk, "role": role}
    assert entry.detail["refused"]


def test_a_slip_of_the_pen_in_a_grant_is_no_refusal_on_record(cast, security):
    sent = post_form(cast.units.urban, "inspector", valid_until="2025-01-01")
    assert security.post(f"{PEOPLE}{cast.outsider.pk}/grant/", sent).status_code == 422
    assert security.post(f"{PEOPLE}{cast.outsider.pk}/grant/", sent | {"role": "bogus"}).status_code == 422
    assert not AuditEntry.objects.filter(outcome="refused").exists()

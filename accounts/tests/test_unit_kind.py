"""A unit becomes a discipline body or ceases to be one: the page of the security administrator (条例 30)."""

import pytest

from accounts.enums import UnitKind
from accounts.models import AuditEntry, Unit
from petitions.enums import Kind
from petitions.models import Petition
from petitions.querysets import DISCIPLINE_ROLES
from petitions.services import forwarding

pytestmark = pytest.mark.django_db
UNITS = "/staff/units/"


@pytest.fixture
def security(cast, client_as):
    return client_as(cast.secadmin)


def text(response):
    return response.content.decode()


def page_of(unit):
    return f"{UNITS}{unit.pk}/kind/"


def sent(kind=UnitKind.DISCIPLINE, **changes):
    return {"kind": kind, "reason": "机构改革方案第三条·䶮"} | changes


def kind_of(unit):
    return Unit.objects.get(pk=unit.pk).kind


def test_the_security_administrator_comes_to_it_from_the_list_and_keeps_nothing_else_there(cast, security):
    page = text(security.get(UNITS, {"q": "城市管理局"}))
    assert f'<a href="{page_of(cast.units.urban)}">清江县城市管理局</a>' in page
    assert "新增" not in page
    assert f'"{UNITS}{cast.units.urban.pk}/"' not in page
    assert f'href="{UNITS}"' in text(security.get("/staff/people/"))


def test_the_page_says_who_will_see_sealed_cases_and_who_is_there_now(cast, security):
    page = text(security.get(page_of(cast.units.urban)))
    for role in DISCIPLINE_ROLES:
        assert str(role.label) in page.split("改后，")[1].split("。")[0]
    for words in ("都能看转给该机构的密存检举控告", "陈立", "赵建国", "政府部门"):
        assert words in page
    page = text(security.get(page_of(cast.units.discipline)))
    for words in ("都不再能看密存的检举控告", "除登记人外没有人能看", "冯肃"):
        assert words in page
    assert '<option value="discipline"' not in page


def test_a_unit_becomes_one_and_ceases_to_be_one_with_an_entry_each(cast, security, client_as):
    unit = cast.units.urban
    assert security.post(page_of(unit), sent()).url == page_of(unit)
    assert kind_of(unit) == UnitKind.DISCIPLINE
    assert "的性质已改为“纪检监察机关”" in text(security.get(page_of(unit)))
    assert security.post(page_of(unit), sent(UnitKind.DEPARTMENT, reason="撤销")).url == page_of(unit)
    assert kind_of(unit) == UnitKind.DEPARTMENT
    first, second = AuditEntry.objects.filter(act="unit.discipline").order_by("pk")
    assert (first.user, first.object_id) == (cast.secadmin, str(unit.pk))
    assert first.detail == {"was": "department", "kind": "discipline", "reason": "机构改革方案第三条·䶮"}
    assert second.detail == {"was": "discipline", "kind": "department", "reason": "撤销"}
    page = text(client_as(cast.auditor).get("/staff/audit/"))
    for words in ("改为或不再是纪检监察机关", "原性质", "机构改革方案第三条·䶮"):
        assert words in page


def test_what_the_page_says_comes_true(cast, security, make_case):
    case = make_case.registered(kind=Kind.ACCUSATION, complained_unit=cast.units.housing).petition
    officer = cast.actor("discipline_officer")
    if not Petition.objects.visible_to(officer).filter(pk=case.pk).exists():
        forwarding.forward(
            petition=case,
            actor=cast.actor("petition_officer"),
            unit=cast.units.discipline,
            at=case.received_at,
        )
    assert Petition.objects.visible_to(officer).filter(pk=case.pk).exists()
    security.post(page_of(cast.units.discipline), sent(UnitKind.PARTY_BODY))
    officer.unit.refresh_from_db()
    assert not Petition.objects.visible_to(officer).filter(pk=case.pk).exists()


@pytest.mark.parametrize(
    "unit, change, sentence, status",
    [
        ("urban", {"reason": ""}, "请填写这一项。", 422),
        ("urban", {"reason": " \u202e\x00 "}, "请填写这一项。", 422),
        ("urban", {"reason": "长" * 201}, "200", 422),
        ("urban", {"kind": ""}, "请选择。", 422),
        ("urban", {"kind": "castle"}, "没有您选的这一项，请从列表中选择。", 422),
        ("urban", {"kind": "town"}, "其他机构性质由系统管理员维护。", 403),
        ("discipline", {"kind": "discipline"}, "没有生效：“纪委监委”已经是“纪检监察机关”。", 422),
        ("petition_office", {}, "您在该机构有岗位，请由另一位安全管理员办理。", 403),
    ],
)
def test_what_cannot_be_is_refused_in_words(cast, security, unit, change, sentence, status):
    unit = getattr(cast.units, unit)
    before = unit.kind
    answer = security.post(page_of(unit), sent() | change)
    assert answer.status_code == status
    assert sentence in text(answer)
    assert kind_of(unit) == before
    assert not AuditEntry.objects.filter(act="unit.discipline", outcome="done").exists()
    refused = AuditEntry.objects.filter(outcome="refused")
    assert [(one.act, one.object_id, one.detail["refused"]) for one in refused] == [
        ("unit.discipline", str(unit.pk), sentence) for _one in range(status == 403)
    ]


def test_a_form_sent_twice_changes_once(cast, security):
    unit = cast.units.urban
    assert security.post(page_of(unit), sent()).status_code == 302
    again = security.post(page_of(unit), sent())
    assert "已经是“纪检监察机关”" in text(again)
    assert "机构改革方案第三条·䶮" in text(again)
    assert AuditEntry.objects.filter(act="unit.discipline").count() == 1


def test_of_a_unit_of_ones_own_there_is_no_form(cast, security):
    page = security.get(page_of(cast.units.petition_office))
    assert page.status_code == 200
    assert "请由另一位安全管理员办理" in text(page)
    assert 'name="reason"' not in text(page)


@pytest.mark.parametrize("key", ["sysadmin", "auditor", "petition_officer", "discipline_officer", "outsider"])
def test_nobody_else_opens_the_page_or_sends_it(cast, client_as, key):
    client = client_as(getattr(cast, key))
    assert client.get(page_of(cast.units.urban)).status_code == 403
    assert client.post(page_of(cast.units.urban), sent()).status_code == 403
    assert kind_of(cast.units.urban) == UnitKind.DEPARTMENT


def test_a_stranger_is_asked_to_log_in_and_a_unit_that_is_not_there_is_not_found(cast, client, security):
    assert client.get(page_of(cast.units.urban)).url.startswith("/staff/login/")
    assert client.post(page_of(cast.units.urban), sent()).url.startswith("/staff/login/")
    for pk in ("999999", "99999999999999999999"):
        assert security.get(f"{UNITS}{pk}/kind/").status_code == 404


def test_the_page_costs_the_same_for_one_post_and_three(cast, security, django_assert_num_queries):
    from accounts.models import Post
    from tests.cast import SINCE

    security.get(page_of(cast.units.urban))
    with django_assert_num_queries(8):
        security.get(page_of(cast.units.housing))
    for person in (cast.clerk, cast.leader, cast.outsider):
        Post.objects.create(user=person, unit=cast.units.housing, role="handler", valid_from=SINCE)
    with django_assert_num_queries(8):
        security.get(page_of(cast.units.housing))

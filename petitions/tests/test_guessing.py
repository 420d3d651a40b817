"""Whom the petitioner names only in their own words: shown where the case is sent on, and asked about once (条例 28)."""

import pytest
from django.urls import reverse

from core.timekeeping import now
from petitions.enums import Status
from petitions.selectors.guessing import guess
from petitions.services import codes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("城管局张三", ["城市管理局"]),
        ("县城管局的人", ["城市管理局"]),
        ("城管打人", ["城市管理局"]),
        ("城市管理局", ["城市管理局"]),
        ("清江县城市管理局执法队", ["城市管理局"]),
        ("住建局某科长", ["住房和城乡建设局"]),
        ("东溪镇和城管局", ["城市管理局", "东溪镇"]),
        ("住房问题", []),
        ("管城局", []),
        ("张三", []),
        ("", []),
    ],
)
def test_a_unit_is_guessed_by_name_short_name_and_usual_abbreviation(cast, text, units):
    found = guess(text, cast.units.petition_office, now())
    assert {unit.label for unit in found.units} == set(units)


def test_staff_are_guessed_by_their_full_name_with_unit_and_post(cast):
    found = guess("城管局陈立和赵建国收钱", cast.units.petition_office, now())
    assert set(found.people) == {"陈立（城市管理局 承办人）", "赵建国（城市管理局 单位负责人）"}
    assert guess("陈某", cast.units.petition_office, now()).people == ()


@pytest.fixture
def case(make_case):
    return make_case(complained_text="城管局陈立")


@pytest.fixture
def client(cast, client_as):
    return client_as(cast.petition_officer)


def address(case, act):
    return reverse("petitions:act", args=[case.number, act])


@pytest.mark.parametrize("act", ["classify", "forward", "assign"])
def test_the_words_and_the_guess_stand_at_the_form(client, case, act):
    page = client.get(address(case, act)).content.decode()
    assert "信访人写的被反映对象：" in page
    assert "城管局陈立" in page
    assert "可能是：城市管理局；陈立（城市管理局 承办人）" in page


@pytest.mark.parametrize("act", ["forward", "assign"])
def test_sending_it_to_the_unit_that_may_be_meant_asks_once_and_carries_all_along(client, cast, case, act):
    sent = {"token": codes.new_token(), "unit": cast.units.urban.pk, "co_units": [cast.units.housing.pk]}
    sent |= {
        "note": "请快办",
        "demand": "请查清",
        "feedback_due_on": now().date().replace(year=2030).isoformat(),
    }
    look = client.post(address(case, act), sent)
    page = look.content.decode()
    case.refresh_from_db()
    assert (look.status_code, case.status) == (200, Status.REGISTERED)
    assert "信访人写的被反映对象可能是该单位，确认转送？" in page
    carried = {field.html_name: field.value() for field in look.context["form"]}
    assert all(str(sent[name]) in page or name == "co_units" for name in carried if name in sent)
    back = client.post(address(case, act), {**sent, "edit": "1"})
    assert 'name="unit"' in back.content.decode() and "确认转送？" not in back.content.decode()
    assert client.post(address(case, act), {**sent, "confirmed": "1"}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.lead_unit) == (Status.FORWARDED, cast.units.urban)
    assert case.shares.filter(unit=cast.units.housing).exists()


def test_another_unit_and_a_case_without_such_words_are_not_asked_about(client, cast, case, make_case):
    plain = make_case()
    for one, unit in ((case, cast.units.housing), (plain, cast.units.urban)):
        sent = {"token": codes.new_token(), "unit": unit.pk, "note": ""}
        assert client.post(address(one, "forward"), sent).status_code == 302

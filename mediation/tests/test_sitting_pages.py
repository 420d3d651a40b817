"""The pages of joint sittings: the way from the call on a case to what was done, and who reads what."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.timekeeping import local_day, now
from mediation.models import Sitting, Undertaking
from mediation.services import sittings
from mediation.sitting_enums import DoingState, SittingState
from mediation.tests.sitting_world import in_days, make_sitting, make_undertaking
from petitions.services.codes import new_token

pytestmark = pytest.mark.django_db


def test_a_sitting_from_the_pages_from_the_call_to_what_was_done(cast, client_as, fresh_case):
    case, units = fresh_case(), cast.units
    officer, housing = client_as(cast.petition_officer), client_as(cast.handler2)
    assert "召集会办" in officer.get(case.get_absolute_url()).content.decode()
    kept = officer.post(reverse("mediation:standing"), {"units": [units.housing.pk]})
    assert kept.status_code == 302
    address = reverse("mediation:sitting_call", args=[case.number])
    assert f'value="{units.housing.pk}" selected' in officer.get(address).content.decode()
    data = {
        "kind": "joint", "question": "消防通道怎么管", "starts_at": f"{in_days(3):%Y-%m-%dT%H:%M}",
        "place": "", "units": [units.housing.pk], "token": new_token(),
    }  # fmt: skip
    wrong = officer.post(address, data)
    assert wrong.status_code == 422 and "消防通道怎么管" in wrong.content.decode()
    assert officer.post(address, {**data, "place": "三楼会议室"}).status_code == 302
    row = Sitting.objects.get()

    def send(client, door, /, **sent):
        return client.post(reverse(f"mediation:sitting_{door}", args=[row.pk]), sent)

    seen = housing.get(row.get_absolute_url()).content.decode()
    assert "消防通道怎么管" in seen and case.number not in seen
    assert send(housing, "answer", coming="yes").status_code == 422
    assert send(housing, "answer", coming="yes", sends="王队长").status_code == 302
    early = send(officer, "hold", came=[units.housing.pk], resolved="定了")
    assert early.status_code == 409 and "还没有开始" in early.content.decode()
    Sitting.objects.update(starts_at=now() - timedelta(hours=1))
    assert send(officer, "hold", resolved="定了").status_code == 422
    assert send(officer, "hold", came=[units.housing.pk], resolved="定了").status_code == 302
    day = local_day(now()) + timedelta(days=9)
    past = send(officer, "undertake", unit=units.housing.pk, what="清出通道", due_on="2020-01-01")
    assert past.status_code == 422 and "清出通道" in past.content.decode()
    sent = send(officer, "undertake", unit=units.housing.pk, what="清出通道", due_on=day)
    assert sent.status_code == 302
    one = Undertaking.objects.get()
    report = reverse("mediation:undertaking_report", args=[row.pk, one.pk])
    review = reverse("mediation:undertaking_review", args=[row.pk, one.pk])
    assert "反馈落实情况" in housing.get(row.get_absolute_url()).content.decode()
    assert housing.post(report, {"text": ""}).status_code == 422
    assert housing.post(report, {"text": "清了一半"}).status_code == 302
    again = housing.post(report, {"text": "又写"})
    assert again.status_code == 409 and "又写" in again.content.decode()
    assert officer.post(review, {"done": "no", "nth": 1}).status_code == 422
    stale = officer.post(review, {"done": "yes", "nth": 0})
    assert stale.status_code == 409
    assert officer.post(review, {"done": "yes", "nth": 1}).status_code == 302
    one.refresh_from_db()
    assert one.state == DoingState.DONE
    round_two = reverse("mediation:sitting_again", args=[row.pk])
    assert "消防通道怎么管" in officer.get(round_two).content.decode()
    assert officer.post(round_two, {**data, "place": "三楼", "token": new_token()}).status_code == 302
    assert Sitting.objects.filter(round=2, previous=row).exists()
    assert "第 2 轮" in officer.get(case.get_absolute_url()).content.decode()


@pytest.mark.article(28)
def test_the_unit_complained_of_finds_no_page(cast, client_as, fresh_case):
    case = fresh_case(complained_unit=cast.units.housing, co_units=[cast.units.housing])
    row = make_sitting(cast, case, units=("dongxi",))
    client = client_as(cast.handler2)
    assert client.get(row.get_absolute_url()).status_code == 404
    assert row.place not in client.get(reverse("mediation:sittings")).content.decode()
    officer = client_as(cast.petition_officer)
    sittings.keep_standing(actor=cast.actor("petition_officer"), units=[cast.units.housing])
    page = officer.get(reverse("mediation:sitting_call", args=[case.number])).content.decode()
    assert f'value="{cast.units.housing.pk}" selected' not in page
    data = {
        "kind": "joint", "question": "怎么管", "starts_at": f"{in_days(3):%Y-%m-%dT%H:%M}", "place": "会议室",
        "units": [cast.units.housing.pk], "token": new_token(),
    }  # fmt: skip
    sent = officer.post(reverse("mediation:sitting_call", args=[case.number]), data)
    assert sent.status_code == 422 and "第二十八条" in sent.content.decode()


def test_a_sealed_case_has_no_page_to_call_from(cast, client_as, make_case):
    from petitions.enums import Kind

    case = make_case.registered(kind=Kind.ACCUSATION).petition
    for key in ("petition_officer", "discipline_officer"):
        address = reverse("mediation:sitting_call", args=[case.number])
        assert client_as(getattr(cast, key)).get(address).status_code == 404


def test_lists_and_the_page_cost_the_same_for_one_and_three(
    cast, client_as, fresh_case, django_assert_num_queries
):
    desk, case = client_as(cast.petition_officer), fresh_case()
    row = make_sitting(cast, case, until=SittingState.HELD)
    make_undertaking(cast, row)
    make_sitting(cast, case)
    for address in (reverse("mediation:sittings"), row.get_absolute_url()):
        desk.get(address)
    for _ in range(2):
        with django_assert_num_queries(6):
            desk.get(reverse("mediation:sittings"))
        with django_assert_num_queries(15):
            desk.get(row.get_absolute_url())
        for _one in range(2):
            make_sitting(cast, fresh_case())
            make_undertaking(cast, row)

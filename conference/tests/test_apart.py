"""Who is told, who reads, and who must keep out (条例 24, 28, 30, 39)."""

import pytest
from django.urls import reverse

from conference.models import Dispute, Order
from conference.services import answering, disputing
from core.errors import Refusal
from deadlines.services import sweep_all
from notifications.models import Notice
from petitions.enums import RecusalGround, Status
from petitions.models import Objection, Petition
from petitions.services import forwarding, recusing, sealing
from tests.cases import MORNING  # noqa: F401 (the days of the cases)

pytestmark = pytest.mark.django_db


def told(user):
    return list(Notice.objects.filter(recipient=user).values_list("text", flat=True))


@pytest.mark.article(24)
def test_both_units_are_told_and_read_the_dispute_though_they_have_the_case_no_more(cast, client_as, dispute):
    row = dispute()
    for who in ("handler", "unit_head2"):
        user = getattr(cast, who)
        assert any("请协商" in text for text in told(user)), who
        assert client_as(user).get(row.get_absolute_url()).status_code == 200
        assert client_as(user).get(row.petition.get_absolute_url()).status_code == 404
    assert client_as(cast.outsider).get(row.get_absolute_url()).status_code == 404


@pytest.mark.article(28)
def test_a_unit_that_turns_out_to_be_complained_of_reads_the_dispute_no_more(cast, dispute):
    row = dispute()
    Petition.objects.filter(pk=row.petition_id).update(complained_unit=cast.units.urban)
    assert not Dispute.objects.visible_to(cast.actor("handler")).exists()
    assert Dispute.objects.visible_to(cast.actor("unit_head2")).exists()


@pytest.mark.article(24)
@pytest.mark.parametrize("objected", [False, True])
def test_a_case_at_another_unit_than_the_one_decided_on_comes_back_to_be_sent_there(
    cast, fresh_case, dispute, today, objected
):
    case, officer = fresh_case(), cast.actor("petition_officer")
    row = dispute(case)
    if objected:
        forwarding.object_to(petition=case, actor=cast.actor("handler"), reason="不属于本单位职责")
    disputing.agree(
        dispute=row, actor=officer, lead_unit=cast.units.housing, basis="按职责。", decided_on=today
    )
    case.refresh_from_db()
    assert (case.status, case.lead_unit) == (Status.REGISTERED, None)
    assert not Objection.objects.filter(petition=case, agreed=None).exists()
    forwarding.forward(petition=case, actor=officer, unit=cast.units.housing)
    case.refresh_from_db()
    assert (case.status, case.lead_unit) == (Status.FORWARDED, cast.units.housing)


@pytest.mark.article(24)
def test_a_case_that_is_where_it_was_decided_to_be_stays_there(cast, fresh_case, dispute, today):
    case = fresh_case()
    disputing.agree(
        dispute=dispute(case),
        actor=cast.actor("petition_officer"),
        lead_unit=cast.units.urban,
        basis="按职责。",
        decided_on=today,
    )
    case.refresh_from_db()
    assert (case.status, case.lead_unit) == (Status.FORWARDED, cast.units.urban)


@pytest.mark.article(28, 30)
@pytest.mark.parametrize("why", ["recused", "sealed"])
def test_who_must_keep_out_of_an_item_does_not_read_what_was_said_of_all(
    cast, client_as, call, put, write, confirm, fresh_case, why
):
    meeting, case = call(), fresh_case()
    put(meeting, petition=case)
    put(meeting, title="别的事")
    write(meeting, text="讨论了夜市一件，争论激烈。")
    confirm(meeting)
    page = client_as(cast.handler)
    assert "争论激烈" in page.get(meeting.get_absolute_url()).content.decode()
    if why == "recused":
        recusing.recuse(petition=case, actor=cast.actor("handler"), ground=RecusalGround.INTEREST)
    else:
        sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="涉嫌违纪")
    body = page.get(meeting.get_absolute_url()).content.decode()
    assert "争论激烈" not in body and "别的事" in body and "不在这里显示" in body


@pytest.mark.article(30)
def test_the_minutes_as_a_whole_are_veiled_too(cast, client_as, call, put, write, confirm, fresh_case):
    from conference.services import minutes
    from petitions.services.registering import NewPerson

    people = [NewPerson(name="欧阳密之", phone="13977770001")]
    case, meeting = fresh_case(confidential=True, persons=people), call()
    put(meeting, petition=case)
    write(meeting, text="欧阳密之到会说明。")
    confirm(meeting)
    minutes.correct(meeting=meeting, actor=cast.actor("leader"), text="欧阳密之没有到会。")
    body = client_as(cast.handler2).get(meeting.get_absolute_url()).content.decode()
    assert "欧阳密之" not in body and "没有到会" in body
    assert "欧阳密之" in client_as(cast.petition_officer).get(meeting.get_absolute_url()).content.decode()


@pytest.mark.article(28, 39)
def test_an_office_neither_orders_nor_reviews_what_is_ordered_against_itself(
    cast, client_as, held, order, today
):
    item = held(unit="petition_office")
    with pytest.raises(Refusal) as refused:
        order(item, unit="petition_office", actor="inspector")
    assert refused.value.code == "forbidden"
    row = order(item, unit="petition_office", actor="leader")
    address = reverse("conference:order_add", args=[item.pk])
    assert address in client_as(cast.leader).get(item.meeting.get_absolute_url()).content.decode()
    assert address not in client_as(cast.inspector).get(item.meeting.get_absolute_url()).content.decode()
    answering.report(order=row, actor=cast.actor("petition_officer"), text="已整改。")
    assert any("请审核" in text for text in told(cast.leader))
    with pytest.raises(Refusal) as refused:
        answering.review(order=row, actor=cast.actor("inspector"), done=True)
    assert refused.value.code == "forbidden"
    answering.review(order=row, actor=cast.actor("leader"), done=True)
    assert Order.objects.get().state == "done"


@pytest.mark.article(28, 39)
def test_where_the_units_people_are_out_of_the_case_the_reminder_goes_to_whoever_is_above(
    cast, held, order, fresh_case, hire
):
    case = fresh_case()
    row = order(held(petition=case), days=2 + 3)
    for who in ("handler", "unit_head"):
        recusing.recuse(petition=case, actor=cast.actor(who), ground=RecusalGround.INTEREST)
    clock = row.clocks.get()
    sweep_all(now=clock.next_at)
    assert not any("将到期" in text for text in told(cast.handler))
    assert any("将到期" in text for text in told(cast.leader)), "高远 is in charge of 城市管理局"

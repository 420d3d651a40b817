"""A mediator's room: by consent, beside the clocks; and an inspector who reads the district and urges."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.converters import scattered
from core.timekeeping import SHANGHAI, now
from mediation.enums import Result, State
from mediation.models import MediationCase, Room
from petitions.enums import Status
from petitions.workflow import ClockCode as C

AGREEMENT = "十二月起夜市十点收摊，音响朝河面。"
RECORD = "双方各说了情况。"


def clocks_of(case):
    return list(case.clocks.order_by("pk").values_list("rule__code", "due_at", "stopped_at"))


def keep_room(cast, desks):
    desks.fill(
        "petition_officer",
        reverse("mediation:room_add"),
        unit=cast.units.dongxi.pk,
        name="宝大叔调解室",
        address="东溪镇河沿路 8 号",
        phone="0570-1234567",
        hours="工作日 8:30–17:30",
        mediators=[cast.mediator.pk],
        published="on",
    )
    return Room.objects.get()


def open_mediation(cast, desks, case, room):
    client = desks.of("handler")
    page = client.get(reverse("mediation:case", args=[case.number]))
    token = page.context["forms"]["open"]["token"].value()
    desks.send(
        client,
        reverse("mediation:open", args=[case.number]),
        room=room.pk,
        mediator=cast.mediator.pk,
        token=token,
    )
    return MediationCase.objects.latest("pk")


def party(desks, who, case, side, name):
    """The number by which the pages call this party; of the other side one is written down where there is none."""
    parties = MediationCase.objects.get(petition=case, ended_at=None).parties
    if not parties.filter(side=side).exists():
        add = reverse("mediation:party_add", args=[case.number])
        desks.send(desks.of(who), add, side=side, name=name)
    return scattered(parties.get(side=side).pk)


def consent(desks, who, case, side, name):
    number = party(desks, who, case, side, name)
    address = reverse("mediation:consent", args=[case.number])
    return desks.send(desks.of(who), address, party=number, who=name, how="in_person")


def schedule(desks, who, case, start):
    local = start.astimezone(SHANGHAI)
    return desks.fill(
        who,
        reverse("mediation:schedule", args=[case.number]),
        day=local.date().isoformat(),
        start=f"{local:%H:%M}",
        end=f"{local + timedelta(hours=1):%H:%M}",
    )


@pytest.mark.article(33, 37)
def test_mediation_by_consent_with_an_agreement_while_the_clocks_run_on(cast, desks, make_case, client, time):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2))
    before = clocks_of(case)
    room = keep_room(cast, desks)
    assert "宝大叔调解室" in client.get(reverse("mediation:rooms")).content.decode()
    desks.read("mediator", case.get_absolute_url(), status=404)

    mediation = open_mediation(cast, desks, case, room)
    assert mediation.state == State.WAITING_CONSENT
    assert f"{case.number} 请您调解，先征得双方同意。" in desks.inbox("mediator")
    assert case.subject in desks.read("mediator", reverse("mediation:mine"))
    desks.read("outsider", reverse("mediation:case", args=[case.number]), status=404)

    # Without both sides' consent nothing can be arranged.
    consent(desks, "mediator", case, "petitioner", "张小河")
    address = reverse("mediation:schedule", args=[case.number])
    mediator = desks.of("mediator")
    tomorrow = (now() + timedelta(days=1)).replace(hour=9)
    early = mediator.post(
        address,
        {
            "room": room.pk,
            "mediator": cast.mediator.pk,
            "token": "x" * 32,
            "day": tomorrow.date().isoformat(),
            "start": "09:00",
            "end": "10:00",
        },
    )
    assert early.status_code == 409
    assert "双方都同意以后才能安排调解" in early.content.decode()
    consent(desks, "handler", case, "other", "摊主老李")
    schedule(desks, "mediator", case, tomorrow)
    session = mediation.sessions.get()

    # Not before it has begun; then held, with what was agreed.
    hold = reverse("mediation:hold", args=[case.number, session.pk])
    result = {"record": RECORD, "result": Result.AGREED, "agreement": AGREEMENT}
    assert desks.of("mediator").post(hold, result).status_code == 422
    time.move_to(tomorrow + timedelta(minutes=70))
    assert desks.of("handler").post(hold, result).status_code == 403
    desks.send(desks.of("mediator"), hold, **result)
    mediation.refresh_from_db()
    assert (mediation.state, mediation.result) == (State.ENDED, Result.AGREED)
    page = desks.read("handler", reverse("mediation:case", args=[case.number]))
    assert AGREEMENT in page
    assert AGREEMENT not in desks.read("petition_officer", case.get_absolute_url())
    assert AGREEMENT not in client.get(reverse("mediation:rooms")).content.decode()

    # The case never stood still.
    case.refresh_from_db()
    assert case.status == Status.ACCEPTED
    assert clocks_of(case) == before
    assert case.clocks.get(rule__code=C.CONCLUSION).stopped_at is None


def test_a_side_takes_its_consent_back_and_the_case_goes_its_way(cast, desks, make_case, resident, time):
    case = resident.file(body="楼上漏水，邻居不认账。", phone="13800001234")
    desks.do("petition_officer", case, "forward", unit=cast.units.urban.pk)
    desks.do("handler", case, "accept", kind="appeal", path="6")
    before = clocks_of(case)
    mediation = open_mediation(cast, desks, case, keep_room(cast, desks))
    for side, name in (("petitioner", "张小河"), ("other", "楼上住户")):
        consent(desks, "mediator", case, side, name)
    schedule(desks, "mediator", case, (now() + timedelta(days=1)).replace(hour=9))
    time.move(hours=2)
    other = party(desks, "mediator", case, "other", "楼上住户")
    said = desks.send(desks.of("mediator"), reverse("mediation:withdraw", args=[case.number]), party=other)
    assert "调解已结束。本件依法继续办理，不受影响。" in said
    mediation.refresh_from_db()
    assert (mediation.state, mediation.result) == (State.ENDED, Result.WITHDRAWN)
    assert mediation.sessions.get().cancelled_at is not None
    case.refresh_from_db()
    assert (case.status, clocks_of(case)) == (Status.ACCEPTED, before)
    assert "楼上住户" not in resident.look()
    # Offered anew, it may be declined anew; the case takes no note of it.
    again = open_mediation(cast, desks, case, Room.objects.get())
    desks.send(desks.of("handler"), reverse("mediation:end", args=[case.number]), text="对方不愿意。")
    again.refresh_from_db()
    assert again.state == State.ENDED
    assert clocks_of(case) == before


@pytest.mark.article(14, 16, 38)
def test_an_inspector_reads_the_district_and_urges_but_steers_nothing(cast, desks, make_case, time):
    slow = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=70), subject="拖了很久的一件")
    page = desks.read("inspector", reverse("petitions:list") + "?view=late")
    assert slow.subject in page
    late = {
        "unit": cast.units.urban.pk,
        "ground": "late_answer",
        "demand": "已超过法定期限，请立即办理并说明原因。",
    }
    desks.do("inspector", slow, "supervise", **late)
    assert f"督办 {slow.number}，请处理并按期反馈。" in desks.inbox("handler")
    assert f"督办 {slow.number}，请处理并按期反馈。" in desks.inbox("unit_head")
    assert desks.inbox("outsider") == []
    for act in ("conclude", "note", "forward", "extend"):
        assert desks.has_no_button("inspector", slow, act)
    assert "已超过法定期限" in desks.read("handler", slow.get_absolute_url())


def test_each_hat_begins_its_day_where_its_work_is(cast, desks):
    first = {
        "clerk": "petitions:register",
        "petition_officer": "reports:home",
        "handler": "petitions:list",
        "unit_head": "reports:home",
        "leader": "leaders:home",
        "mediator": "mediation:mine",
        "inspector": "reports:home",
        "statistician": "reports:month",
        "sysadmin": "accounts:units",
        "secadmin": "accounts:people",
        "auditor": "accounts:audit_log",
    }
    for who, name in first.items():
        answer = desks.of(who).get(reverse("reports:home"), follow=True)
        assert answer.status_code == 200
        assert answer.wsgi_request.path == reverse(name), who

"""Who may not steer: co-units, units complained of, people who have left. Written out, not derived from the table."""

from datetime import timedelta

import pytest

from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import local_day
from deadlines.services import sweep
from notifications.models import Notice
from petitions import rules
from petitions.enums import Act, Kind, Path, RefusalReason, Status
from petitions.models import Petition, PetitionClock
from petitions.services import answering, forwarding, handling, refusing
from tests.cases import MORNING

pytestmark = pytest.mark.django_db


def acts(case, actor):
    return {step.act for step in rules.allowed_acts(case, actor)}


@pytest.mark.article(24)
def test_a_co_unit_answers_for_its_part_and_steers_nothing(cast, make_case):
    case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
    assert acts(case, cast.actor("handler2")) == {
        Act.NOTE,
        Act.VISIT,
        Act.TALK,
        Act.CO_ANSWER,
        Act.CO_OBJECT,
        Act.MEDIATE,
        Act.RECUSE,
        Act.RAISE_URGENCY,
    }


def test_a_co_unit_that_is_complained_of_only_notes_and_answers(cast, make_case):
    case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing], complained_unit=cast.units.housing)
    assert acts(case, cast.actor("handler2")) == {Act.NOTE, Act.CO_ANSWER}


@pytest.mark.article(28)
def test_a_complaint_about_the_petition_office_goes_on_through_a_leader_in_charge_of_it(cast, make_case):
    cast.post("leader").charge_units.add(cast.units.petition_office)
    case = make_case(complained_unit=cast.units.petition_office)
    assert acts(case, cast.actor("petition_officer")) == set()
    for reader in ("petition_officer", "inspector", "statistician"):
        assert not Petition.objects.visible_to(cast.actor(reader)).filter(pk=case.pk).exists(), reader
    assert Petition.objects.visible_to(cast.actor("leader")).filter(pk=case.pk).exists()
    forwarding.forward(
        petition=case, actor=cast.actor("leader"), unit=cast.units.urban, at=MORNING + timedelta(hours=1)
    )
    assert case.status == Status.FORWARDED


def test_a_complaint_about_the_district_itself_does_not_lock_everybody_out(cast, make_case):
    case = make_case(complained_unit=cast.units.district)
    assert Act.FORWARD in acts(case, cast.actor("petition_officer"))


def test_the_unit_complained_of_can_be_set_when_an_online_case_is_classified(cast, make_case):
    case = make_case(complained_text="城管局")
    officer = cast.actor("petition_officer")
    forwarding.classify(
        petition=case, actor=officer, kind=Kind.APPEAL, path=Path.PETITION, complained_unit=cast.units.urban
    )
    with pytest.raises(Refusal, match="第二十八条"):
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban)


@pytest.mark.article(23, 28)
def test_what_was_sent_here_is_objected_to_and_not_refused_as_somebody_elses(cast, make_case):
    case = make_case(until=Status.FORWARDED)
    with pytest.raises(Refusal, match="异议"):
        refusing.refuse(
            petition=case,
            actor=cast.actor("handler"),
            reason=RefusalReason.NOT_COMPETENT,
            explanation="不归我们管",
            where_to_go="住建局",
            at=MORNING + timedelta(days=12),
        )
    assert case.status == Status.FORWARDED


def test_letting_the_objection_window_pass_makes_nothing_late_and_tells_nobody_up_the_chain(cast, make_case):
    case = make_case(until=Status.FORWARDED)
    before = Notice.objects.count()
    sweep(PetitionClock, now=MORNING + timedelta(days=9))
    case.refresh_from_db()
    clock = case.clocks.get(rule__code="objection")
    assert (clock.stopped_at is not None, clock.breached_at) == (True, None)
    assert case.status == Status.FORWARDED
    texts = Notice.objects.order_by("id").values_list("text", flat=True)[before:]
    assert not [text for text in texts if "管辖异议" in text and "超期" in text]
    assert case.due_at == case.clocks.get(rule__code="notice").due_at or case.due_at < clock.due_at


def test_a_responsible_person_who_has_left_is_not_reminded_instead_of_those_who_are_there(cast, make_case):
    case = make_case(until=Status.ACCEPTED)
    handling.name_responsible(
        petition=case, actor=cast.actor("handler"), user=cast.handler, at=MORNING + timedelta(hours=3)
    )
    Post.objects.filter(user=cast.handler).update(valid_until=local_day(MORNING + timedelta(days=3)))
    sweep(PetitionClock, now=MORNING + timedelta(days=58))
    told = Notice.objects.filter(text__contains="信访事项办结", created_at__gte=MORNING + timedelta(days=57))
    assert set(told.values_list("recipient__username", flat=True)) == {"unit_head"}


@pytest.mark.article(35)
def test_an_opinion_on_path_six_without_a_review_body_is_refused(cast, make_case, monkeypatch):
    case = make_case(until=Status.ACCEPTED)
    monkeypatch.setattr(answering, "review_body_of", lambda unit: None)
    with pytest.raises(Refusal, match="第三十五条"):
        answering.conclude(
            petition=case,
            actor=cast.actor("handler"),
            text="已处理",
            basis="依据",
            outcomes={},
            at=MORNING + timedelta(days=5),
        )


def test_a_leader_in_charge_of_the_whole_district_reads_it_but_for_sealed_cases(cast, make_case):
    cast.post("leader2").charge_units.set([cast.units.district])
    case = make_case()
    sealed = make_case.registered(kind=Kind.ACCUSATION).petition
    seen = set(Petition.objects.visible_to(cast.actor("leader2")).values_list("pk", flat=True))
    assert seen == {case.pk}
    assert sealed.pk not in seen


@pytest.mark.article(30)
def test_an_accusation_of_the_discipline_body_does_not_go_to_it(cast, make_case):
    sealed = make_case.registered(kind=Kind.ACCUSATION, complained_unit=cast.units.discipline).petition
    assert (sealed.status, sealed.lead_unit) == (Status.REGISTERED, None)
    assert not Petition.objects.visible_to(cast.actor("discipline_officer")).filter(pk=sealed.pk).exists()
    assert (
        Petition.objects.visible_to(cast.actor("petition_officer")).filter(pk=sealed.pk).exists()
    )  # kept, not lost
    assert acts(sealed, cast.actor("petition_officer")) == {Act.REPORT_UP}
    for other in ("inspector", "statistician", "leader", "clerk"):
        assert not Petition.objects.visible_to(cast.actor(other)).filter(pk=sealed.pk).exists(), other


def test_the_call_of_a_confidential_case_stays_with_the_office(cast, make_case):
    case = make_case(until=Status.FORWARDED, confidential=True)
    units = dict(case.clocks.filter(stopped_at=None).values_list("rule__code", "unit__short_name"))
    assert (units["call_30"], units["respond_10"]) == ("信访局", "城市管理局")


@pytest.mark.article(30)
@pytest.mark.parametrize("open_first", [False, True])
def test_the_call_of_a_sealed_case_runs_for_the_discipline_body_and_its_people_are_told(
    cast, make_case, open_first
):
    """Nobody else may know that it warns: with the office it would break unseen."""
    kind = "" if open_first else Kind.ACCUSATION
    case = make_case.registered(kind=kind, confidential=True).petition
    if open_first:
        forwarding.classify(
            petition=case,
            actor=cast.actor("petition_officer"),
            kind=Kind.ACCUSATION,
            reason="反映违纪",
            at=case.registered_at + timedelta(minutes=1),
        )
    clock = case.clocks.get(rule__code="call_30", stopped_at=None)
    assert clock.unit == cast.units.discipline
    earlier = list(Notice.objects.values_list("pk", flat=True))
    sweep(PetitionClock, now=clock.due_at + timedelta(minutes=1))
    told = Notice.objects.exclude(pk__in=earlier).filter(text__contains=clock.rule.name)
    assert {notice.recipient for notice in told} == {cast.discipline_officer}
    clock.refresh_from_db()
    assert clock.breached_at is not None


@pytest.mark.article(23)
def test_after_the_sender_did_not_agree_the_unit_is_told_so_and_not_that_it_is_late(cast, make_case):
    case = make_case(until=Status.FORWARDED)
    handler = cast.actor("handler")
    on = case.shares.get(ended_at=None).sent_at
    forwarding.object_to(petition=case, actor=handler, reason="不属于本单位职责", at=on + timedelta(hours=1))
    forwarding.decide_objection(
        petition=case,
        actor=cast.actor("petition_officer"),
        agree=False,
        decision="属于贵单位职责",
        at=on + timedelta(hours=2),
    )
    with pytest.raises(Refusal, match="已经核实，没有获得同意"):
        forwarding.object_to(
            petition=case, actor=handler, reason="还是不属于本单位", at=on + timedelta(hours=3)
        )


@pytest.mark.article(14)
def test_the_petition_office_is_no_unit_that_handles(cast, make_case):
    case = make_case()
    with pytest.raises(Refusal, match="第十四条"):
        forwarding.forward(
            petition=case, actor=cast.actor("petition_officer"), unit=cast.units.petition_office
        )
    assert Petition.objects.get(pk=case.pk).lead_unit is None

"""What one press or one wrong digit must not do, and what whoever looks must be able to see afterwards."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import now
from mediation import agreement_selectors
from mediation.agreement_enums import Performed, SaidBy, VisitResult
from mediation.enums import Leaving, Result, Side
from mediation.models import CameBack, MediationCase
from mediation.party_forms import HandOnForm
from mediation.services import coming_back, opening, parties, performance
from mediation.services.on_the_spot import record_session
from mediation.services.opening import begin
from mediation.services.parties import NewParty
from mediation.services.performance import Told
from mediation.tests.agreement_world import duties_of, duty, in_force, settled, today
from petitions.enums import Status
from petitions.models import PetitionEvent

pytestmark = pytest.mark.django_db


@pytest.mark.article(33)
def test_nothing_ends_by_one_press_where_nobody_of_the_other_side_is_written_down(
    cast, client_as, mediation_of
):
    mediation = mediation_of()
    address = reverse("mediation:withdraw", args=[mediation.number])
    client = client_as(cast.mediator)
    answer = client.post(address, {})
    assert answer.status_code == 422 and "请选择是哪一位不愿意调" in answer.content.decode()
    own = scattered(mediation.parties.get(is_petitioner=True).pk)
    both = client.post(address, {"party": own, "unnamed": "on"})
    assert both.status_code == 422 and "请只选一样" in both.content.decode()
    mediation.refresh_from_db()
    assert mediation.is_open
    client.post(address, {"unnamed": "on"})
    mediation.refresh_from_db()
    assert mediation.result == Result.DECLINED
    # Whoever leaves for themselves is asked nothing more.
    second = mediation_of()
    own = second.parties.get(is_petitioner=True)
    opening.withdraw_consent(mediation=second, actor=Actor.petitioner(), party=own)
    assert not MediationCase.objects.get(pk=second.pk).is_open


def test_the_history_says_that_the_petitioner_agreed_and_left(mediation_of):
    mediation = mediation_of()
    own, actor = mediation.parties.get(is_petitioner=True), Actor.petitioner()
    opening.give_consent(mediation=mediation, actor=actor, party=own, who="本人", how="online")
    opening.withdraw_consent(mediation=mediation, actor=actor, party=own)
    said = list(PetitionEvent.objects.filter(petition=mediation.petition).values_list("text", "who"))
    assert any("同意调解" in text and who == "信访人" for text, who in said)
    assert any("不再调解，调解结束" in text for text, _who in said)
    mediation.petition.refresh_from_db()
    assert mediation.petition.status == Status.ACCEPTED


def test_it_says_so_too_where_the_case_is_answered_meanwhile(cast, make_case, room_of):
    case = make_case(until=Status.SERVED, at=now() - timedelta(days=2))
    mediation = begin(
        MediationCase(petition=case, room=room_of(), mediator=cast.mediator), cast.actor("handler"), {}, now()
    )
    opening.end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="已经答复。")
    last = PetitionEvent.objects.filter(petition=mediation.petition).latest("at", "id")
    assert "调解结束" in last.text and last.to_status == Status.SERVED and not last.public


def test_the_last_level_offers_what_can_be_done_there(mediation_of, taken_up, room_of, dispute_of, cast):
    form = HandOnForm(mediation=mediation_of())
    assert [value for value, _label in form.fields["leaving"].choices] == [Leaving.CHANGED]
    village = taken_up(dispute_of(room_of(name="村里", unit=cast.units.liuwan)))
    assert len(HandOnForm(mediation=village).fields["leaving"].choices) == 4


def test_a_time_far_ahead_is_asked_about(mediation_of, session_of):
    mediation = mediation_of(agreed=True)
    with pytest.raises(Refusal) as refusal:
        session_of(mediation, days=366)
    assert refusal.value.code == "confirm" and "核对年份" in refusal.value.sentence
    assert session_of(mediation, days=366, anyway=True).is_planned
    assert session_of(mediation, days=30).is_planned


def test_a_visit_months_ahead_is_not_recorded_today(cast, mediation_of):
    made = in_force(cast, settled(cast, mediation_of(agreed=True)))
    first, *_others, last = made.visits.all()
    with pytest.raises(Refusal, match="还没有到"):
        coming_back.record_visit(visit=last, actor=cast.actor("mediator"), result=VisitResult.SATISFIED)
    coming_back.record_visit(visit=first, actor=cast.actor("mediator"), result=VisitResult.SATISFIED)


def test_what_was_refused_stays_in_the_list_until_it_comes_back(cast, mediation_of, room_of):
    matter = settled(cast, mediation_of(agreed=True))
    made, mediator = in_force(cast, matter, duties=[duty(matter, days=0)]), cast.actor("mediator")
    [row] = duties_of(made)
    new = Told(outcome=Performed.BROKEN, on=today(), said_by=SaidBy.OWED)
    performance.report(duty=row, actor=mediator, new=new)
    assert agreement_selectors.to_follow(mediator).duties == [row]
    again = coming_back.mediate_again(
        agreement=made, actor=cast.actor("handler"), room=room_of(), mediator=cast.mediator
    )
    assert CameBack.objects.get().mediation == again
    assert not agreement_selectors.to_follow(mediator).duties


def test_two_agreements_of_a_room_are_told_apart_and_written_from_what_was_noted(
    cast, client_as, taken_up, mediation_of
):
    dispute = settled(cast, taken_up(agreed=True))
    case = settled(cast, mediation_of(agreed=True, room=dispute.room))
    client = client_as(cast.mediator)
    shown = client.get(reverse("mediation:agreements")).content.decode()
    assert dispute.number in shown and "邻里纠纷" in shown
    assert "楼**李" in shown and "楼上老李" not in shown
    assert case.number in shown and "13900000002" not in shown
    form = client.get(reverse("mediation:agreement_add", args=[dispute.pk])).content.decode()
    assert "谈拢了。" in form and dispute.number in form


def test_who_brought_a_dispute_is_called_no_petitioner(cast, client_as, taken_up):
    made = in_force(cast, settled(cast, taken_up(agreed=True)))
    shown = client_as(cast.mediator).get(made.get_absolute_url()).content.decode()
    panel = shown.split("当事人</dt>")[1].split("</dd>")[0]
    assert "申请人" in panel and "信访人" not in panel
    assert made.mediation.opened_at < now() - timedelta(days=1)
    assert Side.PETITIONER.called_in(made.mediation) == "申请人"


@pytest.mark.article(33)
def test_no_session_was_held_before_both_agreed(cast, taken_up, mediation_of):
    def held(mediation, minutes_ago, length=10):
        start = now() - timedelta(minutes=minutes_ago)
        return record_session(
            mediation=mediation,
            actor=cast.actor("mediator"),
            room=mediation.room,
            starts_at=start,
            ends_at=start + timedelta(minutes=length),
            record="谈了。",
            result=Result.NOT_AGREED,
        )

    dispute = taken_up(agreed=True)
    with pytest.raises(Refusal, match="早于转入调解的时间"):
        held(dispute, 120)
    dispute.opened_at -= timedelta(days=1)
    dispute.save(update_fields=["opened_at"])
    with pytest.raises(Refusal) as refusal:
        held(dispute, 120)
    assert refusal.value.code == "consent" and "双方才都同意" in refusal.value.sentence
    # What was said before and written down later counts from when it was said.
    dispute.consents.update(given_at=now() - timedelta(hours=3))
    assert held(dispute, 120).held_at
    # Whoever comes in afterwards agrees afterwards.
    third = parties.add_party(
        mediation=dispute, actor=cast.actor("mediator"), new=NewParty(side=Side.OTHER, name="房东")
    )
    opening.give_consent(
        mediation=dispute, actor=cast.actor("mediator"), party=third, who="房东", how="in_person"
    )
    dispute.parties.exclude(pk=third.pk).update(added_at=now() - timedelta(hours=4))
    assert held(dispute, 60).held_at


def test_the_time_of_a_consent_is_written_down_with_it(cast, client_as, mediation_of):
    mediation = mediation_of()
    own = mediation.parties.get(is_petitioner=True)
    before = now() - timedelta(hours=2)
    data = {
        "party": scattered(own.pk),
        "who": "张小河",
        "how": "phone",
        "given_at": f"{before:%Y-%m-%dT%H:%M}",
    }
    address = reverse("mediation:consent", args=[mediation.number])
    late = data | {"given_at": f"{now() + timedelta(hours=2):%Y-%m-%dT%H:%M}"}
    assert client_as(cast.mediator).post(address, late).status_code == 422
    assert client_as(cast.mediator).post(address, data).status_code == 302
    assert mediation.consents.get().given_at == before.replace(second=0, microsecond=0)


def test_a_time_past_the_days_of_the_level_is_asked_about(mediation_of, session_of):
    mediation = mediation_of(agreed=True)
    with pytest.raises(Refusal) as refusal:
        session_of(mediation, days=32)
    assert refusal.value.code == "confirm" and "本级的调解到" in refusal.value.sentence
    assert session_of(mediation, days=32, anyway=True).is_planned

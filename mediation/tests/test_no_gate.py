"""Mediation is a condition of nothing: whatever its state, the case may be brought on by the same acts by the same
people, its clocks run to the same days, and it can be registered, answered and served without one (条例 33, 34)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.timekeeping import now
from mediation.enums import Side
from mediation.services.opening import end_mediation, withdraw_consent
from petitions import rules
from petitions.enums import Act, Status
from petitions.models import Petition
from petitions.services import answering
from tests.mediating import agrees, party_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(33, 34)]
WHO = ("clerk", "petition_officer", "handler", "unit_head", "leader", "inspector", "mediator")


def may(cast, case):
    """Every act that each of them may do to the case now; a mediator's own reading of it apart."""
    case = Petition.objects.get(pk=case.pk)
    return {
        who: sorted(step.act for step in rules.allowed_acts(case, cast.actor(who)) if step.act != Act.MEDIATE)
        for who in WHO
        if who != "mediator"
    }


def clocks(case):
    return list(case.clocks.order_by("id").values_list("rule__code", "due_at", "stopped_at", "next_at"))


@pytest.mark.parametrize("status", [Status.REGISTERED, Status.FORWARDED, Status.ACCEPTED])
def test_who_may_do_what_and_by_when_is_the_same_in_every_state_of_a_mediation(
    cast, fresh_case, mediation_of, session_of, status
):
    case = fresh_case(until=status)
    before, days = may(cast, case), clocks(case)
    officer = "petition_officer"
    mediation = mediation_of(case, actor=officer)
    assert (may(cast, case), clocks(case)) == (before, days)
    for side in Side:
        agrees(mediation, side, cast.actor(officer))
        assert (may(cast, case), clocks(case)) == (before, days)
    session_of(mediation, actor=officer)
    assert (may(cast, case), clocks(case)) == (before, days)
    withdraw_consent(
        mediation=mediation, actor=cast.actor(officer), party=party_of(mediation, Side.OTHER, None)
    )
    assert (may(cast, case), clocks(case)) == (before, days)
    again = mediation_of(case, actor=officer)
    end_mediation(mediation=again, actor=cast.actor(officer), text="双方不见面")
    assert (may(cast, case), clocks(case)) == (before, days)


@pytest.mark.parametrize("mediated", [False, True])
def test_an_answer_waits_for_no_mediation(cast, fresh_case, mediation_of, mediated):
    case = fresh_case()
    if mediated:
        mediation_of(case, agreed=True)
    answering.conclude(
        petition=Petition.objects.get(pk=case.pk),
        actor=cast.actor("handler"),
        text="已查实。",
        basis="《噪声污染防治法》第六十四条",
        outcomes={asked.pk: ("supported", "") for asked in case.requests.all()},
        at=now() + timedelta(seconds=1),
    )
    case.refresh_from_db()
    assert case.status == Status.CONCLUDED


def test_registering_asks_nothing_of_mediation(client):
    page = client.get(reverse("petitions:file")).content.decode()
    form = page[page.index("<main") : page.index("</main>")]
    assert "发生了什么事" in form and "调解" not in form

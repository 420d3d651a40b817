"""现在开一场: a session that nobody had booked has a page from its first minute."""

import pytest
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import now
from mediation.enums import Side
from mediation.models import Session
from mediation.services import minutes, parties
from mediation.services.on_the_spot import open_now
from mediation.services.parties import NewParty
from mediation.session_enums import AsWhat

pytestmark = pytest.mark.django_db


def test_from_one_press_to_minutes_and_the_agreement(cast, client_as, taken_up):
    mediation, client = taken_up(agreed=True), client_as(cast.mediator)
    answer = client.post(reverse("mediation:open_now", args=[mediation.number]))
    session = Session.objects.get()
    assert answer.url == reverse("mediation:session", args=[session.pk])
    assert "登记到场人" in client.get(answer.url).content.decode()
    actor, other = cast.actor("mediator"), mediation.parties.get(side=Side.OTHER)
    minutes.attend(session=session, actor=actor, as_what=AsWhat.PARTY, party=other)
    minutes.write(session=session, actor=actor, about=None, text="先说了几点关电视。")
    data = {"record": "谈成了。", "result": "agreed", "agreement": "十点以后不拖桌子。"}
    done = client.post(reverse("mediation:hold", args=[mediation.number, session.pk]), data)
    form = client.get(done.url).content.decode()
    assert "先说了几点关电视。" in form and "十点以后不拖桌子。" in form


@pytest.mark.article(33)
def test_not_without_consent_nor_where_something_is_booked(cast, mediation_of, session_of):
    actor = cast.actor("mediator")
    with pytest.raises(Refusal) as refusal:
        open_now(mediation=mediation_of(), actor=actor)
    assert refusal.value.code == "consent"
    mediation = mediation_of(agreed=True)
    assert open_now(mediation=mediation, actor=actor).has_begun()
    with pytest.raises(Refusal) as refusal:
        open_now(mediation=mediation, actor=actor)
    assert refusal.value.code == "overlap"
    assert Session.objects.count() == 1


@pytest.mark.article(33)
def test_where_somebody_must_not_meet_the_other_it_is_one_apart(cast, mediation_of):
    mediation, actor = mediation_of(agreed=True), cast.actor("mediator")
    other = mediation.parties.get(side=Side.OTHER)
    new = NewParty(side=Side.OTHER, name="摊主老李", protected=True)
    parties.change_party(party=other, actor=actor, new=new)
    assert open_now(mediation=mediation, actor=actor, at=now()).apart

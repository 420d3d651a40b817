"""Mediated again: who must be kept apart, who may not mediate and whom it is between are not forgotten."""

import pytest

from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from mediation.enums import BarGround, DisputeKind, Side
from mediation.models import Consent, Party
from mediation.services import disputes, opening, parties
from mediation.services.dispute_cases import register_case
from mediation.services.parties import NewParty

pytestmark = pytest.mark.django_db


@pytest.fixture
def again(cast, mediation_of, room_of):
    def make(first, mediator=None, room=None):
        opening.end_mediation(mediation=first, actor=cast.actor("handler"), text="没有谈成。")
        return opening.open_mediation(
            petition=first.petition,
            actor=cast.actor("handler"),
            room=room or first.room,
            mediator=mediator or cast.mediator,
        )

    return make


@pytest.fixture
def other_mediator(cast):
    person = User.objects.create(username="mediator-songge", name="宋哥")
    Post.objects.create(
        user=person,
        unit=cast.units.mediation,
        role=Role.MEDIATOR,
        valid_from=cast.post("mediator").valid_from,
    )
    return person


@pytest.fixture
def first(cast, mediation_of):
    return mediation_of(agreed=True)


def protect(cast, party, **more):
    new = NewParty(side=Side(party.side), name=str(party.name) or "她", protected=True, **more)
    return parties.change_party(party=party, actor=cast.actor("mediator"), new=new)


def take_up_again(cast, dispute, mediator=None):
    return disputes.take_up(
        dispute=dispute,
        actor=cast.actor("petition_officer"),
        room=dispute.room,
        mediator=mediator or cast.mediator,
        kind=DisputeKind.NEIGHBOURS,
    )


@pytest.mark.parametrize("side", list(Side))
def test_who_is_kept_apart_stays_so_when_the_case_is_mediated_again(cast, first, again, side):
    protect(cast, first.parties.get(side=side), phone="13900000002", address="柳湾村七号")
    made = again(first)
    assert made.parties.count() == 2
    assert {one.side: one.protected for one in made.parties.all()} == {
        one: one == side for one in (Side.PETITIONER, Side.OTHER)
    }
    other = made.parties.get(side=Side.OTHER)
    assert str(other.name) == "摊主老李"
    assert (str(other.phone) == "13900000002") == (side == Side.OTHER)


@pytest.mark.article(33)
def test_nobody_has_agreed_before_they_are_asked_again(first, again):
    assert first.consents.filter(withdrawn_at=None).count() == 2
    made = again(first)
    assert not Consent.objects.filter(mediation=made).exists()


def test_a_wish_to_meet_is_not_carried(cast, first, again):
    party = protect(cast, first.parties.get(side=Side.OTHER))
    Party.objects.filter(pk=party.pk).update(wants_joint=True)
    assert not again(first).parties.get(side=Side.OTHER).wants_joint


def test_who_left_is_not_brought_back(cast, first, again):
    more = parties.add_party(
        mediation=first, actor=cast.actor("mediator"), new=NewParty(side=Side.OTHER, name="老周")
    )
    parties.let_go(party=more, actor=cast.actor("mediator"))
    assert [str(one.name) for one in again(first).parties.filter(side=Side.OTHER)] == ["摊主老李"]


def test_who_may_not_mediate_it_may_not_the_next_time(cast, first, again, other_mediator):
    parties.bar(mediation=first, actor=cast.actor("handler"), user=cast.mediator, ground=BarGround.REQUEST)
    with pytest.raises(Refusal) as refusal:
        again(first)
    assert "以前已登记为不宜调解" in refusal.value.sentence
    first.room.mediators.add(other_mediator)
    made = opening.open_mediation(
        petition=first.petition, actor=cast.actor("handler"), room=first.room, mediator=other_mediator
    )
    assert made.bars.get().user == cast.mediator


def test_a_dispute_taken_up_again_keeps_apart_and_keeps_its_other_side_once(cast, taken_up):
    made = taken_up(agreed=True)
    protect(cast, made.parties.get(side=Side.OTHER))
    opening.end_mediation(mediation=made, actor=cast.actor("mediator"), text="没有谈成。")
    made.dispute.refresh_from_db()
    second = take_up_again(cast, made.dispute)
    other = second.parties.get(side=Side.OTHER)
    assert other.protected and str(other.name) == "楼上老李"


def test_a_dispute_that_came_back_brings_who_may_not_mediate_and_no_sides(
    cast, taken_up, dispute_of, other_mediator
):
    made = taken_up(agreed=True)
    opening.end_mediation(mediation=made, actor=cast.actor("mediator"), text="没有谈成。")
    made.bars.create(user=cast.mediator, ground=BarGround.KIN, at=made.opened_at)
    back = dispute_of(made.room, name="楼上老李", other_name="张小河")
    disputes.relate(dispute=back, actor=cast.actor("petition_officer"), number=made.dispute.number)
    with pytest.raises(Refusal):
        take_up_again(cast, back)
    back.room.mediators.add(other_mediator)
    second = take_up_again(cast, back, other_mediator)
    assert second.bars.get().ground == BarGround.KIN
    assert [str(one.name) for one in second.parties.filter(side=Side.OTHER)] == ["张小河"]


@pytest.mark.article(33)
def test_a_dispute_that_became_a_petition_is_mediated_there_and_keeps_apart(cast, taken_up):
    made = taken_up(agreed=True)
    protect(cast, made.parties.get(is_petitioner=True))
    case = register_case(dispute=made.dispute, actor=cast.actor("petition_officer")).petition
    opening.end_mediation(mediation=made, actor=cast.actor("mediator"), text="没有谈成。")
    made.dispute.refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        take_up_again(cast, made.dispute)
    assert "已登记为信访件" in refusal.value.sentence
    second = opening.open_mediation(
        petition=case, actor=cast.actor("petition_officer"), room=made.room, mediator=cast.mediator
    )
    assert second.parties.get(is_petitioner=True).protected
    assert second.parties.filter(side=Side.OTHER).count() == 1

"""Mediators posted in the unit complained of (条例 28): not chosen, and out when it is named later."""

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from mediation.models import MediationCase
from notifications.models import Notice
from petitions.enums import Kind, Path, Status
from petitions.models import Petition
from petitions.services import forwarding
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def villager(cast) -> Actor:
    """A mediator posted in 柳湾村."""
    user = User.objects.create(username="villager", name="村调解员", password="!")
    post = Post.objects.create(user=user, unit=cast.units.liuwan, role=Role.MEDIATOR, valid_from=SINCE)
    return Actor.of(post)


def reads(case, actor) -> bool:
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


def test_a_mediator_of_the_unit_complained_of_is_not_chosen(
    cast, fresh_case, mediation_of, session_of, room_of, villager
):
    room = room_of(mediators=[villager.user, cast.mediator])
    case = fresh_case(complained_unit=cast.units.dongxi)
    with pytest.raises(Refusal, match="村调解员在被反映的单位任职，应当回避（条例第二十八条），请另选调解员"):
        mediation_of(case, room=room, mediator=villager.user)
    assert not MediationCase.objects.exists() and not reads(case, villager)
    other = mediation_of(case, room=room, agreed=True)
    with pytest.raises(Refusal, match="请另选调解员"):
        session_of(other, actor="mediator", mediator=villager.user)
    assert not other.sessions.exists() and not reads(case, villager)


def test_one_chosen_before_the_unit_was_named_is_out_from_then_on(
    cast, fresh_case, mediation_of, room_of, villager, client_as
):
    room = room_of(mediators=[villager.user, cast.mediator])
    case = fresh_case(until=Status.FORWARDED)
    mediation_of(case, room=room, mediator=villager.user)
    page = reverse("petitions:detail", args=[case.number])
    assert client_as(villager.user).get(page).status_code == 200
    forwarding.classify(
        petition=case,
        actor=cast.actor("petition_officer"),
        kind=Kind.APPEAL,
        path=Path.PETITION,
        complained_unit=cast.units.liuwan,
    )
    assert client_as(villager.user).get(page).status_code == 404
    assert not case.scopes.filter(user=villager.user).exists()
    mine = client_as(villager.user).get(reverse("mediation:mine")).content.decode()
    assert case.number not in mine and case.subject not in mine
    told = Notice.objects.filter(about=case.about)
    assert not told.filter(recipient=villager.user).exists()
    assert told.filter(recipient=cast.petition_officer, text__contains="调解员").exists()


def test_a_grant_that_stands_all_the_same_opens_nothing(cast, fresh_case, mediation_of, room_of, villager):
    room = room_of(mediators=[villager.user])
    case = fresh_case()
    mediation_of(case, room=room, mediator=villager.user)
    Petition.objects.filter(pk=case.pk).update(complained_unit=cast.units.liuwan)
    assert case.scopes.filter(user=villager.user).exists() and not reads(case, villager)


def test_a_mediator_of_another_unit_stays(cast, fresh_case, mediation_of):
    case = fresh_case(until=Status.FORWARDED)
    mediation_of(case)
    forwarding.classify(
        petition=case,
        actor=cast.actor("petition_officer"),
        kind=Kind.APPEAL,
        path=Path.PETITION,
        complained_unit=cast.units.liuwan,
    )
    assert reads(case, cast.actor("mediator"))

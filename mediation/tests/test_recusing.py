"""回避 (条例 28) in this room: a recused mediator neither reads, is told of, nor steers the case any more."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from mediation.services.opening import end_mediation
from notifications.models import Notice
from petitions.enums import RecusalGround
from petitions.services import recusing
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(cast, mediation_of, session_of):
    """A mediation both sides agreed to, with a session tomorrow."""
    mediation = mediation_of(agreed=True)
    session_of(mediation)
    return mediation


def mediator_recuses(cast, case) -> None:
    recusing.recuse(petition=case, actor=cast.actor("mediator"), ground=RecusalGround.FAMILY)


def test_a_recused_mediators_desk_names_the_case_no_more(booked, cast, client_as):
    case, url = booked.petition, reverse("mediation:mine")
    before = client_as(cast.mediator).get(url).content.decode()
    assert case.number in before and case.subject in before
    mediator_recuses(cast, case)
    page = client_as(cast.mediator).get(url).content.decode()
    assert case.number not in page and case.subject not in page


def test_a_recused_mediator_is_not_told_of_the_end(booked, cast):
    case = booked.petition
    mediator_recuses(cast, case)
    end_mediation(mediation=booked, actor=cast.actor("handler"), text="双方不再谈。")
    assert not Notice.objects.filter(recipient=cast.mediator, text__contains=case.number).exists()


def test_nor_of_a_session_another_mediator_is_booked_for(booked, cast, session_of, room_of):
    other = User.objects.create(username="mediator2", name="苏调解", password="!")
    Post.objects.create(user=other, unit=cast.units.mediation, role=Role.MEDIATOR, valid_from=SINCE)
    room = room_of(mediators=[cast.mediator, other])
    mediator_recuses(cast, booked.petition)
    session_of(booked, days=3, actor="handler", room=room, mediator=other)
    told = Notice.objects.filter(text__startswith="安排调解", about=booked.petition.about)
    assert {notice.recipient for notice in told} == {other}

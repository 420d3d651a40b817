"""回避 (条例 28) in this room: a recused mediator neither reads, is told of, nor steers the case any more."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from mediation.enums import Result
from mediation.models import MediationCase
from mediation.services.opening import end_mediation, withdraw_consent
from mediation.services.sessions import cancel_session, hold_session
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


def mediator_out(cast, case) -> None:
    recusing.exclude(
        petition=case,
        actor=cast.actor("petition_officer"),
        user=cast.mediator,
        ground=RecusalGround.FAMILY,
        reason="亲属",
    )


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


def test_a_recused_mediator_steers_no_mediation_even_past_the_pages(booked, cast):
    """As when the recusal is committed between the page's look and the door's lock."""
    mediator_recuses(cast, booked.petition)
    actor, session = cast.actor("mediator"), booked.sessions.get()
    doors = [
        lambda: end_mediation(mediation=booked, actor=actor, text="不谈了"),
        lambda: withdraw_consent(mediation=booked, actor=actor, party=booked.parties.first()),
        lambda: cancel_session(session=session, actor=actor),
        lambda: hold_session(session=session, actor=actor, record="谈了。", result=Result.NOT_AGREED),
    ]
    for door in doors:
        with pytest.raises(Refusal) as refused:
            door()
        assert refused.value.code == "forbidden"
    booked.refresh_from_db()
    assert booked.is_open and booked.sessions.get().is_planned


def test_nor_does_a_recused_handler(booked, cast):
    recusing.recuse(petition=booked.petition, actor=cast.actor("handler"), ground=RecusalGround.FAMILY)
    with pytest.raises(Refusal):
        end_mediation(mediation=booked, actor=cast.actor("handler"), text="不谈了")


def test_a_recused_mediator_is_not_given_the_case_again(cast, fresh_case, mediation_of, session_of):
    case, mediation = fresh_case(), mediation_of(agreed=True)
    mediator_out(cast, case)
    mediator_out(cast, mediation.petition)
    with pytest.raises(Refusal, match="方平已回避本件，请另选调解员"):
        mediation_of(case)
    with pytest.raises(Refusal, match="方平已回避本件，请另选调解员"):
        session_of(mediation, actor="handler")
    assert not MediationCase.objects.filter(petition=case).exists()
    assert not mediation.sessions.exists()


def test_the_office_sees_which_mediation_has_lost_its_mediator(booked, cast, client_as):
    pages = (reverse("mediation:mine"), booked.get_absolute_url())
    office, mark = client_as(cast.petition_officer), "调解员已回避，请另行安排"
    assert not any(mark in office.get(page).content.decode() for page in pages)
    mediator_out(cast, booked.petition)
    assert all(mark in office.get(page).content.decode() for page in pages)

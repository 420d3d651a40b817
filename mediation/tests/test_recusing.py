"""回避 (条例 28) in this room: a recused mediator neither reads, is told of, nor steers the case any more."""

import pytest
from django.urls import reverse

from petitions.enums import RecusalGround
from petitions.services import recusing

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

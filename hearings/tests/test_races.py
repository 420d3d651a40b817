"""Two people at once: one is done, the other is told."""

import pytest

from hearings.enums import State
from hearings.models import ExpertAnswer, ExpertQuestion, Hearing
from hearings.services import experts, holding
from hearings.tests.conftest import ASKED, HELD
from hearings.tests.test_recording import question
from outcomes.tests.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_proposals_at_once_are_one(world, cast):
    case = world.accepted()
    came = at_once(
        *(
            lambda who=who: holding.prepare(
                petition=type(case).objects.get(pk=case.pk),
                actor=cast.actor(who),
                matter="争议",
                place="三楼",
                starts_at=HELD,
                at=ASKED,
            )
            for who in ("handler", "unit_head")
        )
    )
    assert came == ["done", "stale"] and Hearing.objects.count() == 1


def test_two_records_at_once_are_one(world):
    row = world.hearing(State.TOLD)
    came = at_once(
        *(
            lambda who=who: world.record(Hearing.objects.get(pk=row.pk), who=who)
            for who in ("handler", "unit_head")
        )
    )
    assert came == ["done", "stale"]


def test_two_opinions_at_once_are_one(world, cast):
    row = question(world, cast)
    came = at_once(
        *(
            lambda who=who: experts.answer(
                question=ExpertQuestion.objects.get(pk=row.pk),
                actor=cast.actor(who),
                opinion="没有关系。",
                received_on=ASKED.date(),
                at=ASKED,
            )
            for who in ("handler", "unit_head")
        )
    )
    assert came == ["done", "stale"] and ExpertAnswer.objects.count() == 1

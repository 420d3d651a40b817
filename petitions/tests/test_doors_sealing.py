"""转为检举控告 after the answer: the answer stays on record, the discipline body reads the file, nobody else does."""

from datetime import datetime

import pytest

from core.errors import Refusal
from core.timekeeping import SHANGHAI
from notifications.models import Notice
from petitions import rules
from petitions.enums import Act, Kind, ShareRole, Status
from petitions.models import Evaluation, Petition, Reply
from petitions.selectors import public
from petitions.services import sealing

pytestmark = pytest.mark.django_db

ANSWERED = [Status.CONCLUDED, Status.SERVED, Status.EVALUATED, Status.REFUSED, Status.CLOSED]
LATER = datetime(2026, 9, 10, 9, tzinfo=SHANGHAI)


def seal(case, cast):
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪违法问题", at=LATER)
    return Petition.objects.get(pk=case.pk)


def readers(cast, case):
    return {
        key for key in cast.people if Petition.objects.visible_to(cast.actor(key)).filter(pk=case.pk).exists()
    }


def hand_up(case, actor):
    sealing.report_up(
        petition=case,
        actor=actor,
        body="清江市纪委监委",
        how="机要交换",
        handed_over_at=LATER,
        receipt="12号",
        at=LATER,
    )


@pytest.mark.parametrize("state", ANSWERED)
def test_what_was_answered_is_filed_and_the_discipline_body_reads_it(cast, make_case, state):
    before = make_case(until=state)
    closed_at = Petition.objects.get(pk=before.pk).closed_at
    case = seal(before, cast)
    assert (case.status, case.sealed, case.kind) == (Status.CLOSED, True, Kind.ACCUSATION)
    assert case.closed_at == (closed_at or LATER)
    assert case.lead_unit == cast.units.discipline
    share = case.shares.get(ended_at=None)
    assert (share.role, share.unit) == (ShareRole.LEAD, cast.units.discipline)
    assert readers(cast, case) == {"discipline_officer"}
    assert not case.clocks.filter(stopped_at=None).exists()
    assert case.due_at is None
    assert not case.scopes.filter(live=True).exists()
    assert Reply.objects.filter(petition=case).exists() == (state != Status.REFUSED)
    assert Evaluation.objects.filter(petition=case).exists() == (state in {Status.EVALUATED, Status.CLOSED})
    told = Notice.objects.filter(about=case.about)
    assert set(told.values_list("recipient__username", flat=True)) == {"discipline_officer"}
    said = public.own_case(public.by_id(case.pk)).events[-1]
    assert said.public_text == "本件已转由纪检监察机关按其程序处理。"


@pytest.mark.parametrize("state", ANSWERED)
def test_it_is_not_answered_again_nor_handed_past_the_body_nor_sealed_twice(cast, make_case, state):
    case = seal(make_case(until=state), cast)
    may = [step.act for step in rules.allowed_acts(case, cast.actor("discipline_officer"))]
    assert may == [Act.NAME_COMPLAINED, Act.RECUSE]
    for key in cast.people:
        assert not rules.may(case, Act.SEAL, cast.actor(key)), key


@pytest.mark.parametrize("state", [Status.SERVED, Status.REFUSED, Status.CLOSED])
def test_where_no_body_may_take_it_somebody_holds_it_and_hands_it_up_once(cast, make_case, state):
    case = seal(make_case(until=state, complained_unit=cast.units.discipline), cast)
    assert (case.status, case.lead_unit) == (Status.CLOSED, None)
    closed_at = case.closed_at
    officer = cast.actor("petition_officer")
    assert readers(cast, case) == {"petition_officer"}
    told = Notice.objects.filter(about=case.about)
    assert set(told.values_list("recipient__username", flat=True)) == {"petition_officer"}
    assert [step.act for step in rules.allowed_acts(case, officer)] == [Act.REPORT_UP]
    hand_up(case, officer)
    assert (case.status, case.closed_at) == (Status.CLOSED, closed_at)
    assert rules.allowed_acts(case, officer) == []
    with pytest.raises(Refusal):
        hand_up(case, officer)
    assert "已移送上级纪检监察机关" in public.own_case(public.by_id(case.pk)).events[-1].public_text


@pytest.mark.parametrize("state", [Status.FORWARDED, Status.OBJECTED, Status.ACCEPTED])
def test_what_was_not_answered_yet_begins_anew_with_the_discipline_body(cast, make_case, state):
    case = seal(make_case(until=state), cast)
    assert (case.status, case.lead_unit, case.closed_at) == (Status.FORWARDED, cast.units.discipline, None)
    assert readers(cast, case) == {"discipline_officer"}

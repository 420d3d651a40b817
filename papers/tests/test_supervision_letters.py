"""督办函: one for each supervision that was demanded, about that supervision and no other."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from core.timekeeping import local_day, now
from documents.enums import PaperKind as K
from papers import due
from papers.models import CasePaper
from papers.selectors import wanted
from petitions.enums import Act
from petitions.models import Petition
from supervision.enums import Ground
from supervision.models import Supervision
from supervision.services import opening, working

pytestmark = pytest.mark.django_db


def fresh(case):
    return Petition.objects.get(pk=case.pk)


@pytest.fixture
def press(offices):
    def make(case, ground=Ground.PERFUNCTORY, *, who="inspector", **more):
        return opening.open_supervision(
            petition=case, actor=offices.actor(who), ground=ground, **{"demand": "请抓紧办理。"} | more
        )

    return make


def letters(case):
    return [one for one in due.papers_of(fresh(case)) if one.kind == K.SUPERVISION]


def test_only_what_was_demanded_asks_for_a_letter_whatever_else_the_history_says(lately, press, offices):
    case = lately()
    row = press(case)
    words = {"measures": "已上门核实。", "result": "还在商量。", "done_on": local_day(now())}
    working.feed_back(supervision=row, actor=offices.actor("handler"), **words)
    working.decide(supervision=row, actor=offices.actor("inspector"), accept=False, text="请写明结果。")
    assert case.events.filter(act=Act.SUPERVISE).count() > 1
    assert [one.subject for one in letters(case)] == [row] and letters(case)[0].asked
    assert [one.kind for one in wanted(fresh(case), offices.actor("inspector"))].count(K.SUPERVISION) == 1


def test_a_proposal_asks_for_none_and_two_of_one_sweep_each_for_their_own(lately, offices, draft):
    case = lately(co_units=[offices.units.housing])
    at = now()
    rows = [
        opening.create(
            Supervision(
                petition=case, unit=unit, ground=ground, demand=demand, due_on=local_day(at) + timedelta(days=5),
                found_at=at,
            )
        )
        for unit, ground, demand in (
            (offices.units.urban, Ground.LATE_ANSWER, "请城管局答复。"),
            (offices.units.housing, Ground.CO_SILENCE, "请住建局反馈。"),
        )
    ]  # fmt: skip
    assert letters(case) == []
    for row in rows:
        opening.demanded(row, Actor.system(), at)
    assert len({row.opened_at for row in rows}) == 1
    for row in rows:
        fields = draft(fresh(case), K.SUPERVISION, "inspector", subject=row).paper.fields
        assert (fields["to"], fields["demand"]) == (row.unit.name, row.demand)
        assert row.get_ground_display() in fields["problem"]
    assert CasePaper.objects.filter(kind=K.SUPERVISION).count() == 2
    assert not [one for one in wanted(fresh(case), offices.actor("inspector")) if one.kind == K.SUPERVISION]


def test_a_letter_is_written_by_whoever_reads_the_supervision(lately, press, offices):
    case = lately()
    press(case)
    able = {
        who
        for who in ("clerk", "petition_officer", "inspector", "handler", "handler2", "unit_head")
        if K.SUPERVISION in {one.kind for one in wanted(fresh(case), offices.actor(who))}
    }
    assert able == {"petition_officer", "inspector"}


def test_the_database_takes_one_letter_about_a_supervision_and_keeps_an_old_one_about_a_line(
    lately, press, draft, offices
):
    case = lately()
    row = draft(case, K.SUPERVISION, "inspector", subject=press(case))
    event = case.events.filter(act=Act.SUPERVISE).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        CasePaper.objects.filter(pk=row.pk).update(event=event)
    CasePaper.objects.filter(pk=row.pk).update(event=event, supervision=None)
    assert CasePaper.objects.get(pk=row.pk).subject == event
    assert K.SUPERVISION in {one.kind for one in wanted(fresh(case), offices.actor("inspector"))}


def test_what_is_due_costs_the_same_for_one_supervision_and_for_three(lately, press):
    case = lately()
    press(case)

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            due.papers_of(Petition.objects.select_related("registered_unit", "lead_unit").get(pk=case.pk))
        return len(seen)

    one = cost()
    press(case, Ground.NOT_EXECUTED)
    press(case, Ground.OTHER, ground_text="回访未接通")
    assert len(letters(case)) == 3 and cost() == one

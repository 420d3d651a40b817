"""What papers say of a hearing: its 笔录, and the sentence in the 处理意见书 (条例 31(6))."""

from datetime import timedelta

import pytest

from core.timekeeping import now
from documents.enums import PaperKind as K
from documents.rendering import content_of, render
from hearings.enums import State
from hearings.services import seating
from hearings.tests.conftest import HELD, World
from hearings.tests.test_holding import conclude
from hearings.tests.test_panel import ask
from papers.selectors import papers_on, wanted
from papers.services import drafting
from papers.tests.test_discarding import fresh
from petitions.enums import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(offices, make_case):
    """A case with a hearing that was held; ``heard(confidential=True)``."""

    def make(**new):
        world = World(offices, lambda **more: make_case(until=Status.ACCEPTED, **new | more))
        row = world.hearing(State.TOLD)
        sat = row.panel.get(user=offices.unit_head2)
        asked = ask(sat)
        seating.decide_recusal(
            asked=asked,
            actor=offices.actor("unit_head"),
            granted=False,
            reason="没有亲属关系",
            at=HELD - timedelta(days=1),
        )
        world.record(row)
        return row

    return make


@pytest.mark.article(31)
def test_a_hearing_that_was_held_asks_for_its_record_filled_in(heard, draft, offices):
    row = heard()
    case = fresh(row.petition)
    assert K.HEARING_RECORD in [one.kind for one in wanted(case, offices.actor("handler"))]
    paper = draft(case, K.HEARING_RECORD).paper
    said = paper.fields
    assert said["when"] == "2026年9月16日9时00分至11时00分" and "不公开举行" in said["where"]
    assert "听证主持人：罗正" in said["panel"] and "龚䶮·阿里（律师 清江律师事务所）" in said["panel"]
    assert "不同意：没有亲属关系" in said["recusal"] and "少数意见：一人认为证据不足。" in said["opinion"]
    assert "书面通知信访人" in said["notice"] and "1998" in said["statements"]
    assert not [spec.label for spec in paper.template.specs if spec.required and not said.get(spec.name)]
    assert render(content_of(paper), at=now()).pages == 1
    assert K.HEARING_RECORD not in [one.kind for one in wanted(case, offices.actor("handler"))]


def test_it_is_a_record_signed_by_hand_and_issued_without_a_number(heard, draft, offices):
    row = draft(fresh(heard().petition), K.HEARING_RECORD)
    made = drafting.issue(actor=offices.actor("handler"), row=row)
    assert made.paper.is_frozen and made.paper.number == ""


def test_a_petitioner_who_stayed_away_is_written_down_as_that(offices, make_case, draft):
    world = World(offices, lambda **more: make_case(until=Status.ACCEPTED, **more))
    row = world.hearing(State.TOLD)
    world.record(row, petitioner_came=False, petitioner_said="")
    said = draft(fresh(row.petition), K.HEARING_RECORD).paper.fields
    assert "信访人没有到场" in said["parties"] and "信访人：没有到场" in said["statements"]


@pytest.mark.article(31, 32)
def test_the_answer_says_that_there_was_a_hearing_and_what_it_found(heard, draft, offices):
    row = heard()
    case = fresh(row.petition)
    conclude(case, offices, HELD + timedelta(days=1))
    said = draft(fresh(case), K.OPINION).paper.fields["facts"]
    assert (
        said.startswith("已查清。") and "2026年9月16日就本事项举行听证，听证意见为：以 2005 年为准。" in said
    )


@pytest.mark.article(30)
def test_of_a_confidential_case_the_unit_writes_no_name(heard, draft, offices):
    row = heard(confidential=True)
    said = str(draft(fresh(row.petition), K.HEARING_RECORD).paper.fields)
    assert "张小河" not in said and "信访人信息保密" in said


def test_nobody_else_writes_it_and_whoever_reads_the_case_reads_it(heard, draft, offices):
    row = heard()
    case = fresh(row.petition)
    for who in ("petition_officer", "handler2", "outsider"):
        assert K.HEARING_RECORD not in [one.kind for one in wanted(case, offices.actor(who))]
    made = draft(case, K.HEARING_RECORD)
    assert made.pk in [one.pk for one in papers_on(case, offices.actor("petition_officer"))]
    assert papers_on(case, offices.actor("outsider")) == []


def test_a_hearing_called_off_asks_for_none(offices, make_case):
    world = World(offices, lambda **more: make_case(until=Status.ACCEPTED, **more))
    row = world.hearing(State.DECIDED)
    assert K.HEARING_RECORD not in [one.kind for one in wanted(fresh(row.petition), offices.actor("handler"))]

"""The record of a hearing, and experts' opinions."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hearings.enums import ExpertKind, State
from hearings.models import ExpertAnswer, ExpertQuestion, HearingRecord
from hearings.services import experts
from hearings.tests.conftest import ASKED, DAY, HELD
from hearings.tests.test_holding import conclude, refused
from tests.permissions.town import FILE

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.mark.article(31)
def test_nothing_is_recorded_before_the_day(world):
    row = world.hearing(State.TOLD)
    refused(lambda: world.record(row, at=HELD - DAY), "还没有举行")
    assert not HearingRecord.objects.exists()


@pytest.mark.parametrize(
    "times,words",
    [
        ({"began_at": HELD + DAY, "ended_at": HELD + DAY + HOUR}, "请先改期"),
        ({"ended_at": HELD}, "晚于开始"),
        ({"ended_at": HELD + 5 * HOUR}, "还没有到"),
    ],
)
def test_its_times_are_those_of_the_day_that_was_told(world, times, words):
    row = world.hearing(State.TOLD)
    refused(lambda: world.record(row, **times), words)


@pytest.mark.parametrize("missing", ["came", "unit_said", "evidence", "opinion", "petitioner_said"])
def test_a_record_is_whole(world, missing):
    row = world.hearing(State.TOLD)
    refused(lambda: world.record(row, **{missing: " "}), "请写明")


@pytest.mark.article(31)
def test_a_petitioner_who_stayed_away_is_at_no_fault_and_stops_nothing(world, cast):
    row = world.hearing(State.TOLD)
    made = world.record(row, petitioner_came=False, petitioner_said="")
    assert not made.petitioner_came and row.state == State.HELD
    conclude(row.petition, cast, HELD + DAY)


def test_it_is_written_once(world):
    row = world.hearing(State.HELD)
    refused(lambda: world.record(row), "已举行", code="stale")
    assert HearingRecord.objects.count() == 1


def test_its_files_hang_on_the_case(world):
    row = world.hearing(State.TOLD)
    made = world.record(row, files=[SimpleUploadedFile("笔录.png", FILE, content_type="image/png")])
    assert made.files.get().petition_id == row.petition_id


def question(world, cast, who="handler", **more):
    given = {
        "kind": ExpertKind.APPRAISAL,
        "whom": "江州房屋鉴定所",
        "question": "裂缝与施工有没有关系？",
        "asked_on": ASKED.date(),
        "due_on": (ASKED + 10 * DAY).date(),
        "at": ASKED,
    }
    case = more.pop("case", None) or world.accepted()
    return experts.ask(petition=case, actor=cast.actor(who), **given | more)


def answer(row, cast, at=ASKED + 5 * DAY, **more):
    given = {"opinion": "没有关系。", "received_on": at.date(), "at": at}
    return experts.answer(question=row, actor=cast.actor("handler"), **given | more)


@pytest.mark.article(31)
def test_an_opinion_is_asked_for_and_entered_once_and_no_clock_stops(world, cast):
    case = world.accepted()
    clocks = list(case.clocks.order_by("pk").values_list("pk", "due_at", "stopped_at"))
    row = question(world, cast, case=case)
    made = answer(row, cast, files=[SimpleUploadedFile("鉴定.png", FILE, content_type="image/png")])
    assert made.opinion == "没有关系。" and made.files.count() == 1
    assert "陈立" in refused(lambda: answer(row, cast, opinion="有关系。"), "已于", code="stale")
    assert ExpertAnswer.objects.get().opinion == "没有关系。"
    assert list(case.clocks.order_by("pk").values_list("pk", "due_at", "stopped_at")) == clocks


@pytest.mark.parametrize(
    "given,words",
    [
        ({"whom": ""}, "向谁"),
        ({"question": "　"}, "问题"),
        ({"asked_on": (ASKED + DAY).date()}, "征求日期"),
        ({"due_on": (ASKED - DAY).date()}, "不能早于"),
        ({"due_on": (ASKED + 900 * DAY).date()}, "核对年份"),
        ({"question": "长" * 20_001}, "最多 20000 字"),
    ],
)
def test_a_question_that_cannot_be_is_refused(world, cast, given, words):
    refused(lambda: question(world, cast, **given), words)
    assert not ExpertQuestion.objects.exists()


def test_the_same_form_twice_is_one_question(world, cast):
    case = world.accepted()
    question(world, cast, case=case, token="t1")
    refused(lambda: question(world, cast, case=case, token="t1"), "已经提交过", code="repeated")


def test_an_answer_lies_between_the_question_and_today(world, cast):
    row = question(world, cast)
    for day in (ASKED - DAY, ASKED + 9 * DAY):
        refused(lambda day=day: answer(row, cast, received_on=day.date()), "收到日期")


def test_after_the_answer_to_the_petitioner_none_is_entered(world, cast):
    row = question(world, cast)
    conclude(row.petition, cast, ASKED + DAY)
    refused(lambda: answer(row, cast), code="stale")

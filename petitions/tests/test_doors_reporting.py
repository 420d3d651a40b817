"""办结报告 on what was assigned (条例 22): the set date is kept by the report; the sender accepts or returns it; until then
the case is not closed, and every version stays."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from deadlines.services.sweeping import sweep
from petitions import rules
from petitions.enums import (
    Kind,
    Outcome,
    Path,
    Rating,
    RecusalGround,
    RefusalReason,
    ReportState,
    Status,
)
from petitions.forms.reporting import SendReportForm
from petitions.models import ClosingReport, Petition, PetitionClock, ReportDecision
from petitions.selectors import case as case_selector
from petitions.selectors import desk
from petitions.services import (
    answering,
    codes,
    following,
    forwarding,
    recusing,
    refusing,
    reporting,
    reviewing,
    sealing,
)
from petitions.workflow import ClockCode as C
from tests.cases import OUTSIDE, REPORT, check_off, report_on
from tests.pictures import PNG

pytestmark = [pytest.mark.django_db, pytest.mark.article(22)]
LAST_DAY = date(2026, 10, 20)


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def running(case):
    return {clock.rule.code: clock for clock in case.clocks.filter(stopped_at=None).select_related("rule")}


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def state(case):
    return rules.report_state(fresh(case))


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def handler(cast):
    return cast.actor("handler")


@pytest.fixture
def assigned(cast, make_case, officer, handler):
    """A case that was assigned until 20 October, brought to a state; ``join`` joins others to it first."""

    def make(until=Status.CONCLUDED, join=(), **new):
        case = make_case(**new)
        for other in join:
            following.link(petition=other, actor=officer, original=case, join=True, at=moment(9, 3, 10))
        forwarding.assign(
            petition=case,
            actor=officer,
            unit=cast.units.urban,
            feedback_due_on=LAST_DAY,
            demand="请查清事实，报办结报告。",
            at=moment(9, 4),
        )
        cases = [case, *join]
        way = {"kind": Kind.APPEAL, "path": Path.PETITION}
        asked = [ask for one in cases for ask in one.requests.all()]
        steps = {
            Status.ACCEPTED: partial(forwarding.accept, actor=handler, at=moment(9, 7), **way),
            Status.CONCLUDED: partial(
                answering.conclude,
                actor=handler,
                text="已约谈摊主，夜市十点收摊。",
                basis="《噪声污染防治法》",
                outcomes={ask.pk: (Outcome.SUPPORTED, "支持") for ask in asked},
                at=moment(9, 20),
            ),
            Status.SERVED: partial(
                answering.serve,
                actor=handler,
                method="direct",
                served_at=moment(9, 21),
                recipient="本人",
                paper_number=OUTSIDE,
                at=moment(9, 21),
            ),
            Status.EVALUATED: partial(
                following.evaluate,
                actor=Actor.petitioner(),
                office_rating=Rating.SATISFIED,
                unit_rating=Rating.FAIRLY,
                at=moment(9, 22),
            ),
        }
        for status, step in steps.items():
            if until == Status.FORWARDED:
                break
            step(petition=case)
            if status == until:
                break
        return fresh(case)

    return make


def send(case, actor, at=None, **more):
    reporting.send_report(petition=case, actor=actor, at=at or moment(9, 23), **(REPORT | more))


def accept(case, actor, at=None, **more):
    reporting.decide_report(petition=case, actor=actor, accept=True, at=at or moment(9, 24), **more)


def send_back(case, actor, at=None, **more):
    fields = {"decision": "没有逐项回应诉求。", "due_on": date(2026, 9, 30), **more}
    reporting.decide_report(petition=case, actor=actor, accept=False, at=at or moment(9, 24), **fields)


class TestTheSetDate:
    def test_the_answer_leaves_the_feedback_clock_running_and_the_report_stops_it(self, assigned, handler):
        case = assigned(Status.CONCLUDED)
        assert {C.FEEDBACK, C.CONCLUSION} <= running(case).keys()  # answered, and the opinion is not made yet
        assert case.due_at == running(case)[C.FEEDBACK].due_at
        send(case, handler)
        assert C.FEEDBACK not in running(case)
        stopped = case.clocks.get(rule__code=C.FEEDBACK)
        assert (stopped.stopped_by, stopped.stopped_at, stopped.breached_at) == (
            "send_report", moment(9, 23), None,
        )  # fmt: skip

    def test_a_report_after_the_set_day_is_late_however_early_the_answer_was(self, assigned, handler):
        case = assigned(Status.SERVED)
        send(case, handler, at=moment(10, 21))
        assert case.clocks.get(rule__code=C.FEEDBACK).breached_at is not None

    def test_a_return_starts_the_clock_anew_with_its_new_day(self, assigned, handler, officer):
        case = assigned(Status.SERVED)
        send(case, handler)
        send_back(case, officer)
        clock = running(case)[C.FEEDBACK]
        assert (clock.started_at, clock.due_at.astimezone(SHANGHAI).date()) == (
            moment(9, 24), date(2026, 9, 30),
        )  # fmt: skip
        send(case, handler, at=moment(9, 28))
        assert C.FEEDBACK not in running(case)
        accept(case, officer, at=moment(9, 29))
        assert C.FEEDBACK not in running(case)

    def test_forwarding_carries_none_of_it(self, make_case, handler, officer):
        case = make_case(until=Status.EVALUATED)
        assert state(case) == ReportState.NONE
        for act in (lambda: send(case, handler), lambda: accept(case, officer)):
            with pytest.raises(Refusal, match="不是交办件"):
                act()
        check_off(case)
        following.close(petition=case, actor=officer, at=moment(9, 24))
        assert fresh(case).status == Status.CLOSED


class TestVersions:
    def test_every_version_and_every_word_on_it_stays(self, assigned, handler, officer):
        case = assigned(Status.SERVED)
        send(case, handler)
        send_back(case, officer)
        send(case, handler, at=moment(9, 28), handling="又到现场两次。")
        accept(case, officer, at=moment(9, 29), decision="情况清楚，同意。")
        first, second = case.closing_reports.all()
        assert (first.handling, second.handling) == (REPORT["handling"], "又到现场两次。")
        assert (first.decision.accepted, first.decision.text) == (False, "没有逐项回应诉求。")
        assert (second.decision.accepted, second.decision.text, second.decision.due_on) == (
            True, "情况清楚，同意。", None,
        )  # fmt: skip
        told = list(case.events.filter(act__contains="report").values_list("act", "text", "public"))
        assert [act for act, _text, _public in told] == [
            "send_report", "return_report", "send_report", "accept_report",
        ]  # fmt: skip
        assert "2026-09-30 前重新报送" in told[1][1] and told[2][1] == "第 2 次报送"
        assert not any(public for _act, _text, public in told), "it goes from office to office"

    @pytest.mark.parametrize("change", ["update", "delete"])
    @pytest.mark.parametrize("model", [ClosingReport, ReportDecision])
    def test_the_database_refuses_to_change_or_delete_them(self, assigned, handler, officer, model, change):
        case = assigned(Status.SERVED)
        send(case, handler)
        send_back(case, officer)
        rows = model.objects.all()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(who="别人") if change == "update" else rows._raw_delete("default")

    def test_files_go_with_it_and_are_not_the_petitioners(self, assigned, handler):
        from petitions.selectors.public import own_attachments

        case = assigned(Status.SERVED)
        send(case, handler, files=[SimpleUploadedFile("现场.png", PNG, content_type="image/png")])
        report = case.closing_reports.get()
        assert [file.name for file in report.files.all()] == ["现场.png"]
        assert not own_attachments(case).exists()

    def test_the_form_begins_with_the_answer_and_then_with_the_last_version(self, assigned, handler, officer):
        case = assigned(Status.SERVED)
        form = SendReportForm(petition=case, actor=handler, at=moment(9, 23))
        assert form["handling"].value() == "已约谈摊主，夜市十点收摊。"
        assert form["demand"].value() == "请规定夜市收摊时间" and form["result"].value() == "支持"
        assert "2026-10-20" in form.explain
        send(case, handler)
        send_back(case, officer)
        form = SendReportForm(petition=fresh(case), actor=handler, at=moment(9, 25))
        assert form["handling"].value() == REPORT["handling"] and "已退回" in form.explain


class TestClosing:
    def test_nobody_closes_it_by_hand_before_the_report_is_accepted(self, cast, assigned, handler, officer):
        who = "petition_officer"
        case = assigned(Status.EVALUATED)
        check_off(case)
        with pytest.raises(Refusal, match="先“报送办结报告”"):
            following.close(petition=case, actor=cast.actor(who), at=moment(9, 23))
        send(case, handler)
        with pytest.raises(Refusal, match="正在审核"):
            following.close(petition=case, actor=cast.actor(who), at=moment(9, 23, 10))
        send_back(case, officer)
        with pytest.raises(Refusal, match="重新报送"):
            following.close(petition=case, actor=cast.actor(who), at=moment(9, 25))
        assert fresh(case).status == Status.EVALUATED
        report_on(case, cast, moment(9, 26))
        following.close(petition=fresh(case), actor=cast.actor(who), at=moment(9, 27))
        assert fresh(case).status == Status.CLOSED and running(case) == {}

    def test_at_the_windows_end_it_waits_both_sides_are_told_once_and_the_acceptance_closes_it(
        self, cast, assigned, handler, officer
    ):
        case = assigned(Status.SERVED)
        for hour in (1, 2):
            following.close_lapsed([case.pk], moment(10, 23, hour))
        assert fresh(case).status == Status.SERVED
        for person in (cast.handler, cast.petition_officer):
            assert person.notices.filter(about=case.about, text__contains="评价期已经届满").count() == 1
        send(case, handler, at=moment(10, 24))
        accept(case, officer, at=moment(10, 25))
        closed = fresh(case)
        assert (closed.status, closed.closed_at, running(closed)) == (Status.CLOSED, moment(10, 25), {})
        assert list(closed.events.values_list("act", flat=True))[-2:] == ["accept_report", "close"]

    def test_the_sweep_itself_leaves_it_open(self, assigned):
        case = assigned(Status.SERVED)
        sweep(PetitionClock, now=moment(11, 5))
        assert fresh(case).status == Status.SERVED

    def test_accepted_within_the_window_it_is_closed_at_the_windows_end_as_ever(self, cast, assigned):
        case = assigned(Status.SERVED)
        report_on(case, cast, moment(9, 23))
        assert fresh(case).status == Status.SERVED
        following.close_lapsed([case.pk], moment(10, 23))
        assert fresh(case).status == Status.CLOSED

    def test_what_was_not_accepted_for_handling_has_nothing_to_report(self, assigned, handler, officer):
        case = assigned(Status.FORWARDED)
        refusing.refuse(
            petition=case,
            actor=handler,
            reason=RefusalReason.LEGAL_ROUTE,
            explanation="应由法院审理。",
            where_to_go="清江县人民法院",
            at=moment(9, 8),
        )
        assert running(case) == {}
        following.close(petition=case, actor=officer, at=moment(9, 9))
        assert fresh(case).status == Status.CLOSED


class TestNothingLeftOver:
    def test_an_agreed_objection_ends_clock_and_duty(self, assigned, handler, officer):
        case = assigned(Status.FORWARDED)
        forwarding.object_to(petition=case, actor=handler, reason="不属于本单位职责", at=moment(9, 7))
        forwarding.decide_objection(
            petition=case, actor=officer, agree=True, decision="同意", at=moment(9, 8)
        )
        assert C.FEEDBACK not in running(case) and state(case) == ReportState.NONE

    @pytest.mark.article(28)
    def test_what_is_taken_back_from_the_unit_complained_of(self, cast, assigned, officer):
        case = assigned(Status.FORWARDED)
        forwarding.classify(
            petition=case,
            actor=officer,
            kind=Kind.APPEAL,
            path=Path.PETITION,
            complained_unit=cast.units.urban,
            at=moment(9, 8),
        )
        assert C.FEEDBACK not in running(case) and state(case) == ReportState.NONE

    @pytest.mark.article(30)
    def test_what_is_sealed_while_its_report_is_looked_at(self, assigned, handler, officer):
        case = assigned(Status.SERVED)
        send(case, handler)
        sealing.seal(petition=case, actor=officer, reason="反映干部违纪", at=moment(9, 24))
        assert running(case) == {} and state(case) == ReportState.NONE
        with pytest.raises(Refusal):
            accept(fresh(case), officer, at=moment(9, 25))
        assert case.closing_reports.count() == 1

    @pytest.mark.article(36)
    def test_a_new_answer_is_reported_anew(self, cast, assigned, handler, officer):
        case = assigned(Status.SERVED)
        report_on(case, cast, moment(9, 23))
        reviewing.redo(
            petition=fresh(case),
            actor=Actor.system(),
            text="责令重办",
            public_text="重新办理",
            at=moment(9, 26),
        )
        # The sender's own day has passed with the former answer: the report follows the new one within five days.
        assert state(case) == ReportState.DUE
        answer, report = (running(case)[code] for code in (C.CONCLUSION, C.FEEDBACK))
        assert local_day(report.due_at) == local_day(answer.due_at) + timedelta(days=5)
        assert fresh(case).due_at == answer.due_at
        with pytest.raises(Refusal):
            send(fresh(case), handler, at=moment(9, 27))
        answering.conclude(
            petition=fresh(case),
            actor=handler,
            text="重新查明，九点收摊。",
            basis="《噪声污染防治法》",
            outcomes={ask.pk: (Outcome.SUPPORTED, "九点") for ask in case.requests.all()},
            at=moment(9, 28),
        )
        report_on(fresh(case), cast, moment(9, 29))
        assert state(case) == ReportState.ACCEPTED
        assert case.closing_reports.values_list("reply", flat=True).distinct().count() == 2


class TestJoined:
    def test_one_report_tells_of_the_joined_cases_too_and_is_decided_for_all(
        self, make_case, assigned, handler, officer
    ):
        joined = make_case()
        case = assigned(Status.SERVED, join=[joined])
        send(case, handler)
        assert {state(case), state(joined)} == {ReportState.SENT}
        assert joined.closing_reports.get().along_with == case.closing_reports.get()
        assert C.FEEDBACK not in running(joined)
        send_back(case, officer)
        assert state(joined) == ReportState.RETURNED and C.FEEDBACK in running(joined)
        send(fresh(case), handler, at=moment(9, 25))
        accept(fresh(case), officer, at=moment(9, 26))
        assert {state(case), state(joined)} == {ReportState.ACCEPTED}

    def test_taken_apart_it_is_decided_by_itself(self, make_case, assigned, handler, officer):
        joined = make_case()
        case = assigned(Status.SERVED, join=[joined])
        send(case, handler)
        following.unlink(petition=joined, actor=officer, reason="不是同一事项", at=moment(9, 23, 10))
        accept(case, officer)
        assert (state(case), state(joined)) == (ReportState.ACCEPTED, ReportState.SENT)
        accept(fresh(joined), officer, at=moment(9, 25))
        assert state(joined) == ReportState.ACCEPTED


class TestWhoAndWhen:
    def test_both_sides_are_told_at_each_step_and_have_it_on_their_lists(
        self, cast, assigned, handler, officer
    ):
        case = assigned(Status.SERVED)

        def listed(actor, view):
            return case in desk.cases(actor, desk.VIEWS[view], at=moment(9, 25))

        def told(person):
            return person.notices.filter(about=case.about).order_by("-pk").first().text

        assert listed(handler, "report_due") and not listed(officer, "report_sent")
        send(case, handler)
        assert "已报送，请审核" in told(cast.petition_officer)
        assert listed(officer, "report_sent") and not listed(handler, "report_due")
        send_back(case, officer)
        assert "已退回，请重新报送" in told(cast.handler)
        assert listed(handler, "report_returned") and not listed(officer, "report_sent")
        report_on(case, cast, moment(9, 26))
        assert "已认可" in told(cast.handler)
        for view in ("report_due", "report_returned", "report_sent"):
            assert not listed(handler, view) and not listed(officer, view)

    def test_lists_count_a_case_once(self, assigned, handler):
        case = assigned(Status.SERVED)
        assert desk.counts(handler, at=moment(9, 22))["report_due"] == "1"
        assert desk.counts(handler, at=moment(9, 22))["rating"] == "1"
        send(case, handler)
        assert desk.counts(handler, at=moment(9, 23))["report_due"] == "0"

    @pytest.mark.parametrize("until", [Status.FORWARDED, Status.ACCEPTED])
    def test_not_before_the_answer(self, assigned, handler, until):
        with pytest.raises(Refusal) as refused:
            send(assigned(until), handler)
        assert refused.value.code == "stale"

    def test_not_twice_and_not_decided_twice(self, assigned, handler, officer):
        case = assigned(Status.SERVED)
        with pytest.raises(Refusal, match="还没有报送"):
            accept(case, officer, at=moment(9, 22))
        send(case, handler)
        with pytest.raises(Refusal, match="正在等待交办单位审核"):
            send(fresh(case), handler, at=moment(9, 23, 10))
        accept(case, officer)
        for again in (accept, send_back):
            with pytest.raises(Refusal, match="已经认可"):
                again(fresh(case), officer, at=moment(9, 25))
        assert case.closing_reports.count() == 1

    def test_the_same_form_twice(self, assigned, handler):
        case, token = assigned(Status.SERVED), codes.new_token()
        send(case, handler, token=token)
        with pytest.raises(Refusal) as refused:
            send(fresh(case), handler, token=token)
        assert refused.value.code == "repeated"

    @pytest.mark.parametrize(
        "who", ["petition_officer", "handler2", "leader", "outsider", "inspector", "clerk"]
    )
    def test_whoever_does_not_lead_sends_nothing(self, cast, assigned, who):
        with pytest.raises(Refusal):
            send(assigned(Status.SERVED), cast.actor(who))

    @pytest.mark.parametrize("who", ["handler", "unit_head", "leader", "outsider", "inspector", "clerk"])
    def test_whoever_did_not_send_it_decides_nothing(self, cast, assigned, handler, who):
        case = assigned(Status.SERVED)
        send(case, handler)
        with pytest.raises(Refusal):
            accept(fresh(case), cast.actor(who))
        assert state(case) == ReportState.SENT

    def test_nobody_decides_upon_the_own_report_under_another_hat(self, cast, assigned, handler):
        from accounts.enums import Role
        from accounts.models import Post
        from tests.cast import SINCE

        case = assigned(Status.SERVED)
        send(case, handler)
        hat = Post.objects.create(
            user=cast.handler, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
        )
        with pytest.raises(Refusal, match="请由另一人审核"):
            accept(fresh(case), Actor.of(hat))

    @pytest.mark.article(28)
    def test_whoever_is_recused_neither_sends_nor_decides_nor_is_told(self, cast, assigned, handler, officer):
        case = assigned(Status.SERVED)
        recusing.recuse(petition=case, actor=handler, ground=RecusalGround.FAMILY, at=moment(9, 22))
        with pytest.raises(Refusal):
            send(fresh(case), handler)
        send(fresh(case), cast.actor("unit_head"))
        before = cast.handler.notices.filter(about=case.about).count()
        accept(fresh(case), officer)
        assert cast.handler.notices.filter(about=case.about).count() == before


class TestWords:
    @pytest.mark.parametrize("part", sorted(REPORT))
    def test_every_part_is_asked_for(self, assigned, handler, part):
        case = assigned(Status.SERVED)
        with pytest.raises(Refusal, match=r"请写明|请填写"):
            send(case, handler, **{part: "　\n"})
        assert state(case) == ReportState.DUE and not case.closing_reports.exists()
        assert C.FEEDBACK in running(case)

    def test_too_long_is_refused_and_a_rare_sign_kept(self, assigned, handler):
        case = assigned(Status.SERVED)
        with pytest.raises(Refusal, match="最多 20000 字"):
            send(case, handler, handling="长" * 20_001)
        send(case, handler, handling="龚䶮到现场查看。")
        assert "䶮" in case.closing_reports.get().handling

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"decision": " "}, "退回的理由"),
            ({"due_on": None}, "另定报送期限"),
            ({"due_on": date(2026, 9, 24)}, "今天以后"),
            ({"decision": "长" * 2001}, "最多 2000 字"),
        ],
    )
    def test_a_return_has_its_reason_and_a_day_to_come(self, assigned, handler, officer, wrong, sentence):
        case = assigned(Status.SERVED)
        send(case, handler)
        with pytest.raises(Refusal, match=sentence):
            send_back(case, officer, **wrong)
        assert state(case) == ReportState.SENT and C.FEEDBACK not in running(case)

    @pytest.mark.article(30)
    def test_of_a_confidential_case_whoever_must_not_know_reads_no_name_in_it(
        self, cast, assigned, handler, officer
    ):
        case = assigned(Status.SERVED, confidential=True)
        send(case, handler, handling="张小河在场。", attitude="张小河认可。")
        send_back(case, officer, decision="请写明张小河的意见。")
        found = case_selector.find(handler, case.number)
        (seen,) = case_selector.page_context(found, handler, moment(9, 25))["reports"]
        assert "张小河" not in seen.handling + seen.attitude + seen.decided
        form = SendReportForm(petition=fresh(case), actor=handler, at=moment(9, 25))
        assert "张小河" not in form["handling"].value()


def test_a_new_report_is_due_within_the_time_the_sender_gave_or_supervision_finds_it(
    assigned, handler, officer
):
    from supervision.enums import Ground
    from supervision.finding import finds
    from supervision.models import SupervisionRule

    case = assigned(Status.SERVED)
    rule = SupervisionRule.objects.get(ground=Ground.LATE_ANSWER)
    late = moment(10, 20) + timedelta(days=rule.threshold + 2)
    assert [find.petition_id for find in finds(rule, late, after=0, most=9)] == [case.pk]
    send(case, handler, at=late)
    assert not finds(rule, late, after=0, most=9)


class TestWaiting:
    """Nobody decides upon a report by silence, and nobody is left to forget it (district order: 5 working days)."""

    def told(self, cast, case, words):
        return {
            name
            for name in ("petition_officer", "inspector", "handler", "unit_head", "clerk")
            if getattr(cast, name).notices.filter(about=case.about, text__contains=words).exists()
        }

    def test_the_senders_officers_are_reminded_on_the_last_morning_and_pressed_after_it(
        self, cast, assigned, handler
    ):
        case = assigned(Status.SERVED)
        send(case, handler, at=moment(9, 22))
        clock = running(case)[C.REPORT_DECISION]
        assert clock.unit == cast.units.petition_office and local_day(clock.due_at) == date(2026, 9, 30)
        due = fresh(case).due_at
        sweep(PetitionClock, now=moment(9, 29, 23))
        assert self.told(cast, case, "等待审核") == set()
        sweep(PetitionClock, now=moment(9, 30, 10))
        assert self.told(cast, case, "的办结报告等待审核") == {"petition_officer"}
        sweep(PetitionClock, now=moment(10, 1, 10))
        assert self.told(cast, case, "一直没有审核") == {"petition_officer"}
        sweep(PetitionClock, now=moment(10, 4, 10))
        assert self.told(cast, case, "一直没有审核") == {"petition_officer", "inspector"}
        clock = running(case)[C.REPORT_DECISION]
        assert clock.breached_at is None and clock.is_right and fresh(case).due_at == due

    @pytest.mark.parametrize("accepted", [True, False])
    def test_the_decision_ends_it_and_the_report_sent_again_starts_it_anew(
        self, assigned, handler, officer, accepted
    ):
        case = assigned(Status.SERVED)
        send(case, handler, at=moment(9, 22))
        if accepted:
            accept(fresh(case), officer, at=moment(9, 23))
            assert C.REPORT_DECISION not in running(case)
            return
        send_back(fresh(case), officer, at=moment(9, 23))
        assert set(running(case)) >= {C.FEEDBACK} and C.REPORT_DECISION not in running(case)
        send(fresh(case), handler, at=moment(9, 24))
        assert C.REPORT_DECISION in running(case) and C.FEEDBACK not in running(case)

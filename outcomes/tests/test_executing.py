"""执行 of what an answer supported (条例 32): opened with it, reported, confirmed by somebody else."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import han_date, local_day, now
from deadlines.enums import RuleCode
from deadlines.services import sweep
from notifications.models import Notice
from outcomes import selectors
from outcomes.enums import ExecutionState
from outcomes.models import Execution, ExecutionClock, ExecutionReport
from outcomes.services import executing
from petitions import extensions
from petitions.enums import Kind, Outcome, Path, RecusalGround, Status
from petitions.models import Attachment
from petitions.services import (
    answering,
    correcting,
    following,
    forwarding,
    joining,
    recusing,
    reviewing,
    sealing,
)
from tests.cast import SINCE
from tests.pictures import PNG

pytestmark = pytest.mark.django_db
DONE = "夜市已定十点收摊，立了牌。"


def conclude(case, cast, outcomes, at=None):
    answering.conclude(
        petition=case,
        actor=cast.actor("handler"),
        text="已查清。",
        basis="《噪声污染防治法》",
        outcomes={one.pk: outcomes[one.ordinal] for one in case.requests.all()},
        at=at,
    )


def corrected(case, cast, outcomes):
    correcting.correct(
        petition=case,
        actor=cast.actor("handler"),
        reason="结论录入有误。",
        text="已查清。",
        basis="《噪声污染防治法》",
        outcomes={one.pk: outcomes[one.ordinal] for one in case.requests.all()},
    )


class TestOpening:
    @pytest.mark.article(32)
    def test_every_supported_request_and_no_other_is_to_be_carried_out(self, make_case, cast):
        case = make_case(until=Status.ACCEPTED, requests=["十点收摊", "道歉", "赔偿"])
        said = {
            1: (Outcome.SUPPORTED, "十点收摊，立牌"),
            2: (Outcome.EXPLAINED, "说明"),
            3: (Outcome.NOT_SUPPORTED, "没有依据"),
        }
        conclude(case, cast, said)
        (row,) = Execution.objects.all()
        assert (row.request.ordinal, row.what, row.unit) == (1, "十点收摊，立牌", cast.units.urban)
        assert row.due_on == local_day(now()) + timedelta(days=settings.EXECUTION_DAYS)
        clock = row.clocks.get()
        assert clock.running and clock.rule.code == RuleCode.EXECUTION

    def test_an_answer_that_is_refused_opens_nothing(self, make_case, cast):
        case = make_case(until=Status.ACCEPTED)
        with pytest.raises(Refusal):
            answering.conclude(petition=case, actor=cast.actor("handler"), text="", outcomes={})
        assert not Execution.objects.exists()

    @pytest.mark.article(32)
    def test_a_correction_before_service_ends_what_it_no_longer_supports_and_begins_what_it_does(
        self, make_case, cast
    ):
        case = make_case(until=Status.ACCEPTED, requests=["十点收摊", "道歉"])
        conclude(case, cast, {1: (Outcome.SUPPORTED, "十点收摊"), 2: (Outcome.EXPLAINED, "说明")})
        corrected(case, cast, {1: (Outcome.EXPLAINED, "无法规定"), 2: (Outcome.SUPPORTED, "当面道歉")})
        gone, new = Execution.objects.order_by("pk")
        assert (gone.request.ordinal, gone.state) == (1, ExecutionState.SET_ASIDE)
        assert "更正" in gone.end_reason and not gone.clocks.get().running
        assert (new.request.ordinal, new.what, new.state) == (2, "当面道歉", ExecutionState.OPEN)
        corrected(case, cast, {1: (Outcome.SUPPORTED, "九点收摊"), 2: (Outcome.SUPPORTED, "书面道歉")})
        open_now = Execution.objects.filter(state=ExecutionState.OPEN).order_by("request__ordinal")
        assert [(one.what, one.round) for one in open_now] == [("九点收摊", 2), ("书面道歉", 1)]
        assert ExecutionClock.objects.filter(stopped_at=None).count() == 2

    @pytest.mark.article(30)
    def test_of_a_sealed_case_there_is_none(self, make_case, cast):
        case = make_case.registered(kind=Kind.ACCUSATION).petition
        officer = cast.actor("discipline_officer")
        forwarding.accept(petition=case, actor=officer, kind=Kind.ACCUSATION, path=None)
        answering.conclude(
            petition=case,
            actor=officer,
            text="已查。",
            outcomes={one.pk: (Outcome.SUPPORTED, "属实") for one in case.requests.all()},
        )
        assert not Execution.objects.exists()

    def test_sealing_sets_it_aside_and_stops_its_clock(self, answered, cast):
        case, row = answered()
        sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪")
        row.refresh_from_db()
        assert row.state == ExecutionState.SET_ASIDE and not row.clocks.filter(stopped_at=None).exists()
        assert not Execution.objects.visible_to(cast.actor("petition_officer")).exists()
        with pytest.raises(Refusal, match="检举控告"):
            executing.report(execution=row, actor=cast.actor("handler"), text=DONE, done_on=local_day(now()))

    @pytest.mark.article(32, 36)
    def test_a_new_answer_opens_its_own_and_the_old_ones_end(self, answered, cast):
        case, row = answered()
        reviewing.redo(petition=case, actor=cast.actor("leader"), text="重办", public_text="重办")
        row.refresh_from_db()
        assert row.state == ExecutionState.SET_ASIDE
        conclude(case, cast, {1: (Outcome.SUPPORTED, "九点收摊")})
        assert list(Execution.objects.undone().values_list("what", flat=True)) == ["九点收摊"]

    def test_joined_cases_have_their_own(self, make_case, cast):
        first, second = make_case(until=Status.ACCEPTED), make_case(until=Status.ACCEPTED)
        following.link(petition=second, actor=cast.actor("petition_officer"), original=first, join=True)
        both = [*first.requests.all(), *second.requests.all()]
        answering.conclude(
            petition=first,
            actor=cast.actor("handler"),
            text="一并答复。",
            basis="《噪声污染防治法》",
            outcomes={one.pk: (Outcome.SUPPORTED, "支持") for one in both},
        )
        assert set(Execution.objects.values_list("petition", flat=True)) == {first.pk, second.pk}
        assert joining.root_of(second) == first.pk


class TestDate:
    @pytest.mark.article(32)
    def test_the_head_sets_the_date_once_and_the_clock_follows(self, answered, cast):
        _case, row = answered()
        day = local_day(now()) + timedelta(days=90)
        executing.set_due(execution=row, actor=cast.actor("unit_head"), due_on=day, reason="须招标")
        clock = row.clocks.get(stopped_at=None)
        assert (row.due_on, row.due_by, row.clocks.count()) == (day, cast.unit_head, 2)
        assert local_day(clock.raw_due_at - timedelta(seconds=1)) == day
        with pytest.raises(Refusal, match="只能设定一次"):
            executing.set_due(
                execution=row, actor=cast.actor("unit_head"), due_on=day + timedelta(days=1), reason="再拖"
            )

    @pytest.mark.parametrize(
        "days, reason, words",
        [(-1, "须招标", "不能早于今天"), (500, "须招标", "超过"), (9, " ", "写明为什么")],
    )
    def test_an_impossible_date_changes_nothing(self, answered, cast, days, reason, words):
        _case, row = answered()
        with pytest.raises(Refusal, match=words):
            executing.set_due(
                execution=row,
                actor=cast.actor("unit_head"),
                due_on=local_day(now()) + timedelta(days=days),
                reason=reason,
            )
        row.refresh_from_db()
        assert row.due_by is None and row.clocks.get().running

    def test_after_the_date_has_passed_it_is_not_moved(self, answered, cast):
        _case, row = answered()
        late = now() + timedelta(days=40)
        with pytest.raises(Refusal, match="届满"):
            executing.set_due(
                execution=row,
                actor=cast.actor("unit_head"),
                due_on=local_day(late) + timedelta(days=9),
                reason="再等",
                at=late,
            )

    @pytest.mark.parametrize("who", ["handler", "unit_head2", "petition_officer", "leader", "inspector"])
    def test_nobody_but_the_head_sets_it(self, answered, cast, who):
        _case, row = answered()
        with pytest.raises(Refusal) as refused:
            executing.set_due(
                execution=row, actor=cast.actor(who), due_on=local_day(now()) + timedelta(days=9), reason="试"
            )
        assert refused.value.status == 403

    @pytest.mark.article(32)
    def test_the_head_leaves_the_default_day_as_it_is_without_a_reason(self, answered, cast):
        _case, row = answered()
        day, clock = row.due_on, row.clocks.get()
        executing.set_due(execution=row, actor=cast.actor("unit_head"), due_on=day)
        assert (row.due_on, row.due_by, row.due_reason) == (day, cast.unit_head, "")
        assert row.clocks.get() == clock and clock.running

    @pytest.mark.article(32)
    def test_the_head_is_asked_for_the_day_with_the_answer_and_finds_it_on_the_page_of_the_case(
        self, make_case, answered, cast, client_as
    ):
        case, row = answered()
        told = Notice.objects.get(recipient=cast.unit_head, text__contains="默认")
        assert han_date(row.due_on) in told.text and case.subject not in told.text
        assert not Notice.objects.filter(recipient=cast.handler, text=told.text).exists()
        head = client_as(cast.unit_head)
        page = head.get(case.get_absolute_url()).content.decode()
        address = reverse("outcomes:execution_due", args=[case.number, row.pk])
        assert address in page and f'value="{row.due_on.isoformat()}"' in page
        assert address not in client_as(cast.handler).get(case.get_absolute_url()).content.decode()
        assert head.post(address, {"due_on": row.due_on.isoformat(), "reason": ""}).status_code == 302
        assert address not in head.get(case.get_absolute_url()).content.decode()

    @pytest.mark.article(32)
    def test_the_form_of_the_answer_says_until_when_what_is_supported_is_carried_out(
        self, make_case, cast, client_as
    ):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1))
        form = client_as(cast.handler).get(reverse("petitions:act", args=[case.number, "conclude"]))
        assert f"默认 {han_date(executing.default_due_on(now()))}前落实" in form.content.decode()


class TestReporting:
    @pytest.mark.article(32)
    def test_the_report_stops_the_clock_and_waits_for_somebody_else(self, answered, cast):
        case, row = answered()
        report = executing.report(
            execution=row,
            actor=cast.actor("handler"),
            text=DONE,
            done_on=local_day(now()),
            files=[SimpleUploadedFile("牌子.png", PNG, content_type="image/png")],
        )
        assert row.state == ExecutionState.REPORTED and not row.clocks.get().running
        assert report.files.get().petition_id == case.pk
        told = Notice.objects.filter(dedupe_key__startswith=f"execution:{row.pk}:report")
        assert {notice.recipient for notice in told} == {cast.petition_officer}
        assert case.subject not in told[0].text

    def test_a_refused_report_keeps_no_file(self, answered, cast):
        _case, row = answered()
        with pytest.raises(Refusal, match="落实日期"):
            executing.report(
                execution=row,
                actor=cast.actor("handler"),
                text=DONE,
                done_on=local_day(now()) + timedelta(days=1),
                files=[SimpleUploadedFile("牌子.png", PNG, content_type="image/png")],
            )
        assert not Attachment.objects.exists() and row.clocks.get().running

    def test_done_before_the_answer_is_no_execution_of_it(self, answered, cast):
        _case, row = answered()
        with pytest.raises(Refusal, match="答复之日到今天之间"):
            executing.report(
                execution=row,
                actor=cast.actor("handler"),
                text=DONE,
                done_on=local_day(row.opened_at) - timedelta(days=1),
            )

    def test_twice_is_told_who_and_when(self, reported, cast):
        _case, row = reported()
        with pytest.raises(Refusal, match="陈立"):
            executing.report(
                execution=row, actor=cast.actor("unit_head"), text=DONE, done_on=local_day(now())
            )
        assert ExecutionReport.objects.count() == 1

    @pytest.mark.parametrize("who", ["outsider", "handler2", "petition_officer", "leader", "clerk"])
    def test_only_the_unit_that_answered_reports(self, answered, cast, who):
        _case, row = answered()
        with pytest.raises(Refusal) as refused:
            executing.report(execution=row, actor=cast.actor(who), text=DONE, done_on=local_day(now()))
        assert refused.value.status == 403

    def test_after_the_case_was_closed_it_is_still_to_be_done(self, answered, cast):
        case, row = answered()
        following.close(petition=case, actor=Actor.system())
        executing.report(execution=row, actor=cast.actor("handler"), text=DONE, done_on=local_day(now()))
        assert row.state == ExecutionState.REPORTED


class TestConfirming:
    @pytest.mark.article(32)
    def test_the_sender_confirms_and_only_then_is_it_done(self, reported, cast):
        _case, row = reported()
        assert row.done_on is None or row.state == ExecutionState.REPORTED
        executing.confirm(
            execution=row, actor=cast.actor("petition_officer"), done=True, word="到现场看过，牌子在。"
        )
        row.refresh_from_db()
        assert (row.state, row.done_on) == (ExecutionState.DONE, local_day(now()))

    def test_not_done_goes_back_with_a_new_day_and_a_new_clock(self, reported, cast):
        _case, row = reported()
        officer, day = cast.actor("petition_officer"), local_day(now()) + timedelta(days=10)
        with pytest.raises(Refusal, match="哪一天"):
            executing.confirm(execution=row, actor=officer, done=False, word="牌子没有立。")
        executing.confirm(execution=row, actor=officer, done=False, word="牌子没有立。", due_on=day)
        row.refresh_from_db()
        assert (row.state, row.due_on, row.done_on) == (ExecutionState.OPEN, day, None)
        assert row.clocks.filter(stopped_at=None).count() == 1
        executing.report(execution=row, actor=cast.actor("handler"), text="已立。", done_on=local_day(now()))
        assert row.reports.count() == 2

    @pytest.mark.parametrize("who", ["handler", "unit_head", "leader", "inspector", "outsider"])
    def test_nobody_but_an_officer_of_the_sender_confirms(self, reported, cast, who):
        _case, row = reported()
        with pytest.raises(Refusal) as refused:
            executing.confirm(execution=row, actor=cast.actor(who), done=True, word="看过")
        assert refused.value.status == 403

    @pytest.mark.article(32)
    def test_nor_an_officer_of_the_unit_that_carried_it_out_though_it_registered_the_case(
        self, reported, cast
    ):
        case, row = reported()
        type(case).objects.filter(pk=case.pk).update(registered_unit=cast.units.urban)
        own = User.objects.create(username="own-officer", name="丁", password="!")
        post = Post.objects.create(
            user=own, unit=cast.units.urban, role=Role.PETITION_OFFICER, valid_from=SINCE
        )
        with pytest.raises(Refusal) as refused:
            executing.confirm(execution=row, actor=Actor.of(post), done=True, word="看过")
        assert refused.value.status == 403 and "责任单位自己" in refused.value.sentence
        hat = Post.objects.create(
            user=own, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
        )
        with pytest.raises(Refusal):
            executing.confirm(execution=row, actor=Actor.of(hat), done=True, word="看过")
        executing.confirm(execution=row, actor=cast.actor("petition_officer"), done=True, word="看过")
        assert row.state == ExecutionState.DONE

    def test_nobody_confirms_their_own_report_under_another_hat(self, reported, cast):
        _case, row = reported()
        hat = Post.objects.create(
            user=cast.handler, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
        )
        with pytest.raises(Refusal, match="另一人"):
            executing.confirm(execution=row, actor=Actor.of(hat), done=True, word="看过")
        with pytest.raises(IntegrityError), transaction.atomic():
            row.reports.update(accepted=True, word="看过", decided_at=now(), decided_by=cast.handler)

    def test_twice_is_refused(self, reported, cast):
        _case, row = reported()
        officer = cast.actor("petition_officer")
        executing.confirm(execution=row, actor=officer, done=True, word="看过")
        with pytest.raises(Refusal, match="已落实"):
            executing.confirm(execution=row, actor=officer, done=True, word="又看过")

    @pytest.mark.article(28)
    def test_a_recused_officer_does_not(self, reported, cast):
        case, row = reported()
        officer = cast.actor("petition_officer")
        recusing.recuse(petition=case, actor=officer, ground=RecusalGround.INTEREST)
        with pytest.raises(Refusal):
            executing.confirm(execution=row, actor=officer, done=True, word="看过")
        assert not Execution.objects.visible_to(officer).exists()


class TestLate:
    @pytest.mark.article(32)
    def test_what_is_not_done_in_time_climbs_and_is_found_by_the_supervisors(self, answered, cast):
        case, row = answered()
        assert selectors.unexecuted(case) == []
        late = now() + timedelta(days=settings.EXECUTION_DAYS + 15)
        sweep(ExecutionClock, now=late)
        told = Notice.objects.filter(dedupe_key__contains="executionclock")
        people = {notice.recipient.username for notice in told}
        assert {"handler", "unit_head", "leader", "petition_officer", "inspector"} <= people
        assert all(notice.about == case.about and case.subject not in notice.text for notice in told)
        assert selectors.unexecuted(case, late) == [row]

    def test_an_undone_execution_keeps_the_case_out_of_anonymising(self, reported, cast):
        case, row = reported()
        assert extensions.unfinished([case.pk]) == {case.pk}
        executing.confirm(execution=row, actor=cast.actor("petition_officer"), done=True, word="看过")
        assert extensions.unfinished([case.pk]) == set()


def test_path_six_is_not_the_only_one(make_case, cast):
    case = make_case(until=Status.CONCLUDED, path=Path.DUTY)
    assert Execution.objects.filter(petition=case).count() == 1

"""What the answering unit does, and what comes after: 10-30-24, extension, answer, service, evaluation, closing."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import SHANGHAI, now
from deadlines.enums import Lamp
from deadlines.selectors import explain
from deadlines.services import sweep
from petitions.enums import (
    ATTEMPTS,
    Act,
    CallOutcome,
    Outcome,
    Path,
    Rating,
    ReplyKind,
    ServiceMethod,
    Status,
)
from petitions.models import Petition, PetitionClock
from petitions.selectors import public
from petitions.services import answering, codes, following, handling, parts
from petitions.workflow import ClockCode as C
from tests.cases import OUTSIDE, check_off

pytestmark = pytest.mark.django_db


def moment(month, day, hour=9, minute=0, second=0):
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


def running(case):
    return {clock.rule.code: clock for clock in case.clocks.filter(stopped_at=None).select_related("rule")}


def last_day(clock):
    return clock.due_at.astimezone(SHANGHAI).date()


@pytest.fixture
def handler(cast):
    return cast.actor("handler")


@pytest.fixture
def head(cast):
    return cast.actor("unit_head")


class TestTenThirtyTwentyFour:
    def test_each_timer_is_stopped_by_its_own_act_and_by_no_other(self, cast, make_case, handler):
        case = make_case(until=Status.FORWARDED)
        timers = {C.RESPOND, C.CALL, C.FIRST_ROUND}
        at = moment(9, 3, 11)
        handling.respond(petition=case, actor=handler, text="已收到", at=at)
        assert timers & set(running(case)) == {C.CALL, C.FIRST_ROUND}
        handling.call(
            petition=case,
            actor=handler,
            outcome=CallOutcome.REACHED,
            text="约好了",
            meeting_at=at + timedelta(hours=5),
            at=at,
        )
        assert timers & set(running(case)) == {C.FIRST_ROUND}
        handling.name_responsible(petition=case, actor=handler, user=cast.handler, at=at)
        assert timers & set(running(case)) == {C.FIRST_ROUND}
        handling.finish_first_round(petition=case, actor=handler, text="已到现场", at=at)
        assert timers & set(running(case)) == set()

    @pytest.mark.parametrize("outcome", ATTEMPTS)
    def test_a_call_that_reached_nobody_is_an_attempt_and_the_thirty_minutes_run_on(
        self, make_case, handler, outcome
    ):
        case = make_case(until=Status.FORWARDED)
        handling.call(petition=case, actor=handler, outcome=outcome, text="", at=moment(9, 3, 11))
        assert C.CALL in running(case)
        assert case.records.get().call_outcome == outcome

    def test_the_list_finds_attempts_apart_from_what_was_not_tried(self, cast, make_case, handler, client_as):
        tried, untried, reached = (make_case(until=Status.FORWARDED) for _ in range(3))
        silent = make_case(until=Status.FORWARDED, persons=[])
        call = {"actor": handler, "text": ""}
        handling.call(petition=tried, outcome=CallOutcome.NOT_REACHED, at=moment(9, 3, 11), **call)
        handling.call(petition=reached, outcome=CallOutcome.WRONG_NUMBER, at=moment(9, 3, 11), **call)
        handling.call(petition=reached, outcome=CallOutcome.REACHED, at=moment(9, 3, 12), **call)
        officer = client_as(cast.petition_officer)

        def listed(value):
            page = officer.get(reverse("petitions:list"), {"view": "all", "call": value}).content.decode()
            return {case for case in (tried, untried, reached, silent) if case.number in page}

        assert listed("unreached") == {tried}
        assert listed("untried") == {untried}
        assert officer.get(reverse("petitions:list"), {"view": "all", "call": "䶮"}).status_code == 422

    def test_a_meeting_cannot_be_agreed_with_nobody_nor_in_the_past(self, make_case, handler):
        case, at = make_case(until=Status.FORWARDED), moment(9, 3, 11)
        call = {"petition": case, "actor": handler, "text": "", "at": at}
        with pytest.raises(Refusal, match="没有接通"):
            handling.call(outcome=CallOutcome.NOT_REACHED, meeting_at=at + timedelta(hours=1), **call)
        with pytest.raises(Refusal, match="此刻以后"):
            handling.call(outcome=CallOutcome.REACHED, meeting_at=at, **call)
        assert not case.records.exists()

    def test_a_case_without_a_number_to_call_has_no_call_timer(self, make_case):
        assert C.CALL not in running(make_case(persons=[]))

    def test_the_first_round_needs_a_named_person(self, make_case, handler):
        case = make_case(until=Status.FORWARDED)
        with pytest.raises(Refusal, match="先明确责任人"):
            handling.finish_first_round(petition=case, actor=handler, text="好了", at=moment(9, 3, 11))

    @pytest.mark.article(28)
    def test_the_first_handler_stays_on_record_for_good(self, cast, make_case, handler):
        case = make_case(until=Status.FORWARDED)
        handling.name_responsible(petition=case, actor=handler, user=cast.handler, at=moment(9, 3, 11))
        handling.name_responsible(petition=case, actor=handler, user=cast.unit_head, at=moment(9, 3, 12))
        assert (case.first_handler, case.responsible) == (cast.handler, cast.unit_head)

    def test_the_responsible_person_holds_a_post_in_the_unit(self, cast, make_case, handler):
        case = make_case(until=Status.FORWARDED)
        with pytest.raises(Refusal, match="在岗人员"):
            handling.name_responsible(petition=case, actor=handler, user=cast.handler2, at=moment(9, 3, 11))

    def test_people_to_name_are_the_units_own(self, cast):
        assert set(handling.unit_people(cast.units.urban, moment(9, 3))) == {cast.handler, cast.unit_head}


class TestExtension:
    @pytest.fixture
    def case(self, make_case):
        return make_case(until=Status.ACCEPTED)  # accepted 2026-09-03; 60 days end on Monday 2026-11-02

    def extend(self, case, actor, *, days=30, at=None, reason="需要检测鉴定"):
        handling.extend(petition=case, actor=actor, days=days, reason=reason, at=at or moment(10, 20))

    @pytest.mark.article(34)
    def test_thirty_days_more_count_from_the_old_last_day(self, case, head):
        assert last_day(running(case)[C.CONCLUSION]) == date(2026, 11, 2)
        self.extend(case, head)
        clock = running(case)[C.CONCLUSION]
        assert (last_day(clock), clock.extended_days) == (date(2026, 12, 2), 30)
        assert last_day(clock) == case.due_at.astimezone(SHANGHAI).date() or case.due_at < clock.due_at

    @pytest.mark.article(34)
    def test_the_petitioner_is_told_the_reason(self, case, head):
        self.extend(case, head, days=10)
        event = case.events.get(act=Act.EXTEND)
        assert event.public
        assert "需要检测鉴定" in event.public_text
        assert "10 日" in event.public_text

    @pytest.mark.article(34)
    def test_once_is_enough(self, case, head):
        self.extend(case, head, days=5)
        with pytest.raises(Refusal, match="已经延期一次"):
            self.extend(case, head, days=5)

    @pytest.mark.parametrize("days", [0, 31, -1])
    @pytest.mark.article(34)
    def test_only_one_to_thirty_days(self, case, head, days):
        with pytest.raises(Refusal, match="1 至 30 日"):
            self.extend(case, head, days=days)

    @pytest.mark.article(34)
    def test_on_the_last_day_still_and_after_it_no_more(self, case, head):
        due = running(case)[C.CONCLUSION].due_at
        with pytest.raises(Refusal, match="已届满"):
            self.extend(case, head, at=due + timedelta(microseconds=1))
        self.extend(case, head, at=due)
        assert last_day(running(case)[C.CONCLUSION]) == date(2026, 12, 2)

    @pytest.mark.article(34)
    def test_only_the_units_head_may(self, cast, case):
        for key in ("handler", "petition_officer", "unit_head2", "leader"):
            with pytest.raises(Refusal) as refused:
                self.extend(case, cast.actor(key))
            assert refused.value.code == "forbidden", key

    @pytest.mark.article(34)
    def test_a_case_without_sixty_days_cannot_be_extended(self, make_case, head):
        case = make_case(until=Status.ACCEPTED, path=Path.DUTY)
        with pytest.raises(Refusal, match="没有 60 日"):
            self.extend(case, head)

    def test_a_reason_is_needed(self, case, head):
        with pytest.raises(Refusal, match="理由"):
            self.extend(case, head, reason="  ")


class TestAnswer:
    def conclude(self, case, actor, **more):
        fields = {
            "text": "已约谈摊主",
            "basis": "《噪声污染防治法》第六十四条",
            "outcomes": {r.pk: (Outcome.SUPPORTED, "") for r in case.requests.all()},
            "at": moment(9, 20),
            **more,
        }
        answering.conclude(petition=case, actor=actor, **fields)

    @pytest.mark.article(31, 32, 35)
    def test_path_six_ends_in_an_opinion_that_names_its_review_body(self, cast, make_case, handler):
        case = make_case(until=Status.ACCEPTED)
        self.conclude(case, handler)
        assert case.reply.kind == ReplyKind.OPINION
        assert case.reply.review_body == cast.units.district
        assert C.CONCLUSION in running(case)  # until the opinion is made: test_doors_making
        assert case.status == Status.CONCLUDED

    def test_the_named_review_superior_goes_before_the_unit_above(self, cast, make_case, handler):
        cast.units.urban.review_superior = cast.units.petition_office
        cast.units.urban.save()
        case = make_case(until=Status.ACCEPTED)
        self.conclude(case, handler)
        assert case.reply.review_body == cast.units.petition_office

    @pytest.mark.article(32)
    def test_path_six_needs_an_outcome_for_every_request(self, make_case, handler):
        case = make_case(until=Status.ACCEPTED, requests=["规定收摊时间", "赔偿医药费"])
        first = case.requests.first()
        with pytest.raises(Refusal, match="每一项诉求"):
            self.conclude(case, handler, outcomes={first.pk: (Outcome.SUPPORTED, "")})
        assert Petition.objects.get(pk=case.pk).status == Status.ACCEPTED
        assert set(case.requests.values_list("outcome", flat=True)) == {""}

    @pytest.mark.article(32)
    @pytest.mark.parametrize("path", [Path.PETITION, Path.DUTY])
    def test_what_is_not_supported_is_given_its_reasons(self, make_case, handler, path):
        case = make_case(until=Status.ACCEPTED, path=path)
        (asked,) = case.requests.all()
        with pytest.raises(Refusal, match="诉求 1 不予支持，请写明理由"):
            self.conclude(case, handler, outcomes={asked.pk: (Outcome.NOT_SUPPORTED, "　")})
        self.conclude(case, handler, outcomes={asked.pk: (Outcome.NOT_SUPPORTED, "没有证据证明。")})
        assert case.status == Status.CONCLUDED

    @pytest.mark.article(32)
    def test_path_six_needs_its_basis(self, make_case, handler):
        with pytest.raises(Refusal, match="依据"):
            self.conclude(make_case(until=Status.ACCEPTED), handler, basis=" ")

    @pytest.mark.article(31)
    def test_the_other_paths_end_in_a_reply_without_either(self, make_case, handler):
        case = make_case(until=Status.ACCEPTED, path=Path.DUTY)
        self.conclude(case, handler, basis="", outcomes={})
        assert case.reply.kind == ReplyKind.REPLY

    @pytest.mark.article(24)
    def test_a_co_unit_answers_its_share_and_not_the_whole(self, cast, make_case):
        case = make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
        other = cast.actor("handler2")
        parts.answer(petition=case, actor=other, text="夜市无规划手续", at=moment(9, 10))
        assert case.shares.get(unit=cast.units.housing).answer == "夜市无规划手续"
        with pytest.raises(Refusal) as refused:
            self.conclude(case, other)
        assert refused.value.code == "forbidden"


class TestService:
    def serve(self, case, actor, **more):
        fields = {
            "method": ServiceMethod.POST,
            "served_at": moment(9, 10),
            "recipient": "本人",
            "paper_number": OUTSIDE,
            "at": moment(9, 12),
            **more,
        }
        answering.serve(petition=case, actor=actor, **fields)

    @pytest.fixture
    def case(self, make_case):
        return make_case(until=Status.CONCLUDED)

    @pytest.mark.article(35)
    def test_the_thirty_days_count_from_the_day_it_was_received_not_entered(self, case, handler):
        self.serve(case, handler)
        clock = running(case)[C.PETITIONER_WINDOW]
        assert clock.started_at == moment(9, 10)
        assert clock.raw_due_at.astimezone(SHANGHAI).date() == date(2026, 10, 10)
        assert case.served_at == moment(9, 10)

    @pytest.mark.article(35)
    def test_without_service_there_is_no_window(self, case):
        assert C.PETITIONER_WINDOW not in running(case)

    @pytest.mark.parametrize("served", [moment(9, 2), moment(9, 13)])
    def test_it_was_received_after_the_answer_and_before_now(self, case, handler, served):
        with pytest.raises(Refusal, match="送达日期"):
            self.serve(case, handler, served_at=served)
        assert not hasattr(Petition.objects.get(pk=case.pk), "service")

    @pytest.mark.parametrize("witnesses", [(), ("王一",), ("王一", " 王一 "), ("王一", " ")])
    def test_leaving_it_needs_two_witnesses_and_not_words(self, case, handler, witnesses):
        with pytest.raises(Refusal, match="两名见证人"):
            self.serve(case, handler, method=ServiceMethod.LEFT, proof="拍照留证", witnesses=witnesses)
        assert not hasattr(Petition.objects.get(pk=case.pk), "service")

    def test_the_witnesses_are_kept_with_the_proof(self, case, cast, client_as):
        client, address = client_as(cast.handler), reverse("petitions:act", args=[case.number, "serve"])
        sent = {
            "method": "left",
            "served_at": now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
            "recipient": "本人",
            "paper_number": OUTSIDE,
            "proof": "拍照留证",
            "token": "t" * 32,
        }
        refused = client.post(address, {**sent, "witnesses": "王一"})
        assert refused.status_code == 422 and 'value="王一"' in refused.content.decode()
        assert client.post(address, {**sent, "witnesses": "王一，李二"}).status_code == 302
        service = Petition.objects.get(pk=case.pk).service
        assert (service.method, service.proof) == (ServiceMethod.LEFT, "见证人：王一、李二；拍照留证")

    @pytest.mark.parametrize("method", [ServiceMethod.DIRECT, ServiceMethod.FAMILY, ServiceMethod.POST])
    def test_where_nobody_signed_something_else_must_prove_it(self, case, handler, method):
        with pytest.raises(Refusal, match="见证人或者邮件回执"):
            self.serve(case, handler, method=method, signed=False, proof=" ")
        self.serve(case, handler, method=method, signed=False, proof="邮件回执 QJ0001")
        assert (case.service.signed, case.service.proof) == (False, "邮件回执 QJ0001")

    def test_electronic_service_needs_the_recipients_consent_on_record(self, case, handler):
        with pytest.raises(Refusal, match="经收件人同意"):
            self.serve(case, handler, method=ServiceMethod.ELECTRONIC)
        self.serve(case, handler, method=ServiceMethod.ELECTRONIC, consented=True)
        assert case.service.consented

    def test_the_screen_asks_for_that_consent_and_keeps_what_was_typed(self, cast, client_as, case):
        client, address = client_as(cast.handler), f"{case.get_absolute_url()}act/serve/"
        sent = {
            "token": codes.new_token(),
            "method": "electronic",
            "served_at": now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
            "recipient": "张小河",
            "paper_number": OUTSIDE,
            "signed": "on",
        }
        assert not client.get(address).context["form"]["signed"].value()  # nobody signs beforehand
        page = client.post(address, sent)
        assert page.status_code == 422
        assert "经收件人同意" in page.content.decode()
        assert "张小河" in page.content.decode()
        assert client.post(address, {**sent, "consented": "on"}).status_code == 302
        case.refresh_from_db()
        assert case.service.consented

    @pytest.mark.article(32)
    def test_an_opinion_is_served_by_the_number_of_its_paper_and_not_without(self, case, handler):
        for number in ("", "  ", "无文号", "〔2026〕1号" * 20):
            with pytest.raises(Refusal, match="文号") as refused:
                self.serve(case, handler, paper_number=number)
            assert refused.value.code == "invalid"
        assert not hasattr(Petition.objects.get(pk=case.pk), "service")
        self.serve(case, handler, paper_number=f" {OUTSIDE} ")
        line = case.events.get(act=Act.SERVE)
        assert case.service.paper_number == OUTSIDE
        assert OUTSIDE in line.text and f"处理意见书（{OUTSIDE}）已送达" in line.public_text

    def test_a_reply_needs_no_number(self, make_case, handler):
        case = make_case(until=Status.CONCLUDED, path=Path.DUTY)
        self.serve(case, handler, paper_number="")
        assert case.service.paper_number == ""
        assert case.events.get(act=Act.SERVE).public_text.startswith("答复已送达，")

    def test_the_screen_asks_for_the_number_of_an_opinion_alone(self, cast, client_as, case, make_case):
        client, address = client_as(cast.handler), f"{case.get_absolute_url()}act/serve/"
        sent = {
            "token": codes.new_token(),
            "method": "direct",
            "served_at": now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
            "recipient": "张小河",
            "signed": "on",
        }
        page = client.post(address, sent)
        assert page.status_code == 422 and "请填写处理意见书的文号；还没有出具的" in page.content.decode()
        assert "张小河" in page.content.decode()
        assert client.post(address, {**sent, "paper_number": OUTSIDE}).status_code == 302
        assert f"文号 {OUTSIDE}" in client.get(case.get_absolute_url()).content.decode()
        other = make_case(until=Status.CONCLUDED, path=Path.DUTY)
        form = client.get(f"{other.get_absolute_url()}act/serve/").context["form"]
        assert "paper_number" not in form.fields

    def test_a_public_notice_counts_as_received_thirty_days_after_it_was_put_up(self, case, handler):
        self.serve(case, handler, method=ServiceMethod.PUBLIC, served_at=moment(9, 10), signed=False)
        assert case.service.published_at == moment(9, 10)
        assert case.served_at == case.service.served_at == moment(10, 10)
        window = running(case)[C.PETITIONER_WINDOW]
        assert (window.started_at, last_day(window)) == (moment(10, 10), date(2026, 11, 9))
        assert "2026年10月10日" in case.events.get(act=Act.SERVE).public_text

    def test_a_window_that_has_not_begun_hinders_neither_evaluation_nor_closing(self, case, cast, handler):
        self.serve(case, handler, method=ServiceMethod.PUBLIC, signed=False)
        assert explain(running(case)[C.PETITIONER_WINDOW]).steps
        following.evaluate(
            petition=case,
            actor=Actor.petitioner(),
            office_rating=Rating.SATISFIED,
            unit_rating=Rating.SATISFIED,
            at=moment(9, 14),
        )
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"), at=moment(9, 15))
        assert (case.status, running(case)) == (Status.CLOSED, {})

    def test_the_sweep_closes_after_a_notice_sixty_days_on(self, case, handler):
        self.serve(case, handler, method=ServiceMethod.PUBLIC, signed=False)
        sweep(PetitionClock, now=moment(10, 20))
        assert Petition.objects.get(pk=case.pk).status == Status.SERVED
        sweep(PetitionClock, now=moment(11, 11))
        assert Petition.objects.get(pk=case.pk).status == Status.CLOSED

    def test_what_was_entered_late_still_leaves_thirty_days_to_evaluate(self, case, handler):
        self.serve(case, handler, served_at=moment(9, 4), at=moment(10, 1))
        window = running(case)[C.PETITIONER_WINDOW]
        assert (window.started_at, last_day(window)) == (moment(9, 4), date(2026, 10, 8))  # 条例 35
        sweep(PetitionClock, now=moment(10, 30))
        assert Petition.objects.get(pk=case.pk).status == Status.SERVED
        assert window.lamp(moment(10, 30)) == Lamp.GREEN
        sweep(PetitionClock, now=moment(11, 3))
        assert Petition.objects.get(pk=case.pk).status == Status.CLOSED
        assert Petition.objects.get(pk=case.pk).clocks.get(pk=window.pk).due_at == window.due_at

    def test_entered_on_the_day_of_receipt_the_window_closes_the_case_on_its_last_day(self, case, handler):
        self.serve(case, handler, served_at=moment(9, 10, 8), at=moment(9, 10, 17))
        assert running(case)[C.PETITIONER_WINDOW].next_at == running(case)[C.PETITIONER_WINDOW].due_at

    def test_the_window_is_the_petitioners_and_makes_no_office_late(self, case, handler):
        self.serve(case, handler)
        assert case.due_at is None


class TestEvaluationAndClosing:
    @pytest.fixture
    def case(self, make_case):
        return make_case(until=Status.SERVED)

    def rate(self, case, actor):
        following.evaluate(
            petition=case,
            actor=actor,
            office_rating=Rating.SATISFIED,
            unit_rating=Rating.DISSATISFIED,
            at=moment(9, 10),
        )

    @pytest.mark.article(21)
    def test_only_the_petitioner_rates(self, cast, case):
        for key in cast.people:
            with pytest.raises(Refusal):
                self.rate(case, cast.actor(key))
        self.rate(case, Actor.petitioner())
        assert (case.evaluation.office_rating, case.evaluation.unit_rating) == (0, 3)

    @pytest.mark.article(21)
    def test_and_once(self, case):
        self.rate(case, Actor.petitioner())
        with pytest.raises(Refusal):
            self.rate(case, Actor.petitioner())

    @pytest.mark.article(21)
    def test_a_window_that_passed_closes_the_case_unrated(self, case):
        following.close_lapsed([case.pk], moment(10, 20))
        case.refresh_from_db()
        assert (case.status, case.closed_at) == (Status.CLOSED, moment(10, 20))
        assert not hasattr(case, "evaluation")
        assert running(case) == {}
        assert case.events.get(act=Act.CLOSE).text == "评价期届满，未评价"

    def test_the_sweep_closes_it_by_itself(self, case):
        window = running(case)[C.PETITIONER_WINDOW]
        sweep(PetitionClock, now=window.due_at + timedelta(minutes=1))
        case.refresh_from_db()
        assert case.status == Status.CLOSED

    def test_no_person_closes_a_served_case_before_its_time(self, cast, case):
        with pytest.raises(Refusal):
            following.close(petition=case, actor=cast.actor("handler"), at=moment(9, 11))

    @pytest.mark.article(35)
    def test_the_days_to_ask_for_a_review_are_shown_to_their_end_though_the_case_is_closed(self, cast, case):
        day = running(case)[C.PETITIONER_WINDOW].due_at
        self.rate(case, Actor.petitioner())
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"), at=moment(9, 11))
        review = public.own_case(public.by_id(case.pk), moment(9, 20)).review
        assert (review.open, review.until) == (True, day)
        assert not public.own_case(public.by_id(case.pk), day + timedelta(days=1)).review.open

    def test_closing_stops_everything(self, cast, case):
        self.rate(case, Actor.petitioner())
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"), at=moment(9, 11))
        assert running(case) == {}


class TestBeside:
    @pytest.mark.article(19)
    def test_linking_marks_a_repeat_of_the_root_and_never_of_itself(self, cast, make_case):
        officer = cast.actor("petition_officer")
        first, second, third = make_case(), make_case(), make_case()
        following.link(petition=second, actor=officer, original=first)
        following.link(petition=third, actor=officer, original=second, join=True)
        assert (third.repeat_of, third.joined_to, third.first_here) == (first, first, False)
        with pytest.raises(Refusal, match="本件自己"):
            following.link(petition=first, actor=officer, original=second)

    @pytest.mark.article(14, 16)
    def test_an_inspector_supervises_and_changes_nothing_else(self, cast, make_case):
        case = make_case(until=Status.ACCEPTED)
        with pytest.raises(Refusal) as refused:
            handling.note(petition=case, actor=cast.actor("inspector"), text="x")
        assert refused.value.code == "forbidden"

"""简易办理 (《信访事项简易办理办法（试行）》, 国信发〔2016〕8号; 条例 32, 34, 35): who gets in, its clocks, its answer, its end."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from deadlines.services import sweep_all
from notifications.models import Notice
from petitions.enums import Act, Kind, Outcome, Path, PersonRole, ReplyKind, ServiceMethod, Status, Urgency
from petitions.models import Petition
from petitions.selectors import public
from petitions.services import answering, following, forwarding, handling, sealing, simplified, urgency
from petitions.services.registering import NewPerson
from petitions.workflow import ClockCode as C

pytestmark = pytest.mark.django_db


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


#: Received by the unit on Thursday 3 September 2026; accepted on Friday.
ACCEPTED = moment(9, 4)


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def handler(cast):
    return cast.actor("handler")


@pytest.fixture
def accepted(make_case, handler):
    """A case accepted for 简易办理, or refused that."""

    def make(case=None, at=ACCEPTED, path=Path.PETITION, kind=Kind.APPEAL, supportable=True, **new):
        case = case or make_case(until=Status.FORWARDED, **new)
        forwarding.accept(
            petition=case,
            actor=handler,
            kind=kind,
            path=path,
            simplify=True,
            supportable=supportable,
            at=at,
        )
        return case

    return make


def conclude(case, handler, outcome=Outcome.SUPPORTED, at=None, **more):
    given = {
        "text": "路灯已修好。",
        "outcomes": {r.pk: (outcome, "有据可查") for r in case.requests.all()},
        **more,
    }
    answering.conclude(petition=case, actor=handler, at=at or moment(9, 10), **given)


def tell(case, handler, at=None):
    at = at or moment(9, 11)
    answering.serve(
        petition=case,
        actor=handler,
        method=ServiceMethod.PHONE,
        served_at=at,
        recipient="本人",
        signed=False,
        proof="拨打登记电话，已逐项告知。",
        at=at,
    )


def convert(case, actor, at=None, reason="情况比原来了解的复杂。"):
    simplified.convert(petition=case, actor=actor, reason=reason, at=at or moment(9, 10))


def running(case):
    return {clock.rule.code: clock for clock in case.clocks.filter(stopped_at=None).select_related("rule")}


LONG = {C.SIMPLE, C.CONCLUSION}


def promised(case):
    return {promise.code for promise in public.promises(case, moment(9, 10))}


def last_day(clock):
    return local_day(clock.due_at)


class TestChoosing:
    def test_ten_working_days_and_the_sixty_days_run_from_the_same_acceptance(self, accepted):
        case = accepted()
        clocks = running(case)
        assert last_day(clocks[C.SIMPLE]) == date(2026, 9, 18)  # two week-ends not counted
        assert last_day(clocks[C.CONCLUSION]) == date(2026, 11, 3)  # 条例 34: 60 calendar days
        assert clocks[C.SIMPLE].started_at == clocks[C.CONCLUSION].started_at == ACCEPTED
        assert case.simplified
        event = case.events.get(act=Act.ACCEPT)
        assert event.text.startswith("按简易办理受理。")
        assert event.public_text == "清江县城市管理局已受理，按简易办理，2026年9月18日（周五）前答复您。"

    def test_the_ordinary_acceptance_starts_no_simplified_clock(self, make_case):
        case = make_case(until=Status.ACCEPTED)
        assert C.SIMPLE not in running(case)
        assert not case.simplified

    def test_it_is_decided_within_three_working_days_of_receipt_and_refused_a_day_later(self, accepted):
        assert accepted(at=moment(9, 8, 23)).simplified  # Friday, Monday, Tuesday
        with pytest.raises(Refusal, match=r"收到后 3 个工作日内.*简易办理办法.*2026年9月8日") as refused:
            accepted(at=moment(9, 9, 0))
        assert refused.value.code == "invalid"

    def test_the_three_days_count_from_the_units_own_receipt_not_the_offices(
        self, make_case, officer, cast, accepted
    ):
        case = make_case()
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=moment(9, 14))
        assert accepted(case, at=moment(9, 17)).simplified

    @pytest.mark.parametrize(
        ("new", "sentence"),
        [
            ({"head_count": 2}, "多人联名或者集体反映"),
            ({"urgency": Urgency.URGENT}, "紧急、重大"),
            ({"urgency": Urgency.GRAVE}, "紧急、重大"),
            ({"first_nationwide": False}, "不是初次信访事项"),
            ({"persons": [NewPerson(name="甲"), NewPerson(name="乙")]}, "多人联名或者集体反映"),
            (
                {"persons": [NewPerson(name="甲", role=PersonRole.REPRESENTATIVE)]},
                "多人联名或者集体反映",
            ),
        ],
    )
    def test_each_exclusion_on_record_is_named(self, accepted, new, sentence):
        with pytest.raises(Refusal, match=f"{sentence}.*不适用简易办理（《信访事项简易办理办法（试行）》）"):
            accepted(**new)
        case = Petition.objects.get()
        assert (case.status, case.simplified, running(case).keys() & LONG) == (
            Status.FORWARDED,
            False,
            set(),
        )

    def test_what_was_assigned_from_above_is_excluded(self, make_case, officer, cast, accepted):
        case = make_case()
        forwarding.assign(
            petition=case,
            actor=officer,
            unit=cast.units.urban,
            feedback_due_on=date(2026, 9, 30),
            demand="请查明。",
            at=moment(9, 3, 10),
        )
        with pytest.raises(Refusal, match="是交办件"):
            accepted(case)

    def test_a_matter_of_several_units_is_excluded(self, cast, accepted, make_case):
        case = make_case(until=Status.FORWARDED, co_units=[cast.units.housing])
        with pytest.raises(Refusal, match="涉及多个责任单位"):
            accepted(case)

    def test_a_repeated_petition_is_excluded(self, make_case, officer, accepted):
        original, case = make_case(), make_case(until=Status.FORWARDED)
        following.link(petition=case, actor=officer, original=original, at=moment(9, 3, 12))
        with pytest.raises(Refusal, match="不是初次信访事项"):
            accepted(case)

    def test_what_others_are_joined_to_is_excluded(self, make_case, officer, accepted):
        original, case = make_case(until=Status.FORWARDED), make_case()
        following.link(petition=case, actor=officer, original=original, join=True, at=moment(9, 3, 12))
        with pytest.raises(Refusal, match="有其他信访件并入"):
            accepted(original)

    @pytest.mark.parametrize("path", [path for path in Path if path != Path.PETITION])
    def test_legal_routes_are_excluded(self, accepted, path):
        with pytest.raises(Refusal, match="其他法定途径"):
            accepted(path=path)

    def test_a_suggestion_has_a_way_of_its_own(self, accepted):
        with pytest.raises(Refusal, match="申诉求决的信访程序"):
            accepted(kind=Kind.SUGGESTION, path=None)

    def test_what_may_not_be_supported_is_excluded(self, accepted):
        with pytest.raises(Refusal, match="可能不予支持的不适用简易办理"):
            accepted(supportable=False)

    def test_a_district_that_has_switched_it_off_has_it_nowhere(self, accepted, settings):
        settings.SIMPLIFIED_PROCEDURE = False
        with pytest.raises(Refusal, match="没有开办简易办理"):
            accepted()

    def test_the_database_knows_it_on_path_six_alone(self, accepted):
        case = accepted()
        for wrong in ({"path": 4}, {"path": None}, {"kind": Kind.SUGGESTION, "path": None}):
            with pytest.raises(IntegrityError, match="simplified_is_path_six"), transaction.atomic():
                Petition.objects.filter(pk=case.pk).update(**wrong)


class TestClock:
    def test_the_handler_hears_of_it_before_the_last_day_and_on_it(self, accepted, cast):
        case, mine = accepted(), Notice.objects.filter(recipient=cast.people["handler"])
        heard = mine.filter(about=case.about, text__contains="简易办理答复")
        for at, times in (
            (moment(9, 14, 23), 0),
            (moment(9, 15, 1), 1),
            (moment(9, 18, 1), 2),  # due that Friday
        ):
            sweep_all(now=at)
            assert heard.count() == times, at

    def test_it_is_late_as_any_clock_and_the_late_answer_stays_on_record(self, accepted, handler):
        case = accepted()
        sweep_all(now=moment(9, 19, 1))
        assert running(case)[C.SIMPLE].breached_at is not None
        conclude(case, handler, at=moment(9, 21))
        tell(case, handler, at=moment(9, 21))
        clock = case.clocks.get(rule__code=C.SIMPLE)
        assert (clock.stopped_by, clock.breached_at) == (Act.SERVE, clock.due_at)
        assert case.clocks.get(rule__code=C.CONCLUSION).breached_at is None

    def test_the_ten_days_cannot_be_extended(self, accepted, cast):
        case, head = accepted(), cast.actor("unit_head")
        with pytest.raises(Refusal, match=r"不能延长.*转为普通程序"):
            handling.extend(petition=case, actor=head, days=10, reason="情况复杂", at=moment(9, 10))
        convert(case, head)
        handling.extend(petition=case, actor=head, days=10, reason="情况复杂", at=moment(9, 11))
        assert last_day(running(case)[C.CONCLUSION]) == date(2026, 11, 13)


class TestConverting:
    @pytest.mark.article(34)
    def test_the_sixty_days_go_on_from_the_original_acceptance(self, accepted, handler):
        case = accepted()
        sixty = running(case)[C.CONCLUSION]
        convert(case, handler)
        assert running(case).keys() & LONG == {C.CONCLUSION}
        assert running(case)[C.CONCLUSION].pk == sixty.pk
        assert (case.status, case.simplified) == (Status.ACCEPTED, False)
        stopped = case.clocks.get(rule__code=C.SIMPLE)
        assert (stopped.stopped_by, stopped.breached_at) == (Act.CONVERT, None)

    def test_the_petitioner_reads_why_and_until_when(self, accepted, handler):
        case = accepted()
        assert promised(case) & LONG == {C.SIMPLE}
        convert(case, handler)
        assert promised(case) & LONG == {C.CONCLUSION}
        (event,) = [e for e in public.own_case(public.by_id(case.pk)).events if "转为普通程序" in e.label]
        assert "2026年11月3日（周二）前答复您" in event.public_text
        assert "情况比原来了解的复杂。" in event.public_text

    def test_after_the_ten_days_it_stays_on_record_as_late(self, accepted, handler):
        case = accepted()
        convert(case, handler, at=moment(9, 19))
        stopped = case.clocks.get(rule__code=C.SIMPLE)
        assert stopped.breached_at == stopped.due_at
        assert case.events.get(act=Act.CONVERT).text.startswith("简易办理期限已于2026年9月18日（周五）届满。")

    def test_it_needs_a_reason_and_a_case_that_goes_so(self, accepted, handler, make_case):
        case = accepted()
        with pytest.raises(Refusal, match="须写明理由"):
            convert(case, handler, reason="  ")
        assert Petition.objects.get(pk=case.pk).simplified
        convert(case, handler)
        with pytest.raises(Refusal, match="已经按普通程序办理") as again:
            convert(case, handler)
        assert again.value.code == "stale"
        with pytest.raises(Refusal, match="已经按普通程序办理"):
            convert(make_case(until=Status.ACCEPTED), handler)

    @pytest.mark.parametrize("key", ["petition_officer", "outsider", "clerk", "mediator"])
    def test_only_the_lead_unit_converts(self, accepted, cast, key):
        case = accepted()
        with pytest.raises(Refusal) as refused:
            convert(case, cast.actor(key))
        assert refused.value.code == "forbidden"

    def test_a_case_that_turns_out_to_be_an_accusation_leaves_it_when_sealed(self, accepted, officer):
        case = accepted()
        sealing.seal(petition=case, actor=officer, reason="反映干部违纪", at=moment(9, 7))
        case.refresh_from_db()
        assert (case.sealed, case.simplified, C.SIMPLE in running(case)) == (True, False, False)


class TestAnswering:
    def test_a_reply_without_the_formal_parts_ends_both_clocks_when_it_is_told(self, accepted, handler, cast):
        case = accepted()
        conclude(case, handler)
        assert (case.status, case.reply.kind, case.reply.basis) == (Status.CONCLUDED, ReplyKind.REPLY, "")
        assert (case.reply.by, case.reply.at) == (cast.handler, moment(9, 10))
        assert running(case).keys() == LONG, "what nobody was told or given is not made"
        tell(case, handler)
        assert running(case).keys() == {C.PETITIONER_WINDOW}
        assert {one.stopped_by for one in case.clocks.filter(rule__code__in=LONG)} == {Act.SERVE}

    def test_where_the_petitioner_asked_for_paper_it_is_an_opinion_with_its_basis(self, accepted, handler):
        case = accepted()
        with pytest.raises(Refusal, match="处理意见书须写明依据"):  # 条例 32
            conclude(case, handler, paper=True)
        conclude(case, handler, paper=True, basis="《城市照明管理规定》")
        assert (case.reply.kind, case.simplified) == (ReplyKind.OPINION, True)

    def test_each_request_has_its_outcome_all_the_same(self, accepted, handler):
        with pytest.raises(Refusal, match="每一项诉求给出结论（条例第三十二条）"):
            conclude(accepted(), handler, outcomes={})

    def test_what_is_not_supported_is_converted_first(self, accepted, handler):
        case = accepted()
        with pytest.raises(Refusal, match=r"诉求 1 不予支持的，不适用简易办理.*转为普通程序") as refused:
            conclude(case, handler, Outcome.NOT_SUPPORTED, paper=True, basis="《办法》")
        assert refused.value.code == "invalid"
        assert not case.requests.exclude(outcome="").exists()
        convert(case, handler)
        conclude(case, handler, Outcome.NOT_SUPPORTED, basis="《办法》", at=moment(9, 11))
        assert case.reply.kind == ReplyKind.OPINION

    def test_what_has_become_grave_meanwhile_is_converted_first(self, accepted, handler):
        case = accepted()
        urgency.raise_urgency(
            petition=case, actor=handler, urgency=Urgency.GRAVE, reason="有人受伤", at=moment(9, 7)
        )
        with pytest.raises(Refusal, match=r"紧急、重大.*不再适用简易办理"):
            conclude(case, handler)

    @pytest.mark.article(35)
    def test_the_right_of_review_stays_as_on_path_six(self, accepted, handler):
        case = accepted()
        conclude(case, handler)
        tell(case, handler)
        own = public.own_case(public.by_id(case.pk), moment(9, 12))
        assert own.review is not None and own.review.open  # 条例 35
        assert (own.review.body, local_day(own.review.until)) == (
            case.reply.review_body.name,
            date(2026, 10, 12),  # the 30 days end on Sunday the 11th
        )

    def test_the_telephone_tells_only_what_needs_no_paper(self, accepted, handler, make_case):
        told = {
            "method": ServiceMethod.PHONE,
            "served_at": moment(9, 11),
            "recipient": "本人",
            "signed": False,
            "at": moment(9, 11),
        }
        ordinary, papered, plain = make_case(until=Status.CONCLUDED), accepted(), accepted()
        conclude(papered, handler, paper=True, basis="《办法》")
        for case in (ordinary, papered):
            with pytest.raises(Refusal, match="电话告知只用于简易办理"):
                answering.serve(petition=case, actor=handler, proof="已告知。", **told)
        conclude(plain, handler)
        with pytest.raises(Refusal, match="通话情况"):
            answering.serve(petition=plain, actor=handler, **told)


class TestJoined:
    def test_what_is_joined_later_is_answered_along_only_after_conversion(
        self, accepted, make_case, officer, handler
    ):
        original, joined = accepted(), make_case(until=Status.ACCEPTED)
        following.link(petition=joined, actor=officer, original=original, join=True, at=moment(9, 7))
        with pytest.raises(Refusal, match="有其他信访件并入"):
            conclude(original, handler)
        convert(original, handler)
        both = [*original.requests.all(), *joined.requests.all()]
        conclude(
            original,
            handler,
            outcomes={request.pk: (Outcome.SUPPORTED, "") for request in both},
            basis="《办法》",
            at=moment(9, 11),
        )
        joined.refresh_from_db()
        assert (joined.status, joined.reply.kind) == (Status.CONCLUDED, ReplyKind.OPINION)

    def test_one_in_the_shorter_way_does_not_go_along_with_an_ordinary_one(
        self, accepted, make_case, officer, handler
    ):
        joined, original = accepted(), make_case(until=Status.ACCEPTED)
        following.link(petition=joined, actor=officer, original=original, join=True, at=moment(9, 7))
        conclude(original, handler, basis="《办法》")
        joined.refresh_from_db()
        assert joined.status == Status.ACCEPTED
        with pytest.raises(Refusal, match="不是初次信访事项"):
            conclude(joined, handler)
        assert C.SIMPLE in running(joined)

"""成文 (条例 34: 作出处理意见): until then the 60 days run, whatever was settled on; then somebody is bound to serve it."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day, now
from deadlines.services.sweeping import sweep
from petitions.enums import Act, Kind, Path, ServiceMethod, Status
from petitions.models import Petition, PetitionClock
from petitions.selectors import case as desk
from petitions.selectors import public
from petitions.services import answering, making, reviewing
from petitions.workflow import ClockCode as C
from reports.periods import Month
from reports.selectors.month import district_figures
from supervision.enums import Ground
from supervision.finding import finds
from supervision.models import SupervisionRule
from tests.cases import OUTSIDE, outside_number

pytestmark = pytest.mark.django_db


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def running(case):
    rows = PetitionClock.objects.filter(petition=case, stopped_at=None).select_related("rule")
    return {clock.rule.code: clock for clock in rows}


def clock(case, code):
    return (
        PetitionClock.objects.select_related("rule", "petition").filter(petition=case, rule__code=code).get()
    )


@pytest.fixture
def handler(cast):
    return cast.actor("handler")


@pytest.fixture
def answered(make_case):
    """Received on 3 September 2026 unless told otherwise, and answered the same week."""

    def make(at=None, **new):
        return make_case(until=Status.CONCLUDED, at=at or moment(9, 3), **new)

    return make


def make_outside(case, actor, made_on, at, number=None):
    making.record_outside(
        petition=case,
        actor=actor,
        paper_number=outside_number(case) if number is None else number,
        made_on=made_on,
        at=at,
    )
    return Petition.objects.get(pk=case.pk)


def serve(case, actor, served_at, at=None, **more):
    fields = {
        "method": ServiceMethod.DIRECT,
        "recipient": "本人",
        "paper_number": outside_number(case),
        **more,
    }
    answering.serve(petition=case, actor=actor, served_at=served_at, at=at or served_at, **fields)
    return Petition.objects.get(pk=case.pk)


class TestTheSixtyDays:
    @pytest.mark.article(34)
    def test_an_answer_alone_ends_nothing_and_is_found_late_when_no_opinion_follows(self, answered):
        case = answered()
        sixty = running(case)[C.CONCLUSION]
        assert set(running(case)) == {C.CONCLUSION}
        assert Petition.objects.get(pk=case.pk).due_at == sixty.due_at
        sweep(PetitionClock, now=moment(12, 1))
        assert clock(case, C.CONCLUSION).breached_at == sixty.due_at
        rule = SupervisionRule(ground=Ground.LATE_ANSWER, threshold=1)
        assert [found.petition_id for found in finds(rule, moment(12, 1), after=0, most=9)] == [case.pk]

    @pytest.mark.article(34)
    def test_an_opinion_made_outside_ends_them_on_its_own_day_and_service_is_due(self, answered, handler):
        case = answered()
        case = make_outside(case, handler, date(2026, 9, 10), moment(9, 14))
        sixty, service = clock(case, C.CONCLUSION), running(case)[C.SERVICE]
        assert (local_day(sixty.stopped_at), sixty.stopped_by) == (date(2026, 9, 10), Act.MAKE_OPINION)
        assert local_day(case.reply.made_at) == date(2026, 9, 10)
        assert case.reply.paper_number == outside_number(case)
        assert service.started_at == sixty.stopped_at
        assert local_day(service.due_at) == date(2026, 9, 17)  # five working days
        assert case.due_at == service.due_at

    @pytest.mark.article(34)
    def test_what_was_made_in_time_and_entered_after_the_sixtieth_day_was_not_late(self, answered, handler):
        case = answered()
        sweep(PetitionClock, now=moment(12, 1))
        assert clock(case, C.CONCLUSION).breached_at is not None
        make_outside(case, handler, date(2026, 10, 12), moment(12, 1))
        assert clock(case, C.CONCLUSION).breached_at is None
        late = answered()
        make_outside(late, handler, date(2026, 11, 20), moment(12, 1))
        assert clock(late, C.CONCLUSION).breached_at == clock(late, C.CONCLUSION).due_at

    @pytest.mark.article(34)
    def test_served_without_being_entered_it_was_made_at_the_latest_then(self, answered, handler):
        case = answered()
        case = serve(case, handler, moment(9, 10), at=moment(12, 1))
        sixty = clock(case, C.CONCLUSION)
        assert (sixty.stopped_at, sixty.stopped_by, sixty.breached_at) == (moment(9, 10), Act.SERVE, None)
        assert case.reply.made_at == moment(9, 10)
        assert set(running(case)) == {C.PETITIONER_WINDOW}
        assert not case.clocks.filter(rule__code=C.SERVICE).exists()

    def test_the_month_counts_it_kept_by_the_day_it_was_made(self, answered, handler, cast):
        began = now() - timedelta(days=100)
        kept, never = answered(at=began), answered(at=began)
        made = began + timedelta(days=20)
        make_outside(kept, handler, local_day(made), made)
        due = local_day(clock(never, C.CONCLUSION).due_at)
        figures = district_figures(unit=cast.units.district, month=Month(due.year, due.month))
        rate = figures.rates["conclusion"]
        assert (rate.whole, rate.part) == (2, 1)

    @pytest.mark.article(36)
    def test_handled_anew_it_is_made_anew(self, answered, handler, cast):
        from accounts.actor import Actor

        case = serve(answered(), handler, moment(9, 10))
        reviewing.redo(
            petition=case, actor=Actor.system(), text="责令", public_text="重新办理", at=moment(9, 20)
        )
        asked = {one.pk: ("supported", "支持") for one in case.requests.all()}
        answering.conclude(
            petition=case,
            actor=handler,
            text="重新调查后答复。",
            basis="《办法》",
            outcomes=asked,
            at=moment(9, 21),
        )
        assert set(running(case)) == {C.CONCLUSION}
        first, second = case.clocks.filter(rule__code=C.CONCLUSION).order_by("id")
        first.petition = second.petition = Petition.objects.get(pk=case.pk)
        assert desk.made_and_served(first) == desk.Made(moment(9, 10), moment(9, 10), True)
        assert desk.made_and_served(second) == desk.Made(None, None, True)


class TestService:
    @pytest.mark.parametrize(
        ("kind", "path"), [(Kind.APPEAL, Path.DUTY), (Kind.APPEAL, Path.LITIGATION), (Kind.SUGGESTION, None)]
    )
    def test_without_sixty_days_service_is_due_from_the_answer(self, answered, kind, path):
        case = answered(kind=kind, path=path)
        assert set(running(case)) == {C.SERVICE}
        assert running(case)[C.SERVICE].started_at == case.concluded_at == case.reply.made_at

    def test_nobody_serves_it_and_the_ladder_is_climbed(self, answered, handler):
        case = make_outside(answered(), handler, date(2026, 9, 10), moment(9, 10))
        sweep(PetitionClock, now=moment(9, 25))
        late = clock(case, C.SERVICE)
        assert late.breached_at == late.due_at and late.step_no > 1

    def test_it_is_kept_by_the_day_of_receipt_not_of_its_entry(self, answered, handler):
        case = make_outside(answered(), handler, date(2026, 9, 10), moment(9, 10))
        serve(case, handler, moment(9, 16), at=moment(9, 25))
        kept = clock(case, C.SERVICE)
        assert (kept.stopped_at, kept.breached_at) == (moment(9, 16), None)

    def test_a_public_notice_is_service_on_the_day_it_is_put_up(self, answered, handler):
        case = make_outside(answered(), handler, date(2026, 9, 10), moment(9, 10))
        serve(
            case, handler, moment(9, 16), method=ServiceMethod.PUBLIC, signed=False, proof="下落不明，公告栏"
        )
        assert clock(case, C.SERVICE).stopped_at == moment(9, 16)

    def test_nothing_is_served_before_it_was_made(self, answered, handler):
        case = make_outside(answered(), handler, date(2026, 9, 14), moment(9, 16))
        with pytest.raises(Refusal, match=r"不能早于答复成文的2026年9月14日"):
            serve(case, handler, moment(9, 11), at=moment(9, 16))


class TestEntering:
    @pytest.mark.parametrize("number", ["", "　", "清城管意", "1" * 61])
    def test_it_needs_the_number_of_a_paper(self, answered, handler, number):
        with pytest.raises(Refusal, match="请照文书填写文号"):
            make_outside(answered(), handler, date(2026, 9, 10), moment(9, 10), number=number)

    @pytest.mark.parametrize("day", [date(2026, 8, 1), date(2026, 9, 11), date(1, 1, 1), date(9999, 12, 31)])
    def test_its_day_lies_between_the_answer_and_today(self, answered, handler, day):
        with pytest.raises(Refusal, match="答复之日到今天之间"):
            make_outside(answered(), handler, day, moment(9, 10))

    def test_made_once(self, answered, handler):
        case = make_outside(answered(), handler, date(2026, 9, 10), moment(9, 10))
        with pytest.raises(Refusal, match="已经成文") as again:
            make_outside(case, handler, date(2026, 9, 10), moment(9, 10))
        assert again.value.code == "stale"

    def test_only_an_opinion_is_entered(self, answered, handler):
        with pytest.raises(Refusal, match="不出具处理意见书"):
            make_outside(answered(path=Path.DUTY), handler, date(2026, 9, 10), moment(9, 10))

    @pytest.mark.parametrize("who", ["petition_officer", "outsider", "clerk"])
    def test_by_the_lead_unit_alone(self, answered, cast, who):
        with pytest.raises(Refusal) as refused:
            make_outside(answered(), cast.actor(who), date(2026, 9, 10), moment(9, 10))
        assert refused.value.code == "forbidden"

    def test_the_form_keeps_what_was_typed_and_takes_it_the_second_time(self, answered, cast):
        case, client = answered(at=now() - timedelta(days=2)), Client()
        client.force_login(cast.people["handler"])
        url = reverse("petitions:act", args=[case.number, Act.MAKE_OPINION])
        assert "成文日期" in client.get(url).content.decode()
        typed = {"paper_number": "没有数字", "made_on": local_day(now()).isoformat(), "token": "t" * 32}
        refused = client.post(url, typed)
        assert refused.status_code == 422 and "没有数字" in refused.content.decode()
        assert client.post(url, typed | {"paper_number": OUTSIDE}).status_code == 302
        page = client.get(reverse("petitions:act", args=[case.number, Act.SERVE])).content.decode()
        assert f'value="{OUTSIDE}"' in page


class TestWhatIsSaid:
    def test_the_petitioner_reads_that_it_is_being_made_then_that_it_is_on_its_way(self, answered, handler):
        case = answered()
        own = public.own_case(public.by_id(case.pk), moment(9, 8))
        assert "正在制作" in own.answer_comes
        assert not any("已作出" in line.label + line.public_text for line in own.events)
        assert {C.CONCLUSION} == {one.code for one in own.promises}
        make_outside(case, handler, date(2026, 9, 10), moment(9, 10))
        own = public.own_case(public.by_id(case.pk), moment(9, 11))
        assert own.answer_comes == "处理意见书已于2026年9月10日（周四）作出，正在送达给您。"
        assert {C.SERVICE} == {one.code for one in own.promises}
        assert any("已作出" in line.public_text for line in own.events)
        serve(case, handler, moment(9, 12))
        assert public.own_case(public.by_id(case.pk), moment(9, 13)).answer_comes == ""

    def test_a_reply_that_is_no_opinion_is_on_its_way_at_once(self, answered):
        own = public.own_case(public.by_id(answered(path=Path.DUTY).pk), moment(9, 8))
        assert "作出，正在送达给您" in own.answer_comes

    def test_the_clock_shows_both_days_beside_its_limit(self, answered, handler, cast):
        case, client = answered(at=now() - timedelta(days=9)), Client()
        client.force_login(cast.people["handler"])

        def page(code):
            url = reverse("petitions:clock", args=[case.number, clock(case, code).pk])
            return client.get(url).content.decode()

        assert "尚未作出" in page(C.CONCLUSION) and "尚未送达" in page(C.CONCLUSION)
        made, served = now() - timedelta(days=2), now() - timedelta(days=1)
        make_outside(case, handler, local_day(made), now())
        serve(case, handler, served, at=now())
        for code in (C.CONCLUSION, C.SERVICE):
            text = page(code)
            assert local_day(made).isoformat() in text and local_day(served).isoformat() in text
        shown = client.get(case.get_absolute_url()).content.decode()
        assert local_day(made).isoformat() in shown and local_day(served).isoformat() in shown

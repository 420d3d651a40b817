"""Codes of the district's own: their clocks start and stop after acts of the case's table, and end with the case."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from core.errors import Refusal
from deadlines import steps
from deadlines.enums import LengthUnit, RuleCode, StepKind
from deadlines.models import ClockEntry, Rule
from deadlines.rulebook import rulebook
from deadlines.selectors import explain, rules_in_force
from deadlines.services import change_rule, checking, end_rule, sweep
from notifications.models import Notice
from petitions import courses
from petitions.enums import Act, Channel, ServiceMethod, Status
from petitions.models import Petition, PetitionClock
from petitions.services import answering, following, forwarding, handling, succession
from petitions.services.clocks import AT_ARRIVAL, DISTRICT_ORDER
from petitions.tests.own_codes import BEFORE, own_code, version
from petitions.tests.test_succession import AT, end
from petitions.workflow import EVERY_CLOCK, STEPS
from tests.cases import MORNING, OUTSIDE, check_off

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def clocks_of(case, rule):
    return list(case.clocks.filter(rule__code=rule.code).order_by("id"))


class TestAClock:
    def test_starts_with_its_act_and_stops_with_the_other(self, cast, make_case):
        rule = own_code(cast, ["accept"], ["visit"])
        case = make_case(until=Status.FORWARDED)
        assert clocks_of(case, rule) == []
        accepted = make_case(until=Status.ACCEPTED)
        (clock,) = clocks_of(accepted, rule)
        event = accepted.events.get(act=Act.ACCEPT)
        assert (clock.started_at, clock.unit, clock.running) == (event.at, cast.units.urban, True)
        handling.visit(petition=accepted, actor=cast.actor("handler"), text="已到现场。", at=event.at + HOUR)
        clock.refresh_from_db()
        assert (clock.stopped_at, clock.stopped_by, clock.breached_at) == (event.at + HOUR, "visit", None)
        kinds = ClockEntry.objects.filter(clock_id=clock.pk, clock_class=PetitionClock._meta.label_lower)
        assert list(kinds.order_by("pk").values_list("kind", flat=True)) == ["start", "stop"]

    def test_an_act_again_does_not_begin_the_days_anew(self, cast, make_case):
        rule = own_code(cast, ["note"], ["conclude"])
        case = make_case(until=Status.ACCEPTED)
        for hours in (10, 20):
            handling.note(
                petition=case, actor=cast.actor("handler"), text="核实中。", at=MORNING + hours * HOUR
            )
        (clock,) = clocks_of(case, rule)
        assert clock.started_at == MORNING + 10 * HOUR

    def test_starts_at_registration(self, cast, make_case):
        rule = own_code(cast, ["register"], ["forward"])
        case = make_case()
        (clock,) = clocks_of(case, rule)
        assert (clock.started_at, clock.unit) == (case.registered_at, cast.units.petition_office)

    def test_holds_for_the_matters_it_was_made_for(self, cast, make_case):
        rule = own_code(cast, ["register"], ["forward"], conditions={"channel": "phone"})
        assert clocks_of(make_case(), rule) == []
        phoned = make_case.registered(channel=Channel.PHONE, actor=cast.actor("clerk")).petition
        (clock,) = clocks_of(phoned, rule)
        assert "本件信访形式为来电" in explain(clock).chosen
        assert [row.rule for row in rules_in_force(MORNING) if row.rule.own] == [rule]

    def test_tells_up_its_ladder_and_leads_to_the_act_that_stops_it(self, cast, make_case):
        rule = own_code(cast, ["accept"], ["visit"])
        case = make_case(until=Status.ACCEPTED)
        (clock,) = clocks_of(case, rule)
        sweep(PetitionClock, now=clock.due_at + HOUR)
        told = Notice.objects.filter(dedupe_key__startswith=f"{clock.key}:", recipient=cast.handler)
        late = told.filter(level="late").get()
        assert "“accept后回访”已到期未办" in late.text
        assert late.link.endswith(f"/{case.number}/act/visit/")
        clock.refresh_from_db()
        assert clock.breached_at == clock.due_at

    def test_what_was_served_in_days_to_come_starts_it_at_once(self, cast, make_case):
        """A 公告 counts as received 30 days later; an order of the district does not wait for that."""
        rule = own_code(cast, ["serve"], ["evaluate"])
        case = make_case(until=Status.CONCLUDED)
        at = MORNING + 10 * HOUR
        answering.serve(
            petition=case,
            actor=cast.actor("handler"),
            method=ServiceMethod.PUBLIC,
            served_at=at,
            recipient="镇政府公告栏",
            paper_number=OUTSIDE,
            at=at,
        )
        (clock,) = clocks_of(case, rule)
        assert clock.started_at == at


class TestTheEndOfACase:
    @pytest.mark.parametrize("until", [Status.REFUSED, Status.CLOSED])
    def test_ends_it(self, cast, make_case, until):
        rule = own_code(cast, ["register", "forward"], ["hear"])
        case = make_case(until=until)
        (clock,) = clocks_of(case, rule)
        assert not clock.running
        assert not case.clocks.filter(stopped_at=None, rule__code=rule.code).exists()

    def test_no_clock_begins_with_the_act_that_ends_the_case(self, cast, make_case):
        rule = own_code(cast, ["unlink", "note"], ["evaluate"])
        case = make_case(until=Status.EVALUATED)
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"), at=MORNING + 20 * HOUR)
        assert clocks_of(case, rule) == []


class TestFollowsTheCase:
    def test_to_the_unit_it_is_sent_to(self, cast, make_case):
        rule = own_code(cast, ["register"], ["conclude"])
        case = make_case(until=Status.FORWARDED)
        (clock,) = clocks_of(case, rule)
        assert (clock.unit, clock.started_at) == (cast.units.urban, case.registered_at)

    def test_back_to_the_office(self, cast, make_case):
        rule = own_code(cast, ["register"], ["conclude"])
        case = make_case(until=Status.OBJECTED)
        forwarding.decide_objection(
            petition=case,
            actor=cast.actor("petition_officer"),
            agree=True,
            decision="属实。",
            at=MORNING + 5 * HOUR,
        )
        (clock,) = clocks_of(case, rule)
        assert (clock.unit, clock.running) == (cast.units.petition_office, True)

    @pytest.mark.article(24)
    def test_to_whoever_took_over(self, cast, make_case):
        rule = own_code(cast, ["register"], ["conclude"], length=60)
        case = make_case(until=Status.ACCEPTED)
        end(cast, cast.units.urban, cast.units.housing)
        succession.follow(AT)
        (clock,) = clocks_of(case, rule)
        assert (clock.unit, clock.running) == (cast.units.housing, True)

    def test_of_a_joined_case_with_the_step_of_the_original(self, cast, make_case):
        rule = own_code(cast, ["forward"], ["accept"])
        original, joined = make_case(), make_case()
        officer = cast.actor("petition_officer")
        following.link(petition=joined, actor=officer, original=original, join=True)
        forwarding.forward(petition=original, actor=officer, unit=cast.units.urban, at=MORNING + HOUR)
        assert [len(clocks_of(case, rule)) for case in (original, joined)] == [1, 1]
        forwarding.accept(
            petition=original, actor=cast.actor("handler"), kind="appeal", path=6, at=MORNING + 2 * HOUR
        )
        assert not PetitionClock.objects.filter(rule=rule, stopped_at=None).exists()


class TestAVersion:
    def test_keeps_its_steps_where_a_later_one_has_others(self, cast, make_case):
        rule = own_code(cast, ["accept"], ["visit"])
        case = make_case(until=Status.ACCEPTED)
        later = MORNING + 10 * HOUR
        new = version(["accept"], ["conclude"], at=later)
        new = type(new)(**{**vars(new), "code": rule.code})
        change_rule(actor=cast.actor("sysadmin"), new=new, running=False, reason="区委会议", at=later)
        handling.visit(petition=case, actor=cast.actor("handler"), text="已到现场。", at=later + HOUR)
        (clock,) = clocks_of(case, rule)
        assert clock.stopped_by == "visit"

    def test_that_has_ended_starts_nothing(self, cast, make_case):
        rule = own_code(cast, ["accept"], ["visit"])
        on = BEFORE.date() + DAY
        end_rule(actor=cast.actor("sysadmin"), rule=rule, on=on, running=False, reason="不再需要", at=MORNING)
        assert clocks_of(make_case(until=Status.ACCEPTED), rule) == []

    def test_in_use_is_never_changed(self, cast, make_case):
        from django.db import IntegrityError, transaction

        rule = own_code(cast, ["accept"], ["visit"])
        make_case(until=Status.ACCEPTED)
        with pytest.raises(IntegrityError, match="a new version is due"), transaction.atomic():
            Rule.objects.filter(pk=rule.pk).update(stop_acts=["conclude"])


@pytest.mark.parametrize(
    ("starts", "stops", "words"),
    [
        ([], ["visit"], "请至少选一个起算环节。"),
        (["accept"], [], "请至少选一个停止环节。"),
        (["accept", "visit"], ["visit"], "“走访”不能既起算又停止"),
        (["serve"], ["accept"], "“送达”以后不会再有“受理”"),
        (["accept"], ["conclude", "forward", "route"], ""),  # taken back, it may be forwarded again
        (["evaluate"], ["conclude"], "“评价”以后不会再有“答复”"),
        (["guide"], ["visit"], "“引导到政法机关”以后本件就办结了"),
        (["accept"], ["䶮"], "没有“䶮”这个环节"),
        (["accept", "evaluate"], ["visit"], "由“评价”起算的，以后不会有所选的停止环节"),
    ],
)
def test_steps_that_cannot_be_are_refused_with_a_sentence(cast, starts, stops, words):
    before = Rule.objects.count()
    if not words:
        own_code(cast, starts, stops, name="回访")
        return
    with pytest.raises(Refusal) as why:
        own_code(cast, starts, stops, name="回访")
    assert words in why.value.sentence
    assert Rule.objects.count() == before


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": "　"}, "请写名称"),
        ({"name": "受理告知"}, "已有叫“受理告知”的规则"),
        ({"length": 0}, "期限须在1至"),
        ({"length": -5}, "期限须在1至"),
        ({"length": None}, "请填写期限。"),
        ({"ladder": ()}, "阶梯没有终点"),
        ({"ladder": ((StepKind.LAPSE, 0, "system"),)}, "“期限届满”会让期限自己停下"),
        ({"conditions": {"channel": "䶮"}}, "没有这样的适用条件"),
    ],
)
def test_a_code_that_cannot_be_is_refused_and_nothing_is_entered(cast, more, words):
    Rule.objects.filter(code="notice").update(name="受理告知")
    before = Rule.objects.count()
    with pytest.raises(Refusal) as why:
        own_code(cast, ["accept"], ["visit"], **{"name": "回访", **more})
    assert words in why.value.sentence
    assert Rule.objects.count() == before


def test_only_the_system_administrator_adds_one_and_it_is_on_record(cast):
    from deadlines.services import add_code

    new = version(["accept"], ["visit"])
    for who in ("petition_officer", "inspector"):
        with pytest.raises(Refusal, match="由系统管理员登记"):
            add_code(actor=cast.actor(who), name="回访", new=new, reason="x", at=BEFORE)
    one = own_code(cast, ["accept"], ["visit"], name="回访")
    two = own_code(
        cast, ["accept"], ["visit"], name="再回访", unit=LengthUnit.HOUR, length=4, ladder=one_day()
    )
    assert (one.code, two.code) == ("own_1", "own_2")
    entry = AuditEntry.objects.get(act="rule.add", detail__code="own_1")
    assert entry.detail["reason"] == "区委会议"


def one_day():
    from deadlines.rules_table import TEN_MINUTES

    return TEN_MINUTES


class TestWhatIsSaid:
    def test_every_code_says_by_which_steps_it_starts_and_stops(self):
        assert {code for code in RuleCode.values if not steps.of_code(code).sentence} == set()

    @pytest.mark.parametrize("code", sorted(EVERY_CLOCK))
    def test_of_the_cases_clocks_it_is_what_the_table_says(self, code):
        said = steps.of_code(code)
        starts = {str(step.act.label) for step in STEPS if code in step.starts | step.may_start}
        starts |= {"登记"} if code in AT_ARRIVAL else set()
        assert starts <= set(said.starts)
        alone = {
            str(step.act.label)
            for step in STEPS
            if code in step.stops | step.may_stop and not courses._ends_all(step)
        }
        assert alone <= set(said.stops)

    def test_of_an_own_code_it_is_what_was_chosen(self, cast, make_case):
        rule = own_code(cast, ["accept", "redo"], ["visit"])
        assert steps.of(rule).sentence.startswith("由“受理”“责令重新办理”起算，到“走访”止。本件不予受理")
        case = make_case(until=Status.ACCEPTED)
        (clock,) = clocks_of(case, rule)
        assert explain(clock).course == steps.of(rule).sentence


def test_the_ledger_of_own_clocks_counts_again(cast, make_case):
    own_code(cast, ["register"], ["visit"])
    case = make_case(until=Status.CLOSED)
    assert clocks_of(case, Rule.objects.get(code="own_1"))
    assert list(checking.faults(PetitionClock)) == []


def test_the_nearest_day_of_a_case_may_be_that_of_an_own_code(cast, make_case):
    Rule.objects.filter(code__in=DISTRICT_ORDER).delete()
    rule = own_code(cast, ["accept"], ["visit"])
    case = make_case(until=Status.ACCEPTED)
    (clock,) = clocks_of(case, rule)
    assert Petition.objects.get(pk=case.pk).due_at == clock.due_at
    handling.visit(petition=case, actor=cast.actor("handler"), text="已到现场。", at=MORNING + 9 * HOUR)
    assert Petition.objects.get(pk=case.pk).due_at > clock.due_at


def test_a_district_without_own_codes_pays_no_query(cast, make_case):
    """An act that moves no clock asks the rulebook nothing."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    case = make_case(until=Status.ACCEPTED)
    rulebook()
    with CaptureQueriesContext(
        connection,
    ) as ran:
        handling.note(petition=case, actor=cast.actor("handler"), text="核实中。", at=MORNING + 9 * HOUR)
    asked = [one["sql"] for one in ran.captured_queries]
    assert not [sql for sql in asked if "deadlines_edition" in sql]
    assert len([sql for sql in asked if "deadlines_rule" in sql]) == 1  # within the lock of the case itself

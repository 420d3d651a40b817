"""Rules for some matters only: the closest is chosen, the general one stays, and every change is seen before."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day
from deadlines import facts, selectors
from deadlines.enums import LengthUnit, StepKind
from deadlines.models import ClockEntry, Rule
from deadlines.rules_table import DAYS, LAPSE_ONLY, SHORT_DAYS, TEN_MINUTES
from deadlines.services import (
    NewVersion,
    change_rule,
    checking,
    end_rule,
    foresee_end,
    foresee_rule,
    ruling,
    stop,
    withdraw_rule,
)
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg

pytestmark = pytest.mark.django_db
NOW = moment("2026-03-10T09:00")
TODAY = local_day(NOW)
HOTLINE = {"channel": "phone"}
NOTICE = NewVersion(
    code="reforwarding",
    basis="本区〔2026〕8号文：热线件2个工作日内转送",
    length=2,
    unit=LengthUnit.WORKING_DAY,
    rolls=True,
    extension_limit=None,
    valid_from=TODAY,
    ladder=SHORT_DAYS,
    conditions=HOTLINE,
)


@pytest.fixture(autouse=True)
def only_eggs(monkeypatch):
    monkeypatch.setattr(ruling, "clock_classes", lambda: [Egg])


@pytest.fixture
def change(cast):
    def make(new=NOTICE, *, running=False, at=NOW, **changes):
        return change_rule(
            actor=cast.actor("sysadmin"),
            new=replace(new, **changes),
            running=running,
            reason="会议决定",
            at=at,
        )

    return make


@pytest.fixture
def end(cast):
    def make(rule, on=TODAY + timedelta(days=1), *, running=False, at=NOW, who="sysadmin"):
        actor = cast.actor(who)
        return end_rule(actor=actor, rule=rule, on=on, running=running, reason="会议决定", at=at)

    return make


def refused(door, *args, **options):
    before = list(Rule.objects.order_by("pk").values_list("pk", "valid_until"))
    with pytest.raises(Refusal) as why:
        door(*args, **options)
    assert list(Rule.objects.order_by("pk").values_list("pk", "valid_until")) == before
    return why.value.sentence


def chosen(**known):
    return selectors.rulebook().rule("reforwarding", NOW, known)


class TestWhichHolds:
    def test_the_one_whose_conditions_are_all_met_and_else_the_general_one(self, change):
        special = change().rule
        assert chosen(channel="phone", kind="appeal") == special
        assert chosen(channel="letter").conditions == {}
        assert chosen().conditions == {}

    def test_the_one_with_more_conditions_wins(self, change):
        change()
        both = change(conditions={"channel": "phone", "urgency": "urgent"}, length=1).rule
        assert chosen(channel="phone", urgency="urgent") == both
        assert chosen(channel="phone", urgency="normal").length == 2

    def test_of_equally_many_the_fact_that_comes_first_decides(self, change):
        """The order is that of the page: unit, level, path, kind, channel, urgency."""
        urgent = change(conditions={"urgency": "urgent"}, length=1).rule
        phone = change().rule
        kind = change(conditions={"kind": "appeal"}, length=3).rule
        assert chosen(channel="phone", urgency="urgent") == phone
        assert chosen(channel="phone", urgency="urgent", kind="appeal") == kind
        assert chosen(channel="letter", urgency="urgent") == urgent
        assert [fact.name for fact in facts.known()][:2] == ["unit", "level"]

    def test_a_version_to_come_waits_for_its_day(self, change):
        change(valid_from=date(2026, 4, 1))
        book = selectors.rulebook()
        assert book.rule("reforwarding", moment("2026-03-31T23:59"), HOTLINE).conditions == {}
        assert book.rule("reforwarding", moment("2026-04-01T00:00"), HOTLINE).length == 2

    def test_two_of_the_same_conditions_never_hold_on_the_same_day(self, change):
        rule = change(conditions={"channel": "phone", "kind": "appeal"}).rule
        again = {"code": rule.code, "name": "x", "basis": "x", "length": 1, "unit": rule.unit}
        with pytest.raises(IntegrityError, match="rule_one_version_at_a_time"), transaction.atomic():
            # The order in which they were typed makes no difference.
            Rule.objects.create(
                **again, valid_from=date(2026, 5, 1), conditions={"kind": "appeal", "channel": "phone"}
            )
        Rule.objects.create(**again, valid_from=date(2026, 5, 1), conditions={"kind": "suggestion"})

    def test_it_costs_a_start_no_more_than_before(self, owner, change, django_assert_num_queries):
        from deadlines.services import build

        change()
        selectors.rulebook()
        with django_assert_num_queries(1):
            clock = build(Egg, rule_code="reforwarding", at=NOW, facts=HOTLINE, owner=owner)
        assert clock.rule.length == 2


def test_the_clock_says_why_this_one_was_chosen(lay, change):
    change()
    (phone,) = lay("reforwarding", "2026-03-10T10:00", facts={"channel": "phone", "urgency": "urgent"})
    (letter,) = lay("reforwarding", "2026-03-10T10:00", facts={"channel": "letter"})
    (other,) = lay("conclusion", "2026-03-10T10:00", facts=HOTLINE)
    assert "本件信访形式为来电，适用为此专门规定的期限" in selectors.explain(phone).chosen
    assert "起算时信访形式为来信，没有为此专门规定的期限" in selectors.explain(letter).chosen
    assert selectors.explain(other).chosen == ""
    assert phone.explanation["basis"] == NOTICE.basis
    assert not list(checking.faults(Egg))


class TestWhatRuns:
    def test_only_what_it_would_hold_for_goes_over(self, lay, change):
        (phone,) = lay("reforwarding", "2026-03-09T09:00", facts=HOTLINE)
        (letter,) = lay("reforwarding", "2026-03-09T09:00", facts={"channel": "letter"})
        seen = foresee_rule(NOTICE, at=NOW)
        assert (seen.looked_at, seen.moving, seen.earlier) == (1, 1, 1)
        made = change(running=True)
        phone.refresh_from_db(), letter.refresh_from_db()
        assert (made.running, made.moved) == (1, 1)
        assert (phone.rule, phone.due_at.date()) == (made.rule, date(2026, 3, 11))
        assert letter.rule.conditions == {}
        assert not list(checking.faults(Egg))

    def test_a_new_general_one_leaves_those_under_a_closer_one_alone(self, lay, change):
        special = change().rule
        (phone,) = lay("reforwarding", "2026-03-10T10:00", facts=HOTLINE)
        (letter,) = lay("reforwarding", "2026-03-10T10:00", facts={"channel": "letter"})
        made = change(conditions={}, length=4, running=True)
        phone.refresh_from_db(), letter.refresh_from_db()
        assert (made.running, phone.rule, letter.rule) == (1, special, made.rule)

    def test_it_keeps_its_rule_when_that_ends_or_goes_back_to_the_general_one(self, lay, change, end):
        special = change(at=NOW - timedelta(days=1), valid_from=TODAY - timedelta(days=1)).rule
        (clock,) = lay("reforwarding", "2026-03-09T10:00", facts=HOTLINE)
        seen = foresee_end(special, TODAY, at=NOW)
        assert (seen.looked_at, seen.moving) == (1, 1)
        special.refresh_from_db()
        assert special.valid_until is None
        ended = end(special, TODAY, running=True)
        clock.refresh_from_db()
        assert (ended.running, ended.moved, clock.rule.conditions) == (1, 1, {})
        assert list(ClockEntry.objects.values_list("kind", flat=True)) == ["start", "rule"]
        assert not list(checking.faults(Egg))

    def test_an_end_alone_moves_nothing_and_is_on_record(self, lay, change, end):
        special = change().rule
        (clock,) = lay("reforwarding", "2026-03-10T10:00", facts=HOTLINE)
        end(special)
        clock.refresh_from_db()
        assert clock.rule == special
        assert selectors.rulebook().rule("reforwarding", NOW + timedelta(days=1), HOTLINE).conditions == {}
        entry = AuditEntry.objects.get(act="rule.end")
        assert (entry.detail["running"], entry.detail["valid_until"]) == (False, "2026-03-11")
        assert entry.detail["conditions"] == "信访形式为来电"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"conditions": {"channel": "pigeon"}}, "没有这样的适用条件"),
        ({"conditions": {"colour": "red"}}, "没有这样的适用条件"),
        ({"conditions": {"unit": "987654"}}, "没有这样的适用条件"),
        ({"conditions": {"unit": "x"}}, "没有这样的适用条件"),
        ({"length": 0}, "不能是0"),
        ({"ladder": ((StepKind.REMIND, -100 * 24 * 60, Role.HANDLER), *SHORT_DAYS)}, "永远不会发出"),
        ({"length": -5}, "不能是-5"),
        ({"valid_from": date(2026, 3, 9)}, "施行日期不能早于今天"),
        (
            {"code": "conclusion", "unit": LengthUnit.CALENDAR_DAY, "length": 61, "ladder": DAYS},
            "规定最长60日",
        ),
        (
            {
                "code": "petitioner_window",
                "unit": LengthUnit.CALENDAR_DAY,
                "length": 30,
                "ladder": LAPSE_ONLY,
            },
            "权利期对谁都一样",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(change, changes, sentence):
    assert sentence in refused(change, **changes)


class TestTheGeneralRule:
    def test_it_must_be_there_under_every_special_one(self, change):
        Rule.objects.filter(code="reforwarding").update(valid_until=date(2026, 6, 1))
        assert "2026年6月1日（周一）没有一般规定" in refused(change)

    def test_it_does_not_end_where_cases_need_it(self, end):
        rule = Rule.objects.get(code="reforwarding")
        assert "不能停用，否则期限会中断" in refused(end, rule)
        law = Rule.objects.get(code="conclusion", valid_until=None)
        assert "不能停用，否则期限会中断" in refused(end, law)

    def test_an_order_of_the_district_ends_after_what_leans_on_it(self, change, end):
        general = Rule.objects.get(code="call_30")
        special = change(code="call_30", unit=LengthUnit.MINUTE, length=20, ladder=TEN_MINUTES).rule
        assert "还有按条件的规定以它为底" in refused(end, general)
        end(special)
        assert "没有别的规定可以改按" in refused(end, general, TODAY, running=True)
        end(general)
        assert selectors.rulebook().in_force("call_30", NOW + timedelta(days=1), HOTLINE) is None


class TestEnding:
    def test_days_that_cannot_be(self, change, end):
        special = change().rule
        assert "停用日期不能早于今天" in refused(end, special, date(2026, 3, 9))
        assert "停用日期须在其后；还没施行的可以撤回" in refused(end, special, TODAY)
        assert "停用日期须为今天" in refused(end, special, date(2026, 4, 1), running=True)
        end(special, date(2026, 4, 1))
        assert "不用再停用" in refused(end, special, date(2026, 5, 1))

    def test_nobody_else_ends_one(self, change, end):
        assert refused(end, change().rule, who="petition_officer") == "期限规则由系统管理员登记。"


class TestWithdrawing:
    def take_back(self, cast, rule, at=NOW, then="before"):
        withdraw_rule(actor=cast.actor("sysadmin"), rule=rule, reason="登记错了", then=then, at=at)

    def test_one_to_come_goes_and_the_one_before_it_goes_on(self, cast, change):
        general = Rule.objects.get(code="reforwarding")
        coming = change(conditions={}, valid_from=date(2026, 5, 1)).rule
        self.take_back(cast, coming)
        general.refresh_from_db()
        assert general.valid_until is None
        assert not Rule.objects.filter(pk=coming.pk).exists()
        assert AuditEntry.objects.get(act="rule.withdraw").detail["reason"] == "登记错了"

    def test_what_then_holds_is_asked_and_nothing_revives_by_itself(self, cast, change):
        special = change().rule
        coming = change(length=3, valid_from=date(2026, 5, 1)).rule
        assert "请选择撤回以后" in refused(self.take_back, cast, coming, then="")
        self.take_back(cast, coming, then="none")
        special.refresh_from_db()
        assert special.valid_until == date(2026, 5, 1)
        assert AuditEntry.objects.get(act="rule.withdraw").detail["then"] == "none"

    def test_what_cases_need_goes_on_or_is_not_withdrawn(self, cast, change):
        coming = change(conditions={}, valid_from=date(2026, 5, 1)).rule
        assert "不能停用，否则期限会中断" in refused(self.take_back, cast, coming, then="none")
        assert Rule.objects.filter(pk=coming.pk).exists()

    def test_without_one_before_it_nothing_is_asked(self, cast, change):
        coming = change(valid_from=date(2026, 5, 1)).rule
        self.take_back(cast, coming, then="")
        assert not Rule.objects.filter(pk=coming.pk).exists()

    def test_one_in_force_is_not_deleted(self, cast, change):
        assert "已经施行，不能删除" in refused(self.take_back, cast, change().rule)

    def test_one_that_clocks_run_under_or_ran_is_not_deleted(self, cast, change, lay):
        coming = change(valid_from=date(2026, 4, 1)).rule
        (clock,) = lay(
            "reforwarding", "2026-04-01T10:00", facts=HOTLINE
        )  # as a public notice starts a window
        assert clock.rule == coming
        assert "已有期限按这个版本计算，不能删除" in refused(self.take_back, cast, coming)
        stop(clock, moment("2026-04-01T11:00"))
        assert "已有期限按这个版本计算，不能删除" in refused(self.take_back, cast, coming)

"""New versions of rules: what a district may say, what it may not, and what becomes of what runs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.enums import Role
from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day
from deadlines import selectors
from deadlines.enums import LengthUnit, StepKind
from deadlines.models import ClockEntry, Rule
from deadlines.rules_table import DAYS, THIRTY_MINUTES
from deadlines.services import NewVersion, change_rule, checking, foresee_rule, ruling, sweep
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from notifications.models import Notice

pytestmark = pytest.mark.django_db
NOW = moment("2026-03-10T09:00")
CONCLUSION = NewVersion(
    code="conclusion",
    basis="《信访工作条例》第三十四条；本区〔2026〕3号文：45日内办结",
    length=45,
    unit=LengthUnit.CALENDAR_DAY,
    rolls=True,
    extension_limit=30,
    valid_from=local_day(NOW),
    ladder=DAYS,
)


@pytest.fixture(autouse=True)
def only_eggs(monkeypatch):
    monkeypatch.setattr(ruling, "clock_classes", lambda: [Egg])


@pytest.fixture
def change(cast):
    def make(new=CONCLUSION, *, running=False, who="sysadmin", reason="区委第 3 次会议", at=NOW):
        return change_rule(actor=cast.actor(who), new=new, running=running, reason=reason, at=at)

    return make


def refused(change, **options):
    before = list(Rule.objects.values_list("pk", "valid_until"))
    with pytest.raises(Refusal) as why:
        change(**options)
    assert list(Rule.objects.values_list("pk", "valid_until")) == before
    return why.value.sentence


class TestWhatRuns:
    def test_keeps_its_version_and_what_starts_later_has_the_new_one(self, lay, change):
        (old,) = lay("conclusion", "2026-03-02T09:00")
        due = old.due_at
        made = change()
        (new,) = lay("conclusion", "2026-03-10T10:00")
        old.refresh_from_db()
        assert (old.due_at, old.rule.length) == (due, 60)
        assert (new.rule, new.raw_due_at.date()) == (made.rule, date(2026, 4, 24))
        assert (made.running, made.moved) == (0, 0)
        assert Rule.objects.get(pk=old.rule_id).valid_until == date(2026, 3, 10)

    def test_goes_over_to_it_where_that_was_chosen_and_the_ledger_says_so(self, lay, change):
        (egg,) = lay("conclusion", "2026-03-02T09:00")
        made = change(running=True)
        egg.refresh_from_db()
        assert (made.running, made.moved) == (1, 1)
        assert (egg.rule, egg.raw_due_at.date()) == (made.rule, date(2026, 4, 16))
        assert egg.explanation["basis"] == CONCLUSION.basis
        assert list(ClockEntry.objects.values_list("kind", flat=True)) == ["start", "rule"]
        assert not list(checking.faults(Egg))

    def test_alerts_of_the_new_ladder_come_though_the_old_ones_rungs_were_told(self, lay, change):
        (egg,) = lay("conclusion", "2026-03-02T09:00")
        sweep(Egg, now=egg.due_at - timedelta(days=2))
        assert Notice.objects.count() == 1
        at = egg.due_at - timedelta(days=1)
        later = replace(CONCLUSION, length=60, valid_from=local_day(at), ladder=DAYS[1:])
        change(later, running=True, at=at)
        egg.refresh_from_db()
        sweep(Egg, now=egg.due_at + timedelta(minutes=1))
        assert (
            Notice.objects.count() == 3
        )  # the reminder of before; the unit's handler and head of the breach

    def test_a_length_somebody_chose_for_one_clock_stays(self, lay, change):
        (egg,) = lay("conclusion", "2026-03-02T09:00", length=20)
        change(running=True)
        egg.refresh_from_db()
        assert egg.raw_due_at.date() == date(2026, 3, 22)

    def test_an_extension_stays_behind_the_new_length(self, lay, change):
        from deadlines.services import extend

        (egg,) = lay("conclusion", "2026-03-02T09:00")
        extend(egg, 30, moment("2026-03-09T09:00"))
        change(running=True)
        egg.refresh_from_db()
        assert (egg.extended_days, egg.raw_due_at.date()) == (30, date(2026, 5, 16))
        assert not list(checking.faults(Egg))

    def test_stopped_clocks_are_left_alone(self, lay, change):
        from deadlines.services import stop

        (egg,) = lay("conclusion", "2026-03-02T09:00")
        stop(egg, moment("2026-03-05T09:00"))
        assert change(running=True).running == 0

    def test_it_cannot_go_over_to_what_is_not_yet_in_force(self, change):
        later = replace(CONCLUSION, valid_from=date(2026, 4, 1))
        assert "施行日期须为今天" in refused(change, new=later, running=True)


def test_what_would_become_of_it_is_seen_before_and_nothing_is_kept(lay, change):
    lay("conclusion", "2026-03-02T09:00")
    lay("conclusion", "2026-01-20T09:00")
    before = Rule.objects.count()
    seen = foresee_rule(CONCLUSION, at=NOW)
    assert (seen.looked_at, seen.moving, seen.earlier, seen.late) == (2, 2, 2, 1)
    assert [move.due.due_at.date() for move in seen.shown] == [date(2026, 3, 6), date(2026, 4, 16)]
    assert Rule.objects.count() == before
    assert change(running=True).moved == 2


def test_the_choice_and_its_reason_are_on_record(lay, change, cast):
    lay("conclusion", "2026-03-02T09:00")
    change(running=True)
    entry = AuditEntry.objects.get(act="rule.change")
    assert entry.user_id == cast.sysadmin.pk
    assert {key: entry.detail[key] for key in ("code", "running", "clocks", "clocks_moved", "reason")} == {
        "code": "conclusion",
        "running": True,
        "clocks": 1,
        "clocks_moved": 1,
        "reason": "区委第 3 次会议",
    }


@pytest.mark.parametrize("who", ["petition_officer", "secadmin", "leader"])
def test_nobody_else_changes_a_rule(change, who):
    assert refused(change, who=who) == "期限规则由系统管理员登记。"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"length": 0}, "期限须在1至3660日之间，不能是0。"),
        ({"length": -5}, "期限须在1至3660日之间，不能是-5。"),
        ({"length": None}, "请填写期限。"),
        ({"length": 61}, "规定最长60日，可以规定得更短，不能更长。"),
        ({"unit": LengthUnit.WORKING_DAY}, "规定按“日”计，单位不能改。"),
        ({"unit": LengthUnit.HOUR}, "不能互换"),
        ({"extension_limit": 31}, "规定最长延长30日。"),
        ({"extension_limit": 0}, "须在1至365之间"),
        ({"basis": " "}, "请写明依据"),
        ({"valid_from": date(2026, 3, 9)}, "施行日期不能早于今天"),
        ({"code": "no_such_rule"}, "没有这条规则。"),
        ({"ladder": [(StepKind.REMIND, -1440, Role.HANDLER)]}, "阶梯没有终点"),
        ({"ladder": [*DAYS, (StepKind.ESCALATE, 9999, Role.LEADER)]}, "上报绕了回来：领导"),
        ({"ladder": [*DAYS, DAYS[1]]}, "完全相同"),
        (
            {
                "ladder": [
                    DAYS[1],
                    (StepKind.ESCALATE, 1440, Role.INSPECTOR),
                    (StepKind.ESCALATE, 2880, Role.UNIT_HEAD),
                ]
            },
            "报过“督查专员”以后，不能再报给“单位负责人”",
        ),
        ({"valid_from": date(9999, 12, 31)}, "施行日期离今天超过十年"),
        ({"ladder": [*DAYS, (StepKind.REMIND, 60, Role.HANDLER)]}, "提醒须在到期之前"),
        ({"ladder": [*DAYS, (StepKind.BREACH, 0, Role.AUDITOR)]}, "不办件"),
        ({"ladder": [*DAYS, (StepKind.REMIND, -999_999, Role.HANDLER)]}, "不能超过365天"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(change, changes, sentence):
    assert sentence in refused(change, new=replace(CONCLUSION, **changes))


def test_a_reason_is_asked_for(change):
    assert "请写明改规则的理由" in refused(change, reason=" ")


def test_the_petitioners_window_is_neither_shortened_nor_lengthened(change):
    window = Rule.objects.get(code="petitioner_window", valid_until=None)
    rungs = [(StepKind.LAPSE, 0, Role.SYSTEM)]
    for length in (29, 31):
        new = replace(CONCLUSION, code=window.code, length=length, extension_limit=None, ladder=rungs)
        assert "信访人的权利期" in refused(change, new=new)


def test_no_gap_is_left_in_what_the_law_sets(change):
    Rule.objects.filter(code="conclusion", valid_until=None).update(valid_until=date(2026, 3, 1))
    assert "法定期限不能中断" in refused(change)


def test_an_order_of_the_district_may_begin_again_after_a_while_and_be_longer(change):
    Rule.objects.filter(code="call_30").update(valid_until=date(2026, 3, 1))
    new = NewVersion(
        "call_30", "本区〔2026〕5号文", 45, LengthUnit.MINUTE, True, None, local_day(NOW), THIRTY_MINUTES
    )
    assert change(new).rule.length == 45
    assert selectors.rulebook().in_force("call_30", moment("2026-03-05T09:00")) is None
    assert selectors.rulebook().in_force("call_30", NOW).length == 45


def test_a_second_version_waits_behind_the_one_that_is_to_come(change):
    change(replace(CONCLUSION, valid_from=date(2026, 5, 1)))
    assert "已有2026年5月1日（周五）起施行的版本" in refused(change)
    (row,) = [row for row in selectors.rules_in_force(NOW) if row.rule.code == "conclusion"]
    assert (row.rule.length, row.coming.length) == (60, 45)

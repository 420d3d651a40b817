"""Reminders after a share of the time: half of it, four fifths of it, whatever the length is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines import selectors
from deadlines.enums import Hours, LengthUnit, StepKind
from deadlines.models import Rule, RuleStep
from deadlines.rules_table import DAY, DAYS, Share
from deadlines.services import NewVersion, change_rule, checking, extend, ruling, sweep
from deadlines.services.clocks import leave_out
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from notifications.models import Notice

pytestmark = pytest.mark.django_db
NOW = moment("2026-03-02T06:00")
HALF = (StepKind.REMIND, Share(50), Role.HANDLER)
MOST = (StepKind.REMIND, Share(80), Role.UNIT_HEAD)
SHARED = NewVersion(
    code="conclusion",
    basis="《信访工作条例》第三十四条；本区〔2026〕3号文",
    length=60,
    unit=LengthUnit.CALENDAR_DAY,
    rolls=True,
    extension_limit=30,
    valid_from=local_day(NOW),
    ladder=[*DAYS, MOST, HALF],
)


@pytest.fixture(autouse=True)
def only_eggs(monkeypatch):
    monkeypatch.setattr(ruling, "clock_classes", lambda: [Egg])


@pytest.fixture
def change(cast):
    def make(new=SHARED, **changes):
        return change_rule(
            actor=cast.actor("sysadmin"), new=replace(new, **changes), running=False, reason="会议", at=NOW
        ).rule

    return make


def story(clock):
    return [(rung.at, rung.share) for rung in selectors.explain(clock).rungs]


def test_they_come_when_so_much_of_the_time_has_passed(lay, change):
    change()
    (clock,) = lay("conclusion", "2026-03-02T12:00")
    whole = clock.due_at - clock.started_at
    assert story(clock)[:3] == [
        (clock.started_at + whole / 2, "期限过去50%时"),
        (clock.started_at + whole * 80 / 100, "期限过去80%时"),
        (clock.due_at - timedelta(days=3), ""),
    ]
    assert clock.next_at == clock.soon_at == clock.started_at + whole / 2
    assert sweep(Egg, now=clock.next_at - timedelta(seconds=1)).alerts == 0
    assert sweep(Egg, now=clock.next_at).alerts == 1
    assert sweep(Egg, now=clock.due_at - timedelta(days=3)).alerts == 2
    assert sweep(Egg, now=clock.due_at + timedelta(days=9)).alerts == 6
    assert Notice.objects.count() == 9


def test_the_order_is_that_of_the_clock_and_not_of_the_table(lay, change):
    """80 % of 60 days is before "three days before the end", of five days after it."""
    change()
    (clock,) = lay("conclusion", "2026-03-02T12:00", length=5)
    moments = [at for at, _ in story(clock)]
    assert moments == sorted(moments)
    assert [share for _, share in story(clock)][:3] == ["期限过去50%时", "", "期限过去80%时"]
    for at in moments:
        sweep(Egg, now=at)
    assert Notice.objects.count() == 9
    assert len(set(Notice.objects.values_list("dedupe_key", flat=True))) == 9


def test_an_extension_begins_the_shares_anew(lay, change):
    change()
    (clock,) = lay("conclusion", "2026-03-02T12:00")
    at = clock.due_at - timedelta(days=2)
    sweep(Egg, now=at)
    extend(clock, 30, at)
    whole = clock.due_at - clock.started_at
    assert clock.next_at == clock.started_at + whole * 80 / 100
    assert not list(checking.faults(Egg))


def test_nothing_is_lost_or_told_twice_where_a_move_changes_the_order(lay, change):
    """Left-out days begin the ladder anew; a calendar that moves the end leaves what is done done."""
    from deadlines.rulebook import rulebook
    from deadlines.services.clocks import count_anew, take_count
    from deadlines.services.standing import done_rungs, take_up

    change(length=20, ladder=[(StepKind.REMIND, Share(80), Role.HANDLER), *DAYS])
    (clock,) = lay("conclusion", "2026-03-02T12:00", length=14)
    book = rulebook()
    assert [share for _, share in story(clock)][:2] == ["", "期限过去80%时"]
    sweep(Egg, now=clock.next_at)
    clock.refresh_from_db()
    assert clock.step_no == 1  # three days before the end
    at, done = clock.due_at - timedelta(days=3), done_rungs(clock, book)
    clock.explanation["length"] = 16  # as if the end had moved: 80 % now comes first
    take_count(clock, count_anew(clock, book), book)
    assert take_up(clock, book, at, done) == []
    clock.save()
    assert clock.step_no == 0
    sweep(Egg, now=clock.due_at - timedelta(hours=1))
    assert Notice.objects.count() == 2
    leave_out(clock, 10, clock.due_at)
    assert clock.next_at > clock.started_at


def test_with_duty_hours_it_is_the_share_of_them(lay, change):
    change(
        code="call_30",
        length=60,
        unit=LengthUnit.MINUTE,
        extension_limit=None,
        hours=Hours.DUTY,
        ladder=[HALF, *((kind, 0, role) for kind, when, role in DAYS if when == 0)],
    )
    (clock,) = lay("call_30", "2026-03-06T17:10")  # a Friday; 20 minutes of duty are left
    assert (clock.next_at, clock.due_at) == (moment("2026-03-09T08:40"), moment("2026-03-09T09:10"))


@pytest.mark.parametrize(
    ("rung", "sentence"),
    [
        ((StepKind.REMIND, Share(0), Role.HANDLER), "1%至99%之间"),
        ((StepKind.REMIND, Share(100), Role.HANDLER), "1%至99%之间"),
        ((StepKind.ESCALATE, Share(50), Role.LEADER), "只能定到期前的提醒"),
        ((StepKind.BREACH, Share(50), Role.HANDLER), "只能定到期前的提醒"),
        ((StepKind.REMIND, Share(50), Role.AUDITOR), "不办件"),
        (HALF, "完全相同"),
    ],
)
def test_shares_that_cannot_be_are_refused(change, rung, sentence):
    before = Rule.objects.count()
    with pytest.raises(Refusal) as why:
        change(ladder=[*SHARED.ladder, rung])
    assert sentence in why.value.sentence
    assert Rule.objects.count() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "remind", "offset_minutes": None, "percent": None},
        {"kind": "remind", "offset_minutes": -5, "percent": 50},
        {"kind": "remind", "offset_minutes": None, "percent": 100},
        {"kind": "breach", "offset_minutes": None, "percent": 50},
        {"kind": "breach", "offset_minutes": None, "percent": None},
    ],
)
def test_the_database_knows_one_or_the_other(wrong):
    rule = Rule.objects.get(code="call_30")
    with pytest.raises(IntegrityError, match="rule_step_on_its_side_of_due"), transaction.atomic():
        RuleStep.objects.create(rule=rule, ordinal=90, role="handler", **wrong)


def test_they_are_typed_on_the_page_and_come_back_as_they_were(cast, client_as):
    data = {
        "basis": "本区文件",
        "length": "60",
        "unit": "calendar_day",
        "rolls": "on",
        "extension_limit": "30",
        "valid_from": local_day(now()).isoformat(),
        "running": "keep",
        "reason": "会议",
        "rung-TOTAL_FORMS": "3",
        "rung-INITIAL_FORMS": "0",
        "confirmed": "1",
    }
    rungs = [("remind", "1", "day"), ("breach", "0", "day"), ("remind", "80", "percent")]
    for place, (kind, number, per) in enumerate(rungs):
        named = {"kind": kind, "number": number, "per": per, "role": "handler"}
        data |= {f"rung-{place}-{name}": value for name, value in named.items()}
    admin = client_as(cast.sysadmin)
    wrong = admin.post("/staff/rules/conclusion/new/", data | {"rung-2-number": "120"})
    assert wrong.status_code == 422 and "1%至99%之间" in wrong.content.decode()
    page = admin.post("/staff/rules/conclusion/new/", data, follow=True).content.decode()
    assert "期限过去80%时 到期提醒：承办人" in page
    steps = Rule.objects.get(code="conclusion", valid_until=None).steps.order_by("ordinal")
    assert [(step.percent, step.offset_minutes) for step in steps] == [(80, None), (None, -DAY), (None, 0)]
    rows = [one.initial for one in admin.get("/staff/rules/conclusion/new/").context["rungs"].forms]
    assert rows[0] == {"kind": "remind", "number": 80, "per": "percent", "role": "handler"}

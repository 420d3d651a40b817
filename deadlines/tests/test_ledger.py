"""Every change to a clock is a line, whoever made it; and every due date follows from the lines alone."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from deadlines import ledger
from deadlines.models import ClockEntry, Rule, RuleStep
from deadlines.registry import clock_classes
from deadlines.rulebook import rulebook
from deadlines.selectors import ledger_of
from deadlines.services import calendar as calendar_service
from deadlines.services import checking, extend, load_year, stop, sweep
from deadlines.services.calendar import DayRow, foresee_year
from deadlines.services.clocks import hold_back, leave_out
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg

pytestmark = pytest.mark.django_db
#: As the State Council published it for 2026, moved by a day, so that a date in January is another one.
TABLE_2027 = [
    DayRow(date(2027, 1, 1), False, "元旦"),
    DayRow(date(2027, 1, 3), True, "元旦调休上班"),
]


@pytest.fixture(autouse=True)
def only_eggs(monkeypatch):
    monkeypatch.setattr(calendar_service, "clock_classes", lambda: [Egg])


def kinds(egg):
    return list(ClockEntry.objects.filter(clock_id=egg.pk).values_list("kind", flat=True))


def test_a_start_is_a_line_with_all_that_the_date_follows_from(lay):
    (egg,) = lay("feedback", "2026-03-02T09:00", due_on=date(2026, 4, 1))
    line = ClockEntry.objects.get(clock_id=egg.pk)
    assert (line.clock_class, line.kind, line.rule) == ("deadlines_tests.egg", "start", egg.rule)
    assert (line.started_at, line.due_on, line.length) == (egg.started_at, date(2026, 4, 1), None)
    assert (line.raw_due_at, line.due_at) == (egg.raw_due_at, egg.due_at)
    assert line.calendar == rulebook().calendar.version > 0


def test_many_clocks_made_at_once_have_a_line_each_in_their_order(lay):
    eggs = lay("notice", "2026-03-02T09:00", count=3)
    assert list(ClockEntry.objects.values_list("clock_id", flat=True)) == [egg.pk for egg in eggs]


def test_what_is_done_to_a_clock_is_told_in_order(lay):
    (egg,) = lay("conclusion", "2026-03-02T09:00")
    extend(egg, 30, moment("2026-04-20T09:00"))
    hold_back(egg, moment("2026-06-20T09:00"))
    stop(egg, moment("2026-06-10T09:00"))
    assert kinds(egg) == ["start", "extend", "hold", "stop"]
    assert not list(checking.faults(Egg))


def test_the_lines_are_told_in_sentences(lay):
    (egg,) = lay("conclusion", "2026-03-02T09:00")
    extend(egg, 30, moment("2026-04-20T09:00"))
    hold_back(egg, moment("2026-06-20T09:00"))
    stop(egg, moment("2026-06-10T09:00"))
    assert [line.sentence for line in ledger_of(egg)] == [
        "起算：自2026年3月2日（周一）09:00按“信访事项办结”计，2026年5月6日（周三）24:00到期。",
        "延长30日：到期日由2026年5月6日（周三）24:00改为2026年6月1日（周一）24:00。",
        "保留：2026年6月20日（周六）09:00前不届满，到期日不变。",
        "停止于2026年6月10日（周三）09:00，已超期。",
    ]


def test_a_breach_is_a_line_and_reminders_are_none(lay):
    (egg,) = lay("notice", "2026-03-02T09:00")
    sweep(Egg, now=egg.due_at - timedelta(minutes=1))
    assert kinds(egg) == ["start"]
    sweep(Egg, now=egg.due_at + timedelta(minutes=1))
    assert kinds(egg) == ["start", "breach"]
    assert not list(checking.faults(Egg))


def test_days_left_out_are_no_extension(lay):
    (egg,) = lay("final_review_30", "2026-03-02T09:00")
    leave_out(egg, 7, moment("2026-03-20T09:00"))
    assert kinds(egg) == ["start", "leave_out"]
    assert not list(checking.faults(Egg))


def test_a_year_that_was_entered_moves_what_was_provisional_and_says_so(lay):
    (egg,) = lay("objection", "2026-12-29T16:50")
    load_year(2027, TABLE_2027, source="")
    assert kinds(egg) == ["start", "move"]
    first, second = ClockEntry.objects.filter(clock_id=egg.pk)
    assert first.calendar < second.calendar
    assert not list(checking.faults(Egg))


def test_a_statement_past_all_doors_is_a_line_as_well_and_is_found(lay):
    good, bad = lay("notice", "2026-03-02T09:00", count=2)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deadlines_tests_egg SET due_at = due_at + interval '3 days' WHERE id = %s", [bad.pk]
        )
    assert kinds(bad) == ["start", "move"]
    (found,) = checking.faults(Egg)
    assert found.startswith(f"{bad.key}：台账第") and "应于2026年3月17日（周二）24:00到期" in found
    assert good.key not in found


def test_a_clock_changed_while_its_triggers_slept_is_found(lay):
    (egg,) = lay("notice", "2026-03-02T09:00")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE deadlines_tests_egg DISABLE TRIGGER USER")
        cursor.execute("UPDATE deadlines_tests_egg SET stopped_at = now(), next_at = NULL")
        cursor.execute("ALTER TABLE deadlines_tests_egg ENABLE TRIGGER USER")
    assert list(checking.faults(Egg)) == [f"{egg.key}：与台账最后一行不同：stopped_at。"]


def test_a_clock_that_is_gone_is_found(lay):
    (egg,) = lay("notice", "2026-03-02T09:00")
    key = egg.key
    egg.delete()
    assert list(checking.faults(Egg)) == [f"{key}：台账里有，时钟已不存在。"]


def test_nobody_changes_a_line_or_takes_one_away(lay):
    lay("notice", "2026-03-02T09:00")
    for change in (lambda rows: rows.update(kind="stop"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change(ClockEntry.objects.all())


def test_a_rule_by_which_clocks_were_counted_is_not_changed_any_more(lay):
    (egg,) = lay("notice", "2026-03-02T09:00")
    mine = Rule.objects.filter(pk=egg.rule_id)
    steps = RuleStep.objects.filter(rule=egg.rule)
    for change in (lambda: mine.update(length=20), steps.delete, lambda: steps.update(ordinal=99)):
        with pytest.raises(IntegrityError, match="a new version is due"), transaction.atomic():
            change()
    assert mine.update(valid_until=date(2030, 1, 1)) == 1
    assert Rule.objects.filter(code="simple_acceptance").update(length=4) == 1


class TestForeseeing:
    def test_it_says_what_will_move_and_moves_nothing(self, lay):
        (egg,) = lay("objection", "2026-12-29T16:50")
        lay("objection", "2026-12-01T16:50")
        seen = foresee_year(2027, TABLE_2027, at=moment("2026-12-30T09:00"))
        assert (seen.looked_at, seen.moving, seen.earlier, seen.late) == (2, 1, 1, 0)
        assert (seen.shown[0].clock, seen.shown[0].due.due_at.date()) == (egg, date(2027, 1, 5))
        assert kinds(egg) == ["start"]
        assert load_year(2027, TABLE_2027, source="").moved == 1

    def test_a_later_table_never_brings_a_date_nearer_that_a_table_had_settled(self, lay):
        load_year(2027, [*TABLE_2027, DayRow(date(2027, 1, 4), False, "本地停工")], source="")
        (egg,) = lay("objection", "2026-12-29T16:50")
        before = egg.due_at
        seen = foresee_year(2027, TABLE_2027, at=moment("2026-12-30T09:00"))
        assert (seen.looked_at, seen.moving) == (1, 0)
        load_year(2027, TABLE_2027, source="")
        egg.refresh_from_db()
        assert egg.due_at == before
        assert not list(checking.faults(Egg))

    def test_a_local_closure_puts_off_what_would_end_on_it(self, lay):
        load_year(2027, TABLE_2027, source="")
        (egg,) = lay("objection", "2026-12-29T16:50")
        load_year(2027, [*TABLE_2027, DayRow(date(2027, 1, 5), False, "暴雪停工")], source="")
        egg.refresh_from_db()
        assert egg.due_at.date() == date(2027, 1, 6) and not egg.provisional
        assert not list(checking.faults(Egg))


def test_every_clock_of_the_house_has_its_ledger():
    assert ledger.missing(clock_classes()) == []


def test_the_command_names_what_differs_and_fails(lay, monkeypatch, capsys):
    monkeypatch.setattr("deadlines.management.commands.check_deadlines.clock_classes", lambda: [Egg])
    (egg,) = lay("notice", "2026-03-02T09:00")
    assert call_command("check_deadlines") == "1个时钟都与台账相符。"
    Egg.objects.filter(pk=egg.pk).update(due_at=egg.due_at + timedelta(days=1))
    with pytest.raises(CommandError, match="1个时钟中有1处与台账不符"):
        call_command("check_deadlines")
    assert egg.key in capsys.readouterr().err

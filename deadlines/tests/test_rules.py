from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.enums import Role
from deadlines import selectors
from deadlines.arithmetic import CountingError
from deadlines.enums import LengthUnit, RuleCode, StepKind
from deadlines.models import Rule, RuleStep
from deadlines.rules_table import VERSIONS
from deadlines.tests.conftest import moment

pytestmark = pytest.mark.django_db


def present(code):
    return Rule.objects.get(code=code, valid_until=None)


@pytest.mark.parametrize(
    ("code", "length", "unit", "article"),
    [
        ("forwarding", 15, LengthUnit.CALENDAR_DAY, "第二十二条"),
        ("notice", 15, LengthUnit.CALENDAR_DAY, "第二十三条"),
        ("objection", 5, LengthUnit.WORKING_DAY, "第二十三条"),
        ("reforwarding", 5, LengthUnit.WORKING_DAY, "本区规定"),
        ("conclusion", 60, LengthUnit.CALENDAR_DAY, "第三十四条"),
        ("petitioner_window", 30, LengthUnit.CALENDAR_DAY, "第三十五条"),
        ("respond_10", 10, LengthUnit.MINUTE, "10-30-24"),
        ("call_30", 30, LengthUnit.MINUTE, "10-30-24"),
        ("first_round_24", 24, LengthUnit.HOUR, "10-30-24"),
        ("feedback", None, LengthUnit.CALENDAR_DAY, "第二十二条"),
        ("instruction", None, LengthUnit.CALENDAR_DAY, "批示"),
        ("package", None, LengthUnit.CALENDAR_DAY, "第十八条"),
    ],
)
def test_the_rules_of_today_are_rows_with_their_article(code, length, unit, article):
    rule = present(code)
    assert (rule.length, rule.unit) == (length, unit)
    assert article in rule.basis


def test_every_code_the_program_refers_to_has_a_rule():
    assert set(Rule.objects.values_list("code", flat=True)) == set(RuleCode.values)


def test_an_old_case_is_counted_under_the_rule_of_its_day():
    book = selectors.rulebook()
    old, new = (book.rule("conclusion", moment(day)) for day in ("2022-04-30T23:59", "2022-05-01T00:00"))
    assert "第三十三条" in old.basis
    assert "第三十四条" in new.basis
    assert old.pk != new.pk


def test_an_unknown_code_and_a_day_without_a_version_are_refused_with_a_sentence():
    book = selectors.rulebook()
    with pytest.raises(CountingError, match="没有代码为“nope”的期限规则"):
        book.rule("nope", moment("2026-01-01"))
    with pytest.raises(CountingError, match="没有有效的规则"):
        book.rule("notice", moment("1999-12-31T09:00"))


def test_two_versions_of_a_code_never_hold_on_the_same_day():
    rule = present("notice")
    with pytest.raises(IntegrityError, match="rule_one_version_at_a_time"), transaction.atomic():
        Rule.objects.create(
            code="notice",
            name="x",
            basis="x",
            length=10,
            unit=LengthUnit.CALENDAR_DAY,
            valid_from=date(2027, 1, 1),
        )
    rule.valid_until = date(2027, 1, 1)
    rule.save()
    Rule.objects.create(
        code="notice", name="x", basis="x", length=10, unit=rule.unit, valid_from=date(2027, 1, 1)
    )
    assert selectors.rulebook().rule("notice", moment("2027-01-01T00:00")).length == 10
    assert selectors.rulebook().rule("notice", moment("2026-12-31T23:59")).length == 15


@pytest.mark.parametrize(
    "wrong",
    [
        {"length": 0},
        {"valid_until": date(2022, 5, 1)},
        {"valid_until": date(2020, 1, 1)},
        {"extension_limit": 0},
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_the_database(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.filter(code="notice", valid_until=None).update(**wrong)


@pytest.mark.parametrize(
    ("code", "ladder"),
    [
        (
            "notice",
            [
                ("remind", -4320, "handler"),
                ("breach", 0, "handler"),
                ("breach", 0, "unit_head"),
                ("escalate", 1440, "unit_head"),
                ("escalate", 2880, "leader"),
                ("escalate", 4320, "petition_officer"),
                ("escalate", 7200, "inspector"),
            ],
        ),
        (
            "respond_10",
            [
                ("remind", -3, "handler"),
                ("breach", 0, "handler"),
                ("breach", 0, "unit_head"),
                ("escalate", 5, "unit_head"),
                ("escalate", 10, "leader"),
                ("escalate", 15, "petition_officer"),
                ("escalate", 30, "inspector"),
            ],
        ),
        ("petitioner_window", [("lapse", 0, "system")]),
    ],
)
def test_the_ladder_climbs_from_the_handler_to_the_inspector(code, ladder):
    steps = RuleStep.objects.filter(rule=present(code)).order_by("ordinal")
    assert [(step.kind, step.offset_minutes, step.role) for step in steps] == ladder


def test_every_ladder_climbs_in_order_and_names_roles_that_exist():
    for version in VERSIONS:
        offsets = [offset for _, offset, _ in version.ladder]
        assert offsets == sorted(offsets), version.code
        assert all(isinstance(role, Role) for _, _, role in version.ladder)


def test_a_reminder_after_the_due_moment_is_refused_by_the_database():
    step = RuleStep.objects.filter(kind=StepKind.REMIND).first()
    with pytest.raises(IntegrityError, match="rule_step_on_its_side_of_due"), transaction.atomic():
        RuleStep.objects.filter(pk=step.pk).update(offset_minutes=5)


def test_the_rulebook_costs_one_query_until_something_changes(django_assert_num_queries):
    selectors.rulebook()
    with django_assert_num_queries(1):
        first = selectors.rulebook()
    Rule.objects.filter(code="notice").update(name="告知")
    with django_assert_num_queries(5):
        second = selectors.rulebook()
    assert (first is second, second.rule("notice", moment("2026-01-01")).name) == (False, "告知")


def test_a_change_that_is_rolled_back_leaves_the_rulebook_as_it_was():
    before = selectors.rulebook()
    with transaction.atomic():
        Rule.objects.filter(code="notice").update(name="告知")
        assert selectors.rulebook().rule("notice", moment("2026-01-01")).name == "告知"
        transaction.set_rollback(True)
    after = selectors.rulebook()
    assert after.rule("notice", moment("2026-01-01")).name == "受理告知"
    assert after.stamp == before.stamp


def test_a_change_by_bare_sql_is_seen_too():
    selectors.rulebook()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE deadlines_rule SET length = 14 WHERE code = 'notice' AND valid_until IS NULL")
    assert selectors.rulebook().rule("notice", moment("2026-01-01")).length == 14

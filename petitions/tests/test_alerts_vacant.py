"""Empty posts, and cases nobody is named for: an alert goes up, never to nobody, and the administrator hears of it."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import DutyShift, Post, User
from core.timekeeping import SHANGHAI
from deadlines.enums import StepKind
from deadlines.ladder import DueStep
from deadlines.models import RuleStep
from deadlines.services import sweep
from notifications.models import Notice
from petitions.enums import RecusalGround, Status
from petitions.models import Petition, PetitionClock
from petitions.services import alerts, handling, recusing, scope, sealing, telling
from petitions.services.alerts import Recipients

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 4, 10, 0, tzinfo=SHANGHAI)
NOTICE = "notice"


def leave(*roles, unit=None):
    """These posts end before ``AT``."""
    posts = Post.objects.filter(role__in=roles)
    if unit is not None:
        posts = posts.filter(unit=unit)
    posts.update(valid_until=AT.date())


def step_of(case, role, kind=StepKind.ESCALATE, at=AT):
    clock = PetitionClock.objects.select_related("petition__complained_unit", "unit", "rule").get(
        petition=case, rule__code=NOTICE
    )
    rung = RuleStep.objects.filter(rule=clock.rule, role=role, kind=kind).order_by("offset_minutes")[0]
    return DueStep(clock, rung, at, timedelta())


def told(case, role, kind=StepKind.ESCALATE):
    """Whoever is led to the act and whoever is led to the case."""
    step = step_of(case, role, kind)
    lines = [line for line in alerts.lines([step]) if line.dedupe_key == step.key]
    return sorted(pk for line in lines for pk in line.recipients)


def vacancies():
    return Notice.objects.filter(dedupe_key__startswith="vacant:")


@pytest.fixture
def case(make_case):
    return make_case(until=Status.FORWARDED)


class TestNobodyInThePost:
    def test_the_alert_goes_one_step_up_and_the_administrator_hears_of_the_empty_post(self, case, cast):
        leave(Role.HANDLER, unit=cast.units.urban)
        found = alerts.lines([step_of(case, Role.HANDLER, StepKind.REMIND)])
        assert list(found[0].recipients) == [cast.unit_head.pk]
        assert list(found[1].recipients) == [cast.sysadmin.pk]
        assert "城市管理局" in found[1].text and "承办人" in found[1].text
        assert case.number not in found[1].text and found[1].about == ""

    def test_a_village_without_people_reports_to_the_head_of_its_town(self, case, cast):
        head = User.objects.create(username="town_head", name="马镇")
        Post.objects.create(
            user=head, unit=cast.units.dongxi, role=Role.UNIT_HEAD, valid_from=AT.date() - timedelta(days=9)
        )
        assert Recipients(AT).of(case, cast.units.liuwan, Role.HANDLER) == [head.pk]

    def test_of_a_post_that_is_held_nothing_is_said(self, case):
        assert len(alerts.lines([step_of(case, Role.HANDLER, StepKind.REMIND)])) == 1

    def test_the_sweep_writes_one_notice_per_post_and_day_whatever_the_number_of_clocks(
        self, make_case, cast
    ):
        for _n in range(3):
            make_case(until=Status.FORWARDED)
        leave(Role.HANDLER, unit=cast.units.urban)
        late = AT + timedelta(days=20)
        sweep(PetitionClock, now=late)
        mine = vacancies().filter(recipient=cast.sysadmin, text__contains="承办人")
        assert mine.count() == 1
        PetitionClock.objects.filter(rule__code=NOTICE).update(step_no=1, next_at=late)
        sweep(PetitionClock, now=late)
        assert mine.count() == 1
        PetitionClock.objects.filter(rule__code=NOTICE).update(step_no=0, next_at=late)
        sweep(PetitionClock, now=late + timedelta(days=1))
        assert mine.count() == 2

    def test_with_nobody_left_on_the_ladder_the_administrator_is_told_of_the_case_by_its_number(
        self, case, cast
    ):
        leave(*(role for role in Role if role not in {Role.SYSTEM_ADMIN, Role.SYSTEM}))
        assert told(case, Role.HANDLER, StepKind.BREACH) == [cast.sysadmin.pk]

    def test_a_leader_who_reads_the_case_comes_before_the_administrator(self, case, cast):
        leave(Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.INSPECTOR)
        assert told(case, Role.PETITION_OFFICER) == [cast.leader.pk]

    def test_an_administrator_of_what_is_complained_of_is_not_told_of_the_case(self, make_case, cast):
        case = make_case(until=Status.FORWARDED)
        case.complained_unit = cast.units.petition_office
        case.save(update_fields=["complained_unit"])
        scope.rebuild(case)
        leave(*(role for role in Role if role not in {Role.SYSTEM_ADMIN, Role.SYSTEM}))
        found = alerts.lines([step_of(case, Role.HANDLER, StepKind.BREACH)])
        assert list(found[0].recipients) == []
        assert any(cast.sysadmin.pk in line.recipients for line in found[1:])
        assert all(case.number not in line.text for line in found[1:])

    def test_of_a_sealed_case_nobody_outside_its_route_hears_while_somebody_is_within(self, make_case, cast):
        case = make_case(until=Status.ACCEPTED)
        sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="违纪", at=AT)
        case = Petition.objects.get(pk=case.pk)
        found = Recipients(AT)
        assert found.of(case, cast.units.discipline, Role.UNIT_HEAD) == [cast.discipline_officer.pk]
        assert found.vacancies.lines() == [] or all(
            case.number not in line.text and line.about == "" for line in found.vacancies.lines()
        )


class TestQueries:
    def lines_queries(self, due):
        with CaptureQueriesContext(connection) as seen:
            alerts.lines(due)
        return len(seen)

    def test_many_clocks_of_many_units_cost_no_more_queries_than_one(self, make_case, cast):
        leave(Role.HANDLER)
        units = (
            cast.units.urban,
            cast.units.housing,
            cast.units.dongxi,
            cast.units.xiling,
            cast.units.liuwan,
        )
        cases = [make_case(until=Status.FORWARDED) for _unit in units]
        for case, unit in zip(cases, units, strict=True):
            PetitionClock.objects.filter(petition=case).update(unit=unit)
            Petition.objects.filter(pk=case.pk).update(lead_unit=unit)
        due = [
            step_of(case, role) for case in cases for role in (Role.UNIT_HEAD, Role.LEADER, Role.INSPECTOR)
        ]
        assert self.lines_queries(due) == self.lines_queries(due[:3])


class TestNobodyNamed:
    def test_the_head_is_reminded_beside_the_handlers(self, case, cast):
        assert told(case, Role.HANDLER, StepKind.REMIND) == sorted([cast.handler.pk, cast.unit_head.pk])

    def test_a_late_case_is_escalated_to_the_head_and_to_the_office_that_sent_it(self, case, cast):
        reached = told(case, Role.UNIT_HEAD)
        assert {cast.unit_head.pk, cast.petition_officer.pk} <= set(reached)
        assert cast.handler.pk not in reached and cast.town_clerk.pk not in reached

    def test_at_the_breach_the_head_has_a_rung_of_their_own_and_is_told_once(self, case, cast):
        due = [step_of(case, role, StepKind.BREACH) for role in (Role.HANDLER, Role.UNIT_HEAD)]
        first, second = (list(line.recipients) for line in alerts.lines(due)[:2])
        assert (first, second) == ([cast.handler.pk], [cast.unit_head.pk])

    def test_where_somebody_is_named_it_stays_with_them_and_their_head(self, case, cast):
        handling.name_responsible(
            petition=case, actor=cast.actor("unit_head"), user=cast.handler, at=AT - timedelta(hours=1)
        )
        assert told(case, Role.HANDLER, StepKind.REMIND) == [cast.handler.pk]
        assert told(case, Role.UNIT_HEAD) == [cast.unit_head.pk]

    def test_whoever_was_named_and_has_left_counts_as_nobody(self, case, cast):
        handling.name_responsible(
            petition=case, actor=cast.actor("unit_head"), user=cast.handler, at=AT - timedelta(hours=1)
        )
        Post.objects.filter(user=cast.handler).update(valid_until=AT.date())
        assert cast.petition_officer.pk in told(case, Role.UNIT_HEAD)


class TestAway:
    @pytest.fixture
    def colleague(self, cast):
        user = User.objects.create(username="colleague", name="李四")
        Post.objects.create(user=user, unit=cast.units.urban, role=Role.HANDLER, valid_from=AT.date())
        return user

    @pytest.fixture
    def stood_in(self, cast, colleague):
        return self.stand_in(cast.post("handler"), colleague)

    @staticmethod
    def stand_in(post, user):
        until = AT.date() + timedelta(days=3)
        return Post.objects.create(
            user=user,
            unit=post.unit,
            role=post.role,
            stands_in_for=post,
            valid_from=AT.date(),
            valid_until=until,
        )

    def test_what_was_for_the_one_named_goes_to_the_substitute_and_stays_readable(
        self, case, cast, colleague, stood_in
    ):
        handling.name_responsible(
            petition=case, actor=cast.actor("unit_head"), user=cast.handler, at=AT - timedelta(hours=1)
        )
        assert told(case, Role.HANDLER, StepKind.REMIND) == sorted([cast.handler.pk, colleague.pk])
        assert told(case, Role.UNIT_HEAD) == [cast.unit_head.pk]

    def test_a_substitute_who_is_recused_is_passed_over_and_the_head_is_told(
        self, case, cast, colleague, stood_in
    ):
        handling.name_responsible(
            petition=case, actor=cast.actor("unit_head"), user=cast.handler, at=AT - timedelta(hours=1)
        )
        recusing.recuse(
            petition=case, actor=Actor.of(stood_in), ground=RecusalGround.FAMILY, at=AT - timedelta(minutes=5)
        )
        reached = told(case, Role.HANDLER, StepKind.REMIND)
        assert colleague.pk not in reached and cast.unit_head.pk in reached

    def test_a_heads_substitute_is_told_in_the_heads_place(self, case, cast, colleague):
        self.stand_in(cast.post("unit_head"), colleague)
        handling.name_responsible(
            petition=case, actor=cast.actor("unit_head"), user=cast.handler, at=AT - timedelta(hours=1)
        )
        assert told(case, Role.UNIT_HEAD) == sorted([cast.unit_head.pk, colleague.pk])

    def test_the_substitute_reads_under_that_hat_what_the_post_reads(self, case, stood_in):
        assert Petition.objects.visible_to(Actor.of(stood_in)).filter(pk=case.pk).exists()

    def test_the_petitioners_word_reaches_the_substitute(self, case, cast, colleague, stood_in):
        handling.name_responsible(
            petition=case, actor=cast.actor("unit_head"), user=cast.handler, at=AT - timedelta(hours=1)
        )
        case.refresh_from_db()
        assert colleague.pk in telling.those_who_answer(case, AT)


class TestOnDuty:
    @pytest.fixture
    def night(self, cast):
        user = User.objects.create(username="night", name="王五")
        Post.objects.create(user=user, unit=cast.units.urban, role=Role.HANDLER, valid_from=AT.date())
        DutyShift.objects.create(
            unit=cast.units.urban,
            user=user,
            starts_at=AT - timedelta(hours=1),
            ends_at=AT + timedelta(hours=1),
        )
        return user

    @staticmethod
    def breach(case, code, at=AT):
        clock = PetitionClock.objects.select_related("petition__complained_unit", "unit", "rule").get(
            petition=case, rule__code=code
        )
        rung = RuleStep.objects.get(rule=clock.rule, role=Role.HANDLER, kind=StepKind.BREACH)
        return list(alerts.lines([DueStep(clock, rung, at, timedelta())])[0].recipients)

    def test_what_is_counted_in_minutes_goes_to_whoever_is_on_duty(self, case, cast, night):
        PetitionClock.objects.filter(petition=case).update(unit=cast.units.urban)
        assert night.pk in self.breach(case, "respond_10")
        assert cast.handler.pk not in self.breach(case, "respond_10")

    def test_what_is_counted_in_days_goes_to_all_as_always(self, case, cast, night):
        assert {night.pk, cast.handler.pk} <= set(self.breach(case, NOTICE))

    def test_with_nobody_on_duty_it_goes_to_all(self, case, cast, night):
        PetitionClock.objects.filter(petition=case).update(unit=cast.units.urban)
        later = AT + timedelta(hours=2)
        assert {night.pk, cast.handler.pk} <= set(self.breach(case, "respond_10", later))

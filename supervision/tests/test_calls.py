"""Reminding calls before a date is over: who is on the list, whom one dials, and what stays of the call."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import now
from petitions.enums import Act, CallOutcome, RecusalGround, Status
from petitions.models import PetitionClock
from petitions.services import handling, recusing, scope, sealing
from supervision import calls
from supervision.models import Supervision, SupervisionEffort
from supervision.services import calling

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(fresh_case):
    """An accepted case whose 60 days end within the next days."""

    def make(days=2, **new):
        case = fresh_case(**new)
        clock = PetitionClock.objects.get(petition=case, rule__code="conclusion")
        at = now() + timedelta(days=days)
        PetitionClock.objects.filter(pk=clock.pk).update(
            started_at=at - timedelta(days=60), raw_due_at=at, due_at=at, next_at=at
        )
        return case

    return make


def listed(actor):
    return [clock.petition for clock in calls.due_soon(actor, now())]


def log(case, actor, found="请抓紧，29 日到期。", outcome=CallOutcome.REACHED):
    return calling.log_call(petition=case, actor=actor, outcome=outcome, found=found)


class TestTheList:
    def test_a_date_that_is_near_is_on_it_and_one_that_is_far_is_not(self, cast, near, fresh_case):
        case, _far = near(), fresh_case()
        assert listed(cast.actor("inspector")) == [case]
        assert listed(cast.actor("petition_officer")) == [case]

    def test_how_near_is_a_setting(self, cast, near, settings):
        case = near(days=5)
        assert listed(cast.actor("inspector")) == []
        settings.CALL_BEFORE_DAYS = 6
        assert listed(cast.actor("inspector")) == [case]

    def test_what_is_late_already_is_supervised_and_not_reminded(self, cast, near):
        near(days=-1)
        assert listed(cast.actor("inspector")) == []

    def test_a_sealed_case_is_not_on_it_nor_one_of_a_recusal(self, cast, near):
        case, other = near(), near()
        sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="违纪")
        recusing.recuse(petition=other, actor=cast.actor("inspector"), ground=RecusalGround.FAMILY)
        assert listed(cast.actor("inspector")) == []
        assert listed(cast.actor("discipline_officer")) == []

    def test_an_office_that_is_complained_of_does_not_see_it(self, cast, near):
        case = near()
        case.complained_unit = cast.units.petition_office
        case.save(update_fields=["complained_unit"])
        scope.rebuild(case)
        assert listed(cast.actor("petition_officer")) == []

    def test_the_number_of_the_unit_and_of_the_one_named_stand_on_it(self, cast, near, client_as):
        case = near()
        cast.units.urban.phone = "0570-7654321"
        cast.units.urban.save()
        cast.handler.phone = "13900001111"
        cast.handler.save()
        handling.name_responsible(petition=case, actor=cast.actor("unit_head"), user=cast.handler)
        page = client_as(cast.inspector).get(reverse("supervision:calls")).content.decode()
        assert case.number in page and "陈立" in page
        assert 'href="tel:0570-7654321"' in page and 'href="tel:13900001111"' in page

    def test_without_a_name_the_head_is_called(self, cast, near):
        case = near()
        dial = calls.numbers_of([case], now())[case.pk]
        assert (dial.named, [name for name, _phone in dial.people]) == (False, ["赵建国"])

    def test_three_rows_cost_no_more_queries_than_one(self, cast, near, django_assert_max_num_queries):
        near()
        actor, at = cast.actor("inspector"), now()
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as one:
            calls.rows_of(list(calls.due_soon(actor, at)), actor, at)
        near(), near()
        with django_assert_max_num_queries(len(one)):
            assert len(calls.rows_of(list(calls.due_soon(actor, at)), actor, at)) == 3


class TestTheLog:
    def test_a_call_is_an_effort_by_telephone_and_a_line_in_the_history(self, cast, near):
        case = near()
        made = log(case, cast.actor("inspector"))
        assert (made.mode, made.petition, made.supervision) == ("phone", case, None)
        event = case.events.get(act=Act.SUPERVISE)
        assert "已接通" in event.text and "请抓紧" in event.text and not event.public
        assert AuditEntry.objects.filter(act="supervision.call").exists()
        assert not Supervision.objects.filter(petition=case).exists()

    def test_no_clock_moves_by_it(self, cast, near):
        case = near()
        before = list(case.clocks.order_by("pk").values_list("pk", "due_at", "next_at", "stopped_at"))
        log(case, cast.actor("inspector"))
        assert list(case.clocks.order_by("pk").values_list("pk", "due_at", "next_at", "stopped_at")) == before

    def test_those_who_supervise_and_leaders_read_it_and_the_unit_does_not(self, cast, near, client_as):
        case = near()
        log(case, cast.actor("inspector"), found="经办人说材料没写完。")
        words = {
            who: "经办人说材料没写完"
            in client_as(getattr(cast, who)).get(case.get_absolute_url()).content.decode()
            for who in ("inspector", "petition_officer", "leader", "handler", "unit_head")
        }
        assert words == {
            "inspector": True, "petition_officer": True, "leader": True, "handler": False, "unit_head": False,
        }  # fmt: skip

    @pytest.mark.parametrize("who", ["handler", "unit_head", "leader", "clerk", "statistician"])
    def test_others_log_none(self, cast, near, who):
        with pytest.raises(Refusal, match="不能"):
            log(near(), cast.actor(who))
        assert not SupervisionEffort.objects.exists()

    def test_of_a_sealed_case_none_is_logged(self, cast, near):
        case = near()
        sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="违纪")
        with pytest.raises(Refusal, match="检举控告"):
            log(case, cast.actor("inspector"))

    def test_before_there_is_a_unit_there_is_nobody_to_call(self, cast, fresh_case):
        with pytest.raises(Refusal, match="还没有承办单位"):
            log(fresh_case(until=Status.REGISTERED), cast.actor("inspector"))

    def test_nothing_said_is_refused_and_the_page_keeps_what_was_chosen(self, cast, near, client_as):
        case = near()
        url = reverse("supervision:call", args=[case.number])
        page = client_as(cast.inspector).post(url, {"outcome": "not_reached", "found": " "})
        assert page.status_code == 422
        assert 'value="not_reached" selected' in page.content.decode()
        assert not SupervisionEffort.objects.exists()

    def test_it_is_logged_right_there_and_the_list_says_so(self, cast, near, client_as):
        case, client = near(), client_as(cast.inspector)
        url = reverse("supervision:call", args=[case.number])
        done = client.post(url, {"outcome": "not_reached", "found": "两次没有人接。"}, follow=True)
        assert "未接通" in done.content.decode()
        assert "两次没有人接" in client.get(url).content.decode()

    def test_the_database_takes_no_effort_of_nothing_or_of_another_mode(self, cast, near):
        made = log(near(), cast.actor("inspector"))
        for wrong in ({"petition": None}, {"mode": "written", "number": "1"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                SupervisionEffort.objects.filter(pk=made.pk).update(**wrong)

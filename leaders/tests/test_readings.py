from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from core.errors import Refusal
from core.timekeeping import now
from deadlines.enums import StepKind
from leaders.enums import ReadHow
from leaders.models import Reading, ReadingClock
from leaders.services.inboxes import take
from leaders.services.instructions import instruct
from leaders.services.readings import alert_lines, read, set_duty
from notifications.models import Notice
from petitions.enums import Status
from petitions.services import sealing

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_duty(cast):
    set_duty(unit=cast.units.urban, actor=cast.actor("petition_officer"), on=True)


def late(reading):
    past = now() - timedelta(days=3)
    ReadingClock.objects.filter(reading=reading).update(
        started_at=past - timedelta(days=2), raw_due_at=past, due_at=past, soon_at=past - timedelta(hours=9)
    )


def numbers(client, view):
    return [
        row.petition.number
        for row in client.get(reverse("leaders:readings"), {"view": view}).context["page"].items
    ]


def test_no_unit_reads_within_a_limit_before_the_office_names_it(fresh_case):
    fresh_case(until=Status.FORWARDED)
    assert not Reading.objects.exists()


def test_a_letter_sent_to_a_named_unit_is_read_by_its_head_and_the_clock_stops(
    cast, on_duty, fresh_case, client_as
):
    case = fresh_case(until=Status.FORWARDED)
    row = Reading.objects.get()
    assert (row.unit, row.petition) == (cast.units.urban, case)
    head = client_as(cast.unit_head)
    assert numbers(head, "todo") == [case.number]
    done = head.post(reverse("leaders:read", args=[row.pk]), {"words": "请两日内到现场。"})
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.how, row.read_by, row.words) == (ReadHow.WORDS, cast.unit_head, "请两日内到现场。")
    assert ReadingClock.objects.get().stopped_at is not None
    assert Notice.objects.filter(recipient=cast.handler, text__contains="请两日内到现场").exists()
    assert numbers(head, "todo") == [] and numbers(head, "done") == [case.number]
    with pytest.raises(Refusal, match="没有生效"):
        read(reading=row, actor=cast.actor("leader"))


def test_an_instruction_of_the_leader_in_charge_counts_as_reading(cast, on_duty, fresh_case):
    case = fresh_case(until=Status.FORWARDED)
    instruct(petition=case, actor=cast.actor("leader"), text="请抓紧。")
    row = Reading.objects.get()
    assert (row.how, row.read_by) == (ReadHow.INSTRUCTED, cast.leader)
    assert ReadingClock.objects.get().stopped_at is not None


def test_of_a_letter_to_the_inbox_a_delegates_look_is_not_the_leaders_reading(
    cast, letter_to, named, client_as
):
    named(cast.handler2)
    letter = letter_to().inbox_letter
    client_as(cast.handler2).get(letter.get_absolute_url())
    row = Reading.objects.get()
    assert row.is_open
    with pytest.raises(Refusal) as refused:
        read(reading=row, actor=cast.actor("unit_head"))
    assert refused.value.code == "forbidden"
    take(letter=letter, actor=cast.actor("leader"))
    instruct(petition=letter.petition, actor=cast.actor("leader"), text="请东溪镇看一下。")
    row.refresh_from_db()
    assert row.how == ReadHow.INSTRUCTED


def test_what_was_not_read_in_time_is_on_the_list_of_the_office(cast, on_duty, fresh_case, client_as):
    first, second = fresh_case(until=Status.FORWARDED), fresh_case(until=Status.FORWARDED)
    late(Reading.objects.get(petition=first))
    for who in (cast.petition_officer, cast.inspector, cast.unit_head):
        assert numbers(client_as(who), "late") == [first.number]
    assert numbers(client_as(cast.petition_officer), "todo") == [first.number, second.number]
    assert numbers(client_as(cast.unit_head2), "late") == []
    assert client_as(cast.handler).get(reverse("leaders:readings")).status_code == 403


def test_a_case_sealed_meanwhile_leaves_the_list_and_its_clock_stops(cast, on_duty, fresh_case, client_as):
    case = fresh_case(until=Status.FORWARDED)
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪违法问题")
    row = Reading.objects.get()
    assert row.let_go_at is not None and row.clocks.get().stopped_at is not None
    assert numbers(client_as(cast.unit_head), "todo") == []
    with pytest.raises(Refusal):
        read(reading=row, actor=cast.actor("unit_head"))


def test_the_head_is_reminded_then_the_office_then_the_inspectors(cast, on_duty, fresh_case, letter_to):
    fresh_case(until=Status.FORWARDED)
    row = Reading.objects.select_related("petition", "unit", "inbox").get()
    letter_to()
    boxed = Reading.objects.select_related("petition", "inbox__post__user").get(unit=None)

    def told(reading, role, kind):
        clock = SimpleNamespace(reading=reading)
        step = SimpleNamespace(clock=clock, role=role, kind=kind, late_text="", key="k", level="soon")
        return alert_lines([step])[0].recipients

    assert told(row, Role.LEADER, StepKind.REMIND) == [cast.unit_head.pk]
    assert told(row, Role.PETITION_OFFICER, StepKind.ESCALATE) == [cast.petition_officer.pk]
    assert told(row, Role.INSPECTOR, StepKind.ESCALATE) == [cast.inspector.pk]
    assert told(boxed, Role.LEADER, StepKind.BREACH) == [cast.leader.pk]


def test_only_the_office_names_units_and_ends_it(cast, on_duty, client_as, fresh_case):
    url = reverse("leaders:reading_units")
    assert client_as(cast.unit_head).get(url).status_code == 403
    officer = client_as(cast.petition_officer)
    assert officer.post(url, {"unit": cast.units.urban.pk, "on": "True"}).status_code == 409
    assert officer.post(url, {"unit": cast.units.urban.pk}).status_code == 302
    assert officer.post(url, {"unit": cast.units.liuwan.pk, "on": "True"}).status_code == 422
    fresh_case(until=Status.FORWARDED)
    assert not Reading.objects.exists()


def test_the_list_costs_the_same_for_one_and_three(cast, on_duty, fresh_case, client_as):
    client = client_as(cast.unit_head)
    fresh_case(until=Status.FORWARDED)

    def cost():
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("leaders:readings"))
        return len(seen)

    cost()
    before = cost()
    fresh_case(until=Status.FORWARDED)
    fresh_case(until=Status.FORWARDED)
    assert cost() == before

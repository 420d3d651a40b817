"""An alert says by when, and leads whoever may do it to the act that stops the clock."""

from datetime import timedelta

import pytest

from core.timekeeping import SHANGHAI
from deadlines.services import sweep
from notifications.models import Notice
from petitions.enums import Status
from petitions.models import PetitionClock
from petitions.services.act_links import STOPPED_BY
from petitions.views.acts import DOORS
from petitions.workflow import STEPS, ClockCode

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def clock_of(case, code):
    return case.clocks.select_related("rule").get(rule__code=code, stopped_at=None)


def sweep_at(clock, at):
    """Only what this clock says."""
    sweep(PetitionClock, now=at)
    return Notice.objects.filter(dedupe_key__startswith=f"{clock.key}:").order_by("pk")


def day(clock):
    due = clock.due_at.astimezone(SHANGHAI)
    return f"{due.month}月{due.day}日24:00"


def test_a_reminder_says_by_when_and_leads_to_the_act(make_case, cast):
    case = make_case(until=Status.ACCEPTED)
    clock = clock_of(case, "conclusion")
    notice = sweep_at(clock, clock.next_at).get(recipient=cast.handler)
    assert notice.text == f"{case.number} 的“信访事项办结”期限将到，请抓紧办理。应于{day(clock)}前完成。"
    assert notice.link == f"{case.get_absolute_url()}act/conclude/"


def test_the_link_is_a_form_that_opens(make_case, cast, client_as):
    case = make_case(until=Status.ACCEPTED)
    clock = clock_of(case, "conclusion")
    notice = sweep_at(clock, clock.due_at - 2 * DAY).get(recipient=cast.handler)
    assert client_as(cast.handler).get(notice.link).status_code == 200


def test_past_it_the_alert_says_when_that_was_and_who_cannot_act_is_led_to_the_case(make_case, cast):
    case = make_case(until=Status.ACCEPTED)
    clock = clock_of(case, "conclusion")
    notices = sweep_at(clock, clock.due_at + 6 * DAY)
    assert all(f"已于{day(clock)}到期。" in one.text for one in notices.filter(level="late"))
    inspector = notices.filter(recipient=cast.inspector).latest("pk")
    assert inspector.link == case.get_absolute_url()
    head = notices.filter(recipient=cast.unit_head).first()
    assert head.link == f"{case.get_absolute_url()}act/conclude/"


def test_what_is_late_stands_at_the_end(make_case, cast):
    case = make_case(until=Status.ACCEPTED)
    clock = clock_of(case, "conclusion")
    notice = sweep_at(clock, clock.due_at - DAY).get(recipient=cast.handler)
    assert notice.text.endswith(f"应于{day(clock)}前完成。（此提醒迟发 2 天）")


def test_a_right_is_nobodys_to_have_done(make_case, cast):
    case = make_case(until=Status.FORWARDED)
    clock = clock_of(case, "objection")
    notice = sweep_at(clock, clock.due_at - timedelta(hours=3)).get(recipient=cast.handler)
    assert f"期限至{day(clock)}。" in notice.text and "前完成" not in notice.text
    assert notice.link.endswith("/act/object/")


def test_where_the_act_cannot_be_done_yet_all_are_led_to_the_case(make_case, cast):
    case = make_case(until=Status.ACCEPTED)
    clock = clock_of(case, "conclusion")
    type(case).objects.filter(pk=case.pk).update(status=Status.OBJECTED)
    notices = sweep_at(clock, clock.due_at - 2 * DAY)
    assert {one.link for one in notices} == {case.get_absolute_url()}


@pytest.mark.parametrize("code", sorted(STOPPED_BY))
def test_the_act_stops_that_clock_and_has_a_door(code):
    acts = STOPPED_BY[code]
    assert set(acts) <= set(DOORS)
    rows = [step for step in STEPS if step.act == acts[-1]]
    # A call stops its clock once it got through, which the table does not say.
    assert code == ClockCode.CALL or any(code in step.stops for step in rows)


def test_every_clock_that_has_somebody_to_do_it_leads_somewhere():
    clocks = {value for name, value in vars(ClockCode).items() if name.isupper()}
    assert clocks - set(STOPPED_BY) == {ClockCode.PETITIONER_WINDOW}  # nobody is told of its end

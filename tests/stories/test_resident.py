"""A resident files online and nobody moves: 10 minutes, 30 minutes, and whose notices say so."""

import re

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import SHANGHAI
from deadlines.models import Rule
from notifications.models import Notice
from petitions.enums import Channel, Status
from petitions.workflow import ClockCode
from tests.cast import SINCE

WORDS = "柳湾河边的夜市每天营业到凌晨两点，老人睡不好觉。"
SOON, DUE, OVER = "期限将到", "已到期未办", "超期未办"


def rule_name(code):
    return Rule.objects.filter(code=code).latest("valid_from").name


def told_of(cast, code, people):
    """{who: [(minute, what)]}: when, by the story's clock, each was told about that rule."""
    name = rule_name(code)
    found = {}
    for who in people:
        rows = Notice.objects.filter(recipient=getattr(cast, who), text__contains=name).order_by("pk")
        found[who] = [(f"{row.created_at.astimezone(SHANGHAI):%H:%M}", kind_of(row.text)) for row in rows]
    return found


def kind_of(text):
    return next(word for word in (SOON, DUE, OVER) if word in text)


def staff_the_office(cast):
    """A head for the petition office, and a leader who is in charge of it."""
    head = User.objects.create(username="office_head", name="顾平")
    Post.objects.create(user=head, unit=cast.units.petition_office, role=Role.UNIT_HEAD, valid_from=SINCE)
    cast.people["office_head"] = head
    cast.post("leader2").charge_units.add(cast.units.petition_office)


@pytest.mark.article(28, 43, 45)
def test_a_case_left_alone_climbs_from_the_officer_to_the_inspector(cast, desks, resident, time):
    staff_the_office(cast)
    case = resident.file(body=WORDS, phone="13800001234", requests="请规定夜市收摊时间")
    assert (case.channel, case.status) == (Channel.ONLINE, Status.REGISTERED)
    assert case.registered_unit == cast.units.petition_office
    assert "回应您：已经收到，由谁联系" in resident.look()

    people = ["petition_officer", "office_head", "leader2", "inspector"]
    time.pass_in_minutes(95)
    assert told_of(cast, ClockCode.RESPOND, people) == {
        "petition_officer": [("09:07", SOON), ("09:10", DUE), ("09:25", OVER)],
        "office_head": [("09:10", DUE), ("09:15", OVER)],
        "leader2": [("09:20", OVER)],
        "inspector": [("09:40", OVER)],
    }
    assert told_of(cast, ClockCode.CALL, people) == {
        "petition_officer": [("09:20", SOON), ("09:30", DUE), ("10:00", OVER)],
        "office_head": [("09:30", DUE), ("09:40", OVER)],
        "leader2": [("09:50", OVER)],
        "inspector": [("10:30", OVER)],
    }
    for who in people:
        inbox = desks.inbox(who)
        assert len(inbox) == len(set(inbox)) or who in {"petition_officer", "office_head"}
        assert all(case.number in line for line in inbox)
        assert not any("张" in line or "夜市" in line for line in inbox), "no name and no matter in a notice"
    spared = ["handler", "unit_head", "leader", "clerk", "statistician", "sysadmin", "auditor", "outsider"]
    assert [who for who in spared if desks.inbox(who)] == []
    breached = case.clocks.exclude(breached_at=None).values_list("rule__code", flat=True)
    assert set(breached) == {ClockCode.RESPOND, ClockCode.CALL}


def test_every_step_is_told_once_however_late_and_often_the_sweep_comes(cast, desks, resident, time):
    resident.file(body=WORDS, phone="13800001234")
    time.pass_in_minutes(95)
    told = Notice.objects.count()
    time.pass_in_minutes(10)
    assert Notice.objects.count() == told
    keys = list(Notice.objects.values_list("dedupe_key", flat=True))
    assert len(keys) == len(set(keys))


def test_a_sweep_that_was_away_tells_everything_at_once_and_says_that_it_is_late(cast, resident, time):
    from core.timekeeping import now
    from deadlines.services import sweep_all

    resident.file(body=WORDS, phone="13800001234")
    time.move(minutes=95)
    sweep_all(now=now())
    lines = list(
        Notice.objects.filter(text__contains=rule_name(ClockCode.RESPOND)).values_list("text", flat=True)
    )
    assert len(lines) == 7  # one person takes the place of everybody who is missing above the officer
    assert all("迟发" in line for line in lines)


@pytest.mark.article(23)
def test_once_forwarded_the_clocks_follow_the_case_to_the_unit(cast, desks, resident, time):
    case = resident.file(body=WORDS, phone="13800001234")
    time.move(minutes=2)
    desks.do("petition_officer", case, "forward", unit=cast.units.urban.pk)
    time.pass_in_minutes(93)
    people = ["handler", "unit_head", "leader", "petition_officer", "inspector"]
    # Nobody of the unit is named yet: its head hears of it from the first, and the office that sent it with the head.
    assert told_of(cast, ClockCode.RESPOND, people) == {
        "handler": [("09:07", SOON), ("09:10", DUE)],
        "unit_head": [("09:07", SOON), ("09:10", DUE), ("09:15", OVER)],
        "leader": [("09:20", OVER)],
        "petition_officer": [("09:15", OVER), ("09:25", OVER)],
        "inspector": [("09:40", OVER)],
    }
    assert told_of(cast, ClockCode.CALL, people) == {
        "handler": [("09:20", SOON), ("09:30", DUE)],
        "unit_head": [("09:20", SOON), ("09:30", DUE), ("09:40", OVER)],
        "leader": [("09:50", OVER)],
        "petition_officer": [("09:40", OVER), ("10:00", OVER)],
        "inspector": [("10:30", OVER)],
    }
    assert desks.inbox("handler2") == desks.inbox("leader2") == []


def test_a_first_response_in_time_stops_the_ten_minutes_and_is_read_by_the_resident(
    cast, desks, resident, time
):
    case = resident.file(body=WORDS, phone="13800001234")
    time.pass_in_minutes(8)
    said = desks.do("petition_officer", case, "respond", text="已经收到，半小时内给您打电话。")
    assert "首次回应" in said
    page = resident.look()
    assert "已经收到，半小时内给您打电话。" in page
    assert "周静" not in page, "no name of staff on a resident's page"
    time.pass_in_minutes(90)
    assert told_of(cast, ClockCode.RESPOND, ["petition_officer", "inspector"]) == {
        "petition_officer": [("09:07", SOON)],
        "inspector": [],
    }


def test_without_a_phone_number_nobody_can_be_called_and_no_clock_says_so(cast, resident, time):
    case = resident.file(body=WORDS, anonymous="on")
    assert not case.persons.exclude(name="").exists()
    time.pass_in_minutes(95)
    assert not case.clocks.filter(rule__code=ClockCode.CALL).exists()
    assert not Notice.objects.filter(text__contains=rule_name(ClockCode.CALL)).exists()
    assert not case.clocks.filter(rule__code=ClockCode.RESPOND).exists(), "nor be answered within ten minutes"


def test_the_receipt_names_dates_that_are_those_of_the_clocks(resident, time):
    case = resident.file(body=WORDS, phone="13800001234")
    page = resident.look()
    for clock in case.clocks.exclude(rule__code=ClockCode.FORWARDING):
        due = timezone.localtime(clock.due_at, SHANGHAI)
        assert re.search(rf"{due:%H:%M}", page), clock.rule.code

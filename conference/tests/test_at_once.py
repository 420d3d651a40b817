"""Two people, or one press twice: nothing is done to what has changed since it was shown, and nothing twice."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from conference.enums import DisputeState, MeetingState, OrderState
from conference.models import Correction, Meeting
from conference.services import answering, disputing, minutes
from core.errors import Refusal
from core.timekeeping import now

pytestmark = pytest.mark.django_db


def test_nobody_confirms_minutes_that_were_changed_since_they_were_read(
    cast, client_as, call, put, write, confirm
):
    meeting = call()
    put(meeting)
    write(meeting)
    leader, address = client_as(cast.leader), reverse("conference:issue", args=[meeting.pk])
    seen = leader.get(meeting.get_absolute_url()).context["forms"]["issue"]["revision"].value()
    write(meeting, text="改过的纪要。")
    number = {"number": "清联纪〔2026〕7号", "revision": seen}
    answer = leader.post(address, number)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "刚刚改过纪要" in page and "改过的纪要。" in page and "清联纪〔2026〕7号" in page
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.RECORDED
    now_read = answer.context["forms"]["issue"]["revision"].value()
    assert leader.post(address, number | {"revision": now_read}).status_code == 302


def test_a_second_press_does_not_take_a_dispute_two_steps_up(cast, client_as, dispute):
    row, officer = dispute(), client_as(cast.petition_officer)
    address = reverse("conference:dispute_raise", args=[row.pk])
    typed = {"reason": "协商不成。", "step": DisputeState.TALKS}
    assert officer.post(address, typed).status_code == 302
    again = officer.post(address, typed)
    assert again.status_code == 409 and "刚刚已经报请“共同上级决定”" in again.content.decode()
    row.refresh_from_db()
    assert (row.state, row.steps.count()) == (DisputeState.SUPERIOR, 2)
    assert again.context["forms"]["raise"]["step"].value() == DisputeState.SUPERIOR


def test_a_meeting_an_item_and_a_correction_are_made_once(call, put, write, confirm, cast):
    starts = now() - timedelta(hours=1)
    meeting = call(starts_at=starts)
    with pytest.raises(Refusal, match="没有重复召集"):
        call(starts_at=starts)
    put(meeting)
    with pytest.raises(Refusal, match="没有重复列入"):
        put(meeting)
    assert put(meeting, unit="housing").ordinal == 2, "the same of another unit is another item"
    write(meeting)
    confirm(meeting)
    given = {"meeting": meeting, "actor": cast.actor("leader"), "text": "“九件”应为“十件”。"}
    minutes.correct(**given)
    with pytest.raises(Refusal, match="已经作过"):
        minutes.correct(**given)
    assert (Meeting.objects.count(), Correction.objects.count()) == (1, 1)


def test_a_meeting_that_was_called_off_is_called_again_at_the_same_time(call, cast):
    from conference.services import meetings

    starts = now() + timedelta(days=3)
    first = call(starts_at=starts)
    meetings.cancel(meeting=first, actor=cast.actor("petition_officer"), reason="领导另有安排。")
    assert call(starts_at=starts).pk != first.pk


def test_nobody_reviews_a_report_that_came_after_the_one_that_was_read(cast, client_as, order, today):
    row = order()
    handler, officer, inspector = (cast.actor(who) for who in ("handler", "petition_officer", "inspector"))
    answering.report(order=row, actor=handler, text="清了八件。")
    seen = client_as(cast.inspector).get(row.get_absolute_url()).context["forms"]["review"]["nth"].value()
    later = {"text": "还差一件。", "new_due_on": today + timedelta(days=9)}
    answering.review(order=row, actor=officer, done=False, **later)
    answering.report(order=row, actor=handler, text="第二份。")
    address = reverse("conference:order_review", args=[row.pk])
    answer = client_as(cast.inspector).post(address, {"done": "yes", "nth": seen})
    assert answer.status_code == 409 and "第二份。" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == OrderState.REPORTED
    answering.review(order=row, actor=inspector, done=True, nth=2)


def test_what_the_kind_needs_is_asked_for_at_its_field(cast, client_as, held, today):
    item = held()
    address = reverse("conference:order_add", args=[item.pk])
    words = {"unit": cast.units.urban.pk, "facts": "九件。", "basis": "条例", "demand": "清零。"}
    client = client_as(cast.inspector)
    for kind, field in (("talk", "talk_by"), ("rectify", "due_on"), ("criticism", "circulated")):
        answer = client.post(address, {**words, "kind": kind})
        assert answer.status_code == 422 and answer.context["form"].errors[field], kind


def test_minutes_are_confirmed_by_the_head_of_the_office_too(call, put, write, hire, confirm):
    meeting = call()
    put(meeting)
    write(meeting)
    head = hire("head_of_office", Role.UNIT_HEAD, "petition_office")
    assert confirm(meeting, actor=head).is_issued


def test_a_reason_is_kept_when_another_was_faster(cast, client_as, before_conference, dispute):
    row = dispute()
    disputing.raise_up(dispute=row, actor=cast.actor("petition_officer"), reason="协商不成。")
    address = reverse("conference:dispute_raise", args=[row.pk])
    typed = {"reason": "两家各执一词。", "step": "talks"}
    page = client_as(cast.petition_officer).post(address, typed).content.decode()
    assert "两家各执一词。" in page

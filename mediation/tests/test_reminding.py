from datetime import timedelta

import pytest

from core.timekeeping import full_moment, now
from mediation.models import Session
from mediation.services.reminding import remind
from mediation.services.sessions import cancel_session, move_session
from mediation.tasks import remind_of_sessions
from notifications.models import Notice

pytestmark = pytest.mark.django_db


def reminders():
    return Notice.objects.filter(dedupe_key__contains=":tomorrow:")


@pytest.fixture
def session(mediation_of, session_of):
    return session_of(mediation_of(agreed=True), days=3)


def test_whoever_sits_is_reminded_the_day_before_and_once(cast, session):
    eve = session.starts_at - timedelta(hours=23)
    assert remind(session.starts_at - timedelta(hours=25)) == 0
    assert (remind(eve), remind(eve), remind(eve + timedelta(hours=1))) == (1, 0, 0)
    notice = reminders().get()
    assert notice.recipient == cast.mediator
    assert full_moment(session.starts_at) in notice.text and session.room.name in notice.text


def test_a_moved_session_is_reminded_of_anew(cast, session):
    remind(session.starts_at - timedelta(hours=20))
    move_session(
        session=session,
        actor=cast.actor("mediator"),
        room=session.room,
        mediator=session.mediator,
        starts_at=session.starts_at + timedelta(days=4),
        ends_at=session.ends_at + timedelta(days=4),
    )
    assert remind(session.starts_at - timedelta(hours=20)) == 1
    assert reminders().count() == 2


def test_what_was_cancelled_or_booked_for_the_same_day_is_not_reminded_of(
    cast, session, mediation_of, session_of
):
    cancel_session(session=session, actor=cast.actor("mediator"))
    late = session_of(mediation_of(agreed=True), days=3)
    Session.objects.filter(pk=late.pk).update(scheduled_at=late.starts_at - timedelta(hours=3))
    assert remind(late.starts_at - timedelta(hours=2)) == 0
    assert not reminders().exists()


def test_the_task_reminds(session):
    soon = now() + timedelta(hours=5)
    Session.objects.update(
        starts_at=soon, ends_at=soon + timedelta(hours=1), scheduled_at=soon - timedelta(days=2)
    )
    remind_of_sessions()
    assert reminders().count() == 1

"""One mail a day: what is late comes at once, the rest together, once, and nothing is lost whatever stops."""

from datetime import datetime, timedelta

import pytest
from django.core import mail

from core.timekeeping import SHANGHAI
from notifications.enums import Level, OutboxState
from notifications.models import Notice, OutboxMessage
from notifications.services import choose, digests, gather, notify, send_due, withdraw

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 10, 8, 18, tzinfo=SHANGHAI)
MORNING = datetime(2026, 10, 9, 8, 30, tzinfo=SHANGHAI)


@pytest.fixture
def handler(cast):
    choose(user=cast.handler, daily=True, at=EVENING)
    return cast.handler


def tell(person, key, level=Level.INFO, about="", at=EVENING):
    notify(
        recipients=[person], text=f"{key} 请办理", link="/", dedupe_key=key, level=level, about=about, at=at
    )


def states():
    return list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True))


def test_what_is_late_leaves_at_once_and_the_rest_waits_for_the_morning(handler, cast):
    tell(handler, "甲件")
    tell(handler, "乙件", Level.SOON)
    tell(handler, "丙件", Level.LATE)
    tell(cast.leader, "丁件")
    send_due(EVENING)
    assert [one.to for one in mail.outbox] == [[handler.email], [cast.leader.email]]
    assert "丙件" in mail.outbox[0].body
    assert states() == ["held", "held", "sent", "sent"]

    assert gather(MORNING - timedelta(minutes=1)) == 0
    assert gather(MORNING) == 1
    send_due(MORNING)
    last = mail.outbox[-1]
    assert last.to == [handler.email]
    assert "有 2 条提醒，其中待办 1 条，请登录查看。" in last.subject
    assert last.body.index("乙件") < last.body.index("甲件")
    assert "丙件" not in last.body
    assert states() == ["digested", "digested", "sent", "sent", "sent"]


def test_a_second_beat_or_a_run_later_in_the_day_makes_no_second_one(handler):
    tell(handler, "甲件")
    assert (gather(MORNING), gather(MORNING)) == (1, 0)
    tell(handler, "乙件", at=MORNING + timedelta(hours=1))
    assert gather(MORNING + timedelta(hours=2)) == 0
    assert gather(MORNING + timedelta(days=1)) == 1
    send_due(MORNING + timedelta(days=1))
    assert [("甲件" in one.body, "乙件" in one.body) for one in mail.outbox] == [(True, False), (False, True)]


def test_a_morning_on_which_nothing_ran_is_caught_up_later_that_day(handler):
    tell(handler, "甲件")
    assert gather(MORNING + timedelta(hours=9)) == 1


def test_a_crash_on_the_way_leaves_all_as_it_was(handler, monkeypatch):
    tell(handler, "甲件")

    def die(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(digests, "tell_at_once", die)
        with pytest.raises(KeyboardInterrupt):
            gather(MORNING)
    assert states() == ["held"]
    assert gather(MORNING) == 1


def test_what_was_withdrawn_before_the_mail_left_is_not_in_it(handler):
    tell(handler, "甲件", about="petition:1")
    tell(handler, "乙件", about="petition:2")
    gather(MORNING)
    withdraw(about="petition:1")
    send_due(MORNING)
    assert "乙件" in mail.outbox[0].body and "甲件" not in mail.outbox[0].body


def test_taken_back_what_was_held_leaves_at_once(handler):
    tell(handler, "甲件")
    choose(user=handler, daily=False, at=EVENING)
    assert states() == [OutboxState.WAITING]
    tell(handler, "乙件")
    send_due(EVENING)
    assert len(mail.outbox) == 2


def test_the_choice_is_made_on_the_page_of_notices(cast, client_as):
    page = client_as(cast.handler)
    assert "改为每天汇总一封" in page.get("/notices/").content.decode()
    text = page.post("/notices/mail/", {"daily": "1"}, follow=True).content.decode()
    assert "邮件改为每天汇总一封" in text and "改为每条各发一封" in text
    tell(cast.handler, "甲件")
    assert states() == ["held"]
    page.post("/notices/mail/", {"daily": "nonsense"})
    assert states() == ["waiting"]


def test_in_the_application_every_notice_stands_at_once(handler):
    tell(handler, "甲件")
    assert Notice.objects.filter(recipient=handler, text__startswith="甲件").exists()

"""The day before: everybody who sits is reminded, once for each time a session was given."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from mediation.models import Session
from mediation.services import inside

BEFORE = timedelta(days=1)


def remind(at: datetime) -> int:
    """How many sessions. One that was booked or moved within its last day was told of then and is not reminded of.
    What was done is kept on the session, so that a second run, or one after a downtime, tells nobody twice."""
    due = Session.objects.filter(
        cancelled_at=None, held_at=None, reminded_at=None, starts_at__gt=at, starts_at__lte=at + BEFORE
    )
    reminded = 0
    for pk in sorted(due.values_list("pk", flat=True)):
        with transaction.atomic():
            # A busy row comes again in ten minutes; nobody who books waits for a reminder.
            mine = due.select_for_update(of=("self",), skip_locked=True).select_related("room", "mediation")
            session = mine.filter(pk=pk).first()
            if session is not None:
                reminded += _remind_of(session, at)
    return reminded


def _remind_of(session: Session, at: datetime) -> int:
    session.reminded_at = at
    session.save(update_fields=["reminded_at"])
    if session.starts_at - (session.moved_at or session.scheduled_at) < BEFORE:
        return 0
    sitting = inside.everybody_in(Session.objects.filter(pk=session.pk))
    inside.tell(
        session.mediation,
        {*sitting, session.mediation.mediator_id},
        text=_("%(when)s在%(room)s调解，请提前提醒双方当事人。")
        % {"when": session.moment_words, "room": session.room.name},
        dedupe_key=f"session:{session.pk}:tomorrow:{session.starts_at:%Y%m%d%H%M}",
        level="soon",
        at=at,
    )
    return 1

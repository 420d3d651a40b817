"""When a recording stops by itself. Nothing outside ``mediation.services`` calls it."""

from __future__ import annotations

from datetime import datetime

from mediation.models import Recording, Session
from mediation.session_enums import Stopped


def stop(recording: Recording, why: Stopped, at: datetime) -> None:
    """Of a locked row that has not stopped."""
    recording.stopped_at, recording.stopped_why = at, why
    recording.save(update_fields=["stopped_at", "stopped_why"])


def for_newcomer(session: Session, at: datetime) -> None:
    """Somebody came in who has not agreed. What runs stops; what was only announced waits for their consent."""
    rows = Recording.objects.select_for_update().filter(
        session=session, started_at__isnull=False, stopped_at=None
    )
    for running in rows:
        stop(running, Stopped.NEWCOMER, at)

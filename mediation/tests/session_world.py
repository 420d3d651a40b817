"""A session that has begun, with both parties there; for the tests of minutes and recordings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Refusal
from core.timekeeping import now
from mediation.enums import ConsentHow
from mediation.models import Session
from mediation.services import minutes, recordings
from mediation.session_enums import AsWhat

MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 400


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code
    return refusal.value.sentence


def begun(session: Session) -> Session:
    """The same session, ten minutes old."""
    start = now() - timedelta(minutes=10)
    Session.objects.filter(pk=session.pk).update(
        starts_at=start, ends_at=start + timedelta(hours=1), other_comes_at=None
    )
    session.refresh_from_db()
    return session


def both_there(session: Session, actor):
    return [
        minutes.attend(session=session, actor=actor, as_what=AsWhat.PARTY, party=party)
        for party in session.mediation.parties.order_by("id")
    ]


def announced(session: Session, actor):
    """A recording that everybody there agreed to."""
    recording = recordings.give_notice(session=session, actor=actor)
    for one in session.attendees.filter(left_at=None):
        recordings.agree(recording=recording, actor=actor, attendee=one, how=ConsentHow.WRITTEN)
    return recording


def recorded(session: Session, actor):
    """One that ran and was stopped."""
    recording = announced(session, actor)
    recordings.start(recording=recording, actor=actor)
    return recordings.end(recording=recording, actor=actor)


def film(content: bytes = MP4, name: str = "会议.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="video/mp4")


def queries_of(asked) -> int:
    with CaptureQueriesContext(connection) as seen:
        asked()
    return len(seen)

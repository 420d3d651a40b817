"""Recordings: first the notice, then the consent of everybody there, then the recording (个人信息保护法 13–15, 17, 29).

A consent may be taken back at any time, whatever became of the mediation: what runs stops, and what was kept is
deleted (个人信息保护法 47).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from core.uploads.recordings import prepare_recording
from core.wording import said
from mediation import session_rules
from mediation.enums import ConsentHow
from mediation.models import Attendee, MediationCase, Recording, RecordingConsent, Session
from mediation.services import inside
from mediation.services.recording_stops import stop
from mediation.services.session_inside import locked, require_begun
from mediation.session_enums import AsWhat, SessionAct, Stopped
from petitions.services import attaching

HEX = re.compile(r"[0-9a-f]{64}")


def give_notice(*, session: Session, actor: Actor, at: datetime | None = None) -> Recording:
    """Everybody there has been told that, why and for how long the session would be recorded.

    Raises Refusal: not one's right, ended, cancelled or held, not begun, or announced before.
    """
    at = at or now()
    try:
        with transaction.atomic():
            row = locked(session, actor, SessionAct.RECORD)
            require_begun(row, at)
            if row.held_at is not None:
                raise Refusal(_("这场调解已经记录，不能再录音录像。"), code="stale")
            made: Recording = Recording.objects.create(session=row, notified_at=at, notified_by=actor.user)
            audit.record(actor=actor, act="mediation.recording_notice", obj=row, at=at)
    except IntegrityError as error:
        if "recording_one_at_a_time" in str(error):
            raise Refusal(_("这场调解已经告知要录音录像。"), code="stale") from error
        raise
    return made


def agree(
    *, recording: Recording, actor: Actor, attendee: Attendee, how: ConsentHow, at: datetime | None = None
) -> RecordingConsent:
    """Somebody who is there agrees to be recorded.

    Raises Refusal: not one's right, ended, stopped before, somebody who is not there, or who agreed already.
    """
    at = at or now()
    with transaction.atomic():
        row, _session = _locked(recording, actor)
        if row.stopped_at is not None:
            raise Refusal(_("这段录音录像已经停止。要再录的，请重新告知。"), code="stale")
        if not _session.attendees.filter(pk=attendee.pk, left_at=None).exists():
            raise Refusal(_("这位不在到场人里，请刷新后再选。"), code="stale")
        if row.consents.filter(attendee=attendee, withdrawn_at=None).exists():
            raise Refusal(_("这位的同意已经记录。"), code="stale")
        made: RecordingConsent = RecordingConsent.objects.create(
            recording=row, attendee=attendee, how=how, given_at=at, recorded_by=actor.user
        )
        audit.record(actor=actor, act="mediation.recording_consent", obj=_session, detail={"how": how}, at=at)
    return made


def start(*, recording: Recording, actor: Actor, at: datetime | None = None) -> Recording:
    """The device runs from now on. Raises Refusal: not one's right, ended, started or stopped before, or somebody who
    is there has not agreed (with how many)."""
    at = at or now()
    with transaction.atomic():
        row, session = _locked(recording, actor)
        if row.stopped_at is not None:
            raise Refusal(_("这段录音录像已经停止。要再录的，请重新告知。"), code="stale")
        if row.started_at is not None:
            raise Refusal(_("已经在录。"), code="stale")
        here = set(session.attendees.filter(left_at=None).values_list("pk", flat=True))
        agreed = set(row.consents.filter(withdrawn_at=None).values_list("attendee_id", flat=True))
        if not here:
            raise Refusal(_("请先登记到场人，再逐一征得同意。"), code="consent")
        if missing := len(here - agreed):
            raise Refusal(
                _("到场人里还有 %(n)d 位没有同意，不能录。有人不同意的，就不录，调解照常进行。")
                % {"n": missing},
                code="consent",
            )
        row.started_at = at
        row.save(update_fields=["started_at"])
        audit.record(actor=actor, act="mediation.recording_start", obj=session, at=at)
    return row


def end(*, recording: Recording, actor: Actor, at: datetime | None = None) -> Recording:
    """The device was switched off; of one that never ran, the notice is done with. Raises Refusal: not one's right,
    ended, or stopped before."""
    at = at or now()
    with transaction.atomic():
        row, session = _locked(recording, actor)
        if row.stopped_at is not None:
            raise Refusal(_("这段录音录像已经停止。"), code="stale")
        stop(row, Stopped.ENDED, at)
        audit.record(actor=actor, act="mediation.recording_stop", obj=session, at=at)
    return row


def take_back(*, consent: RecordingConsent, actor: Actor, at: datetime | None = None) -> Recording:
    """Somebody no longer agrees. What runs stops at once; what was kept is opened by nobody any more and deleted by the
    next sweep; a file that was not handed in yet is not taken. Works after the mediation has ended, too.

    Raises Refusal: not one's right, or taken back before.
    """
    at = at or now()
    with transaction.atomic():
        session = consent.recording.session
        # Not by the case: a consent is taken back whatever became of the mediation, sealed or ended.
        MediationCase.objects.select_for_update(of=("self",)).get(pk=session.mediation_id)
        attendee = consent.attendee
        own = attendee.party if attendee.as_what == AsWhat.PARTY else None
        session_rules.require(SessionAct.TAKE_BACK, actor, session, own)
        row: Recording = Recording.objects.select_for_update(of=("self",)).get(pk=consent.recording_id)
        changed = RecordingConsent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=at)
        if not changed:
            raise Refusal(_("已经登记撤回。"), code="stale")
        if row.stopped_at is None:
            stop(row, Stopped.TAKEN_BACK, at)
        if row.kept_at is not None and row.gone_at is None:
            row.keep_until = at
            row.save(update_fields=["keep_until"])
        audit.record(actor=actor, act="mediation.recording_take_back", obj=session, at=at)
    return row


def keep(*, recording: Recording, actor: Actor, file: UploadedFile, at: datetime | None = None) -> Recording:
    """Keep the file here, its hash beside it.

    Raises Refusal: not one's right, ended, never ran or runs still, kept before, somebody took their consent back, or
    as ``prepare_recording``.
    """
    at = at or now()
    ready = prepare_recording(file, settings.MEDIATION_RECORDING_BYTES)
    with attaching.undone_with_the_step(), transaction.atomic():
        row, session = _to_keep(recording, actor)
        row.content_type, row.size, row.sha256 = (
            ready.facts.content_type,
            ready.facts.size,
            ready.facts.sha256,
        )
        row.file.save(ready.facts.name, ready, save=False)
        attaching.goes_with_the_step(str(row.file.name))
        _kept(row, session, actor, at)
    return row


def keep_elsewhere(
    *, recording: Recording, actor: Actor, elsewhere: str, sha256: str, at: datetime | None = None
) -> Recording:
    """A system of the district keeps it: which, how it is found there, and its SHA-256.

    Raises Refusal: as ``keep``, no words, or no hash.
    """
    at = at or now()
    elsewhere = said(elsewhere, _("请写明存放在哪个系统、怎样查到。"), longest=300)
    sha256 = "".join(sha256.split()).lower()
    if not HEX.fullmatch(sha256):
        raise Refusal(_("SHA-256 校验值是 64 位的数字和字母 a 到 f，请从保存的系统里复制。"), code="invalid")
    with transaction.atomic():
        row, session = _to_keep(recording, actor)
        row.elsewhere, row.sha256 = elsewhere, sha256
        _kept(row, session, actor, at)
    return row


def look(*, recording: Recording, actor: Actor, at: datetime | None = None) -> Recording:
    """Where it is, its hash; each look is on record. Raises Refusal: not one's right, nothing kept, or deleted."""
    at = at or now()
    session_rules.require(SessionAct.LOOK, actor, recording.session)
    if recording.kept_at is None:
        raise Refusal(_("这段录音录像还没有保存。"), code="stale")
    if not recording.is_kept(at):
        raise Refusal(_("这段录音录像已按规定删除，或者有人撤回了同意，不能再查看。"), code="stale")
    audit.record(
        actor=actor,
        act="mediation.recording_look",
        obj=recording.session,
        detail={"recording": recording.pk},
        at=at,
    )
    return recording


def _locked(recording: Recording, actor: Actor) -> tuple[Recording, Session]:
    session = locked(recording.session, actor, SessionAct.RECORD)
    row: Recording = Recording.objects.select_for_update(of=("self",)).get(pk=recording.pk)
    row.session = session
    return row, session


def _to_keep(recording: Recording, actor: Actor) -> tuple[Recording, Session]:
    row, session = _locked(recording, actor)
    if row.kept_at is not None:
        raise Refusal(_("这段录音录像已经保存。"), code="stale")
    if row.started_at is None:
        raise Refusal(_("这段录音录像没有开始录，没有可以保存的。"), code="stale")
    if row.stopped_at is None:
        raise Refusal(_("还在录，请先停止。"), code="stale")
    if row.consents.exclude(withdrawn_at=None).exists():
        raise Refusal(_("有人撤回了同意，这段录音录像不能保存，请在录制的设备上删除。"), code="consent")
    return row, session


def _kept(row: Recording, session: Session, actor: Actor, at: datetime) -> None:
    row.kept_at, row.kept_by = at, actor.user
    row.keep_until = at + timedelta(days=settings.MEDIATION_RECORDING_DAYS)
    row.save()
    words = _("调解录音录像已保存。") if row.file else _("调解录音录像已在本区系统保存。")
    inside.history(session.mediation, actor, words, at)
    audit.record(
        actor=actor, act="mediation.recording_keep", obj=session, detail={"recording": row.pk}, at=at
    )

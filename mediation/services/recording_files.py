"""The files of recordings: checked when they are opened, deleted when their time is over."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import AuditOutcome
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from mediation.models import Recording
from mediation.services.matters import Matter
from mediation.services.recordings import look
from mediation.session_enums import Gone

CHUNK = 1 << 20
FOLDER = "recordings"


def opened(*, recording: Recording, actor: Actor, at: datetime | None = None) -> Any:
    """The file, open at its beginning, after its bytes were found to be those that were kept.

    Raises Refusal: as ``recordings.look``, kept elsewhere, missing, or changed since ("stale"; that is on record).
    """
    at = at or now()
    look(recording=recording, actor=actor, at=at)
    if not recording.file:
        raise Refusal(_("这段录音录像存放在本区的系统里，请到那里查看。"), code="invalid")
    try:
        found = recording.file.open("rb")
    except FileNotFoundError:
        raise Refusal(_("这段录音录像的文件找不到，请联系系统管理员。"), code="stale") from None
    if _sha256(found) != recording.sha256:
        found.close()
        audit.record(
            actor=actor,
            act="mediation.recording_changed",
            obj=recording.session,
            detail={"recording": recording.pk},
            outcome=AuditOutcome.REFUSED,
            at=at,
        )
        raise Refusal(
            _("文件与保存时的校验值不一致，可能被改动过，没有打开。请联系系统管理员和督查。"), code="stale"
        )
    return found


def delete_due(at: datetime) -> int:
    """Delete what need not be kept any more, each once; how many. Safe to run twice at once."""
    gone = 0
    for pk in list(Recording.objects.due(at).order_by("keep_until").values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            row = Recording.objects.select_for_update(skip_locked=True).due(at).filter(pk=pk).first()
            if row is not None:
                back = row.consents.exclude(withdrawn_at=None).exists()
                _delete(row, Gone.TAKEN_BACK if back else Gone.TERM, at)
                gone += 1
    return gone


def forget(matter: Matter) -> int:
    """Delete what is still kept of a case or dispute whose people are forgotten; how many there were."""
    rows = Recording.objects.select_for_update().filter(
        session__mediation__in=matter.mediations.all(), kept_at__isnull=False, gone_at=None
    )
    found, at = list(rows), now()
    for row in found:
        _delete(row, Gone.ARCHIVE, at)
    return len(found)


def remove_strays(at: datetime, *, older: timedelta = timedelta(days=1)) -> int:
    """Delete files that no row names, of a process that was killed between file and commit. How many."""
    try:
        folders = default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return 0
    removed = 0
    for folder in folders:
        paths = {f"{FOLDER}/{folder}/{name}" for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]}
        named = set(Recording.objects.filter(file__in=paths).values_list("file", flat=True))
        for path in paths - named:
            if default_storage.get_modified_time(path) < at - older:
                default_storage.delete(path)
                removed += 1
    return removed


def _delete(row: Recording, why: Gone, at: datetime) -> None:
    """Of a locked row. The file goes with the commit; if the process dies between, ``remove_strays`` takes it."""
    name = str(row.file.name or "")
    row.file, row.gone_at, row.gone_why = "", at, why
    row.save(update_fields=["file", "gone_at", "gone_why"])
    audit.record(
        actor=Actor.system(),
        act="mediation.recording_gone",
        obj=row.session,
        detail={"recording": row.pk, "gone": why},
        at=at,
    )
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))


def _sha256(found: Any) -> str:
    digest = hashlib.sha256()
    while chunk := found.read(CHUNK):
        digest.update(chunk)
    found.seek(0)
    return digest.hexdigest()

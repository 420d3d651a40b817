"""Recordings of a session: announced, consented to by everybody there, kept with their hash, deleted in time."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.timekeeping import now
from mediation.enums import ConsentHow
from mediation.models.minutes import Attendee
from mediation.models.sessions import Session
from mediation.session_enums import Gone, Stopped
from mediation.session_querysets import RecordingQuerySet


def recording_path(instance: Recording, name: str) -> str:
    """recordings/2026/<uuid>.mp4: nothing of the session or of anybody's name in it."""
    return f"recordings/{instance.notified_at:%Y}/{uuid.uuid4().hex}.{name.rpartition('.')[2]}"


class Recording(models.Model):
    """One recording, from the notice that there will be one. ``file`` is kept here, or ``elsewhere`` says in words
    where a system of the district keeps it; ``sha256`` is the hex digest of its bytes in either case.

    ``keep_until``: when the file is deleted; at once where somebody took their consent back (个人信息保护法 47).
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="recordings")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notified_at = models.DateTimeField(_("告知时间"))
    notified_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("开始录"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("停止录"), null=True, blank=True)
    stopped_why = models.CharField(_("停止原因"), max_length=12, choices=Stopped, blank=True, default="")
    file = models.FileField(upload_to=recording_path, max_length=200, blank=True)
    elsewhere = models.CharField(_("存放在哪个系统、怎样查到"), max_length=300, blank=True, default="")
    content_type = models.CharField(max_length=100, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, default="")
    kept_at = models.DateTimeField(_("保存时间"), null=True, blank=True)
    kept_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    keep_until = models.DateTimeField(_("保存到"), null=True, blank=True)
    gone_at = models.DateTimeField(_("删除时间"), null=True, blank=True)
    gone_why = models.CharField(_("删除原因"), max_length=12, choices=Gone, blank=True, default="")

    objects: ClassVar[Any] = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("录音录像")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(stopped_at=None), name="recording_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_why="")
                | (Q(stopped_at__isnull=False) & ~Q(stopped_why="")),
                name="recording_stopped_why",
            ),
            models.CheckConstraint(
                condition=Q(kept_at=None, sha256="", keep_until=None)
                | (
                    Q(kept_at__isnull=False, started_at__isnull=False, stopped_at__isnull=False)
                    & Q(keep_until__isnull=False)
                    & ~Q(sha256="")
                ),
                name="recording_kept_whole",
            ),
            models.CheckConstraint(
                condition=Q(gone_at=None, gone_why="")
                | (Q(gone_at__isnull=False, file="") & ~Q(gone_why="")),
                name="recording_gone_why",
            ),
        ]
        indexes = [
            models.Index(
                "keep_until",
                name="recording_to_delete",
                condition=Q(kept_at__isnull=False, gone_at=None),
            )
        ]

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.stopped_at is None

    @property
    def taken_back(self) -> bool:
        """Whether somebody took their consent back; of the consents that were fetched."""
        return any(one.withdrawn_at is not None for one in self.consents.all())

    def is_kept(self, at: datetime | None = None) -> bool:
        """Whether there is something that may still be opened."""
        there = self.kept_at is not None and self.gone_at is None
        return there and self.keep_until is not None and self.keep_until > (at or now())


class RecordingConsent(models.Model):
    """Somebody who is there agrees to be recorded; taking it back needs no reason."""

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="consents")
    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="recording_consents")
    how = models.CharField(_("方式"), max_length=12, choices=ConsentHow)
    given_at = models.DateTimeField(_("同意时间"))
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("录音录像的同意")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recording", "attendee"],
                condition=Q(withdrawn_at=None),
                name="recording_consent_one_living",
            )
        ]

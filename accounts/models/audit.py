"""The audit log: who did what, to what, when, with which outcome.

Append-only: triggers (migration 0002) refuse UPDATE, DELETE and TRUNCATE. The chain of hashes is
made later, by ``services.audit_chain.seal``, in a table of its own, so that writers never wait for each other.
"""

from __future__ import annotations

from datetime import UTC

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditOutcome
from accounts.models.people import Post, User


class AuditEntry(models.Model):
    at = models.DateTimeField(_("时间"))
    user = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("人员"),
    )
    post = models.ForeignKey(
        Post,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("岗位"),
    )
    actor_label = models.CharField(_("操作人"), max_length=120, blank=True, default="")
    act = models.CharField(_("操作"), max_length=60)
    object_type = models.CharField(_("对象类型"), max_length=60, blank=True, default="")
    object_id = models.CharField(_("对象编号"), max_length=60, blank=True, default="")
    detail = models.JSONField(_("详情"), default=dict, encoder=DjangoJSONEncoder)
    outcome = models.CharField(
        _("结果"),
        max_length=10,
        choices=AuditOutcome.choices,
        default=AuditOutcome.DONE,
    )

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        indexes = (
            models.Index(fields=["object_type", "object_id", "id"], name="audit_of_object"),
            models.Index(fields=["user", "id"], name="audit_of_user"),
            models.Index(fields=["act", "id"], name="audit_of_act"),
            models.Index(fields=["at"], name="audit_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_label} {self.act}"


class AuditPending(models.Model):
    """Entries not sealed yet; a trigger writes one row per entry, the sealer takes it away."""

    audit_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"#{self.audit_id}"


class AuditSeal(models.Model):
    """One link of the chain: ``hash`` = SM3 of ``prev_hash`` and the entry's canonical text."""

    audit_id = models.BigIntegerField(unique=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"#{self.audit_id} {self.hash[:12]}"


class AuditHead(models.Model):
    """The chain's last link at a moment, signed with the district's data key: what comes before cannot be rewritten
    by somebody who has the database alone."""

    at = models.DateTimeField(_("签名时间"))
    seal_id = models.BigIntegerField(unique=True)
    audit_id = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"#{self.seal_id} {self.hash[:12]}"

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.seal_id} {self.audit_id} {self.hash} {self.at.astimezone(UTC).isoformat()}"

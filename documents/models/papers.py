"""A paper (文书), what was frozen of it when it was issued, and every try to serve it.

No foreign key to a case: a paper knows, as a word, what it is about; the rooms above keep the link.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.sealing import SealedTextField
from documents.enums import FROZEN, PaperState, ServiceMethod, ServiceOutcome
from documents.models.series import PaperSeries
from documents.models.templates import PaperTemplate

#: A field holds a text, or a list of texts that are numbered when they are printed.
FieldValue = str | list[str]
_frozen = [state.value for state in FROZEN]


def _who(words: Any) -> Any:
    return models.ForeignKey(
        User, verbose_name=words, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class Paper(models.Model):
    """Changed by the doors in ``services`` alone; from ISSUED on a trigger (migrations 0002 and 0003) refuses all but
    service, archive and the loss of its texts when the people in it are anonymised. ``fields_text`` is the fields as
    JSON, sealed: names, addresses and telephones are in them."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    template = models.ForeignKey(PaperTemplate, on_delete=models.PROTECT, related_name="papers")
    unit = models.ForeignKey(
        Unit, verbose_name=_("发文机关"), on_delete=models.PROTECT, related_name="papers"
    )
    about = models.CharField(max_length=40, blank=True, default="", help_text='As "petition:123".')
    major = models.BooleanField(_("须由领导签发"), default=False)
    fields_text = SealedTextField(_("内容"))
    state = models.CharField(_("状态"), max_length=8, choices=PaperState.choices, default=PaperState.DRAFT)
    sent_back = SealedTextField(_("退回意见"))
    drafted_by = _who(_("拟稿人"))
    drafted_at = models.DateTimeField(_("拟稿时间"))
    checked_by = _who(_("核稿人"))
    checked_at = models.DateTimeField(_("核稿时间"), null=True, blank=True)
    approved_by = _who(_("签发人"))
    approved_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    issued_by = _who(_("印发人"))
    issued_at = models.DateTimeField(_("印发时间"), null=True, blank=True)
    served_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    archived_by = _who(_("归档人"))
    archived_at = models.DateTimeField(_("归档时间"), null=True, blank=True)
    forgotten_at = models.DateTimeField(
        _("去标识时间"), null=True, blank=True, help_text="From then on its texts and its file are empty."
    )
    series = models.ForeignKey(
        PaperSeries, null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    word = models.CharField(_("机关代字"), max_length=20, blank=True, default="")
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    serial = models.PositiveIntegerField(_("序号"), null=True, blank=True)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="correction"
    )
    content_hash = models.CharField("SM3", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("文书")
        verbose_name_plural = _("文书")
        ordering = ("id",)
        indexes = (
            models.Index(fields=["about"], condition=~Q(about=""), name="paper_about"),
            models.Index(fields=["unit", "state", "-id"], name="paper_of_unit"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["word", "year", "serial"], condition=~Q(word=""), name="paper_number_once"
            ),
            models.UniqueConstraint(fields=["series", "year", "serial"], name="paper_serial_once"),
            models.CheckConstraint(
                condition=Q(series=None, word="", year=None, serial=None)
                | (Q(series__isnull=False, year__isnull=False, serial__gt=0) & ~Q(word="")),
                name="paper_number_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_frozen, issued_at__isnull=False, content_hash__regex="^[0-9a-f]{64}$")
                | (~Q(state__in=_frozen) & Q(issued_at=None, series=None, content_hash="")),
                name="paper_issued_is_frozen",
            ),
            models.CheckConstraint(condition=~Q(checked_by=F("drafted_by")), name="paper_checked_by_another"),
            models.CheckConstraint(
                condition=~Q(approved_by=F("drafted_by")), name="paper_approved_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PaperState.CHECKED.value, PaperState.APPROVED.value])
                | Q(checked_at__isnull=False),
                name="paper_checked_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=PaperState.APPROVED) | Q(approved_at__isnull=False),
                name="paper_approved_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=PaperState.SERVED) | Q(served_at__isnull=False), name="paper_served_when"
            ),
            models.CheckConstraint(
                condition=~Q(state=PaperState.ARCHIVED) | Q(archived_at__isnull=False),
                name="paper_archived_when",
            ),
        )

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"

    def sealed_to(self) -> str:
        return str(self.key)

    @property
    def kind(self) -> str:
        return self.template.kind

    @property
    def number(self) -> str:
        """文号: 清信告〔2026〕12号; empty before issue and for records."""
        return f"{self.word}〔{self.year}〕{self.serial}号" if self.word else ""

    @property
    def fields(self) -> dict[str, FieldValue]:
        """Name → text, or a list of texts."""
        found: dict[str, FieldValue] = json.loads(self.fields_text or "{}")
        return found

    @property
    def is_frozen(self) -> bool:
        return self.state in FROZEN


class PaperFrozen(models.Model):
    """A paper as it was issued: the whole of it as canonical JSON, and the very bytes of its PDF (base64), both sealed.

    A table of its own, so that no list of papers carries the files. ``Paper.content_hash`` is the SM3 of ``text``,
    which holds the SM3 of the PDF; a secret salt in it keeps a short paper's names from being guessed from the hash.
    """

    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="frozen", primary_key=False)
    text = SealedTextField()
    pdf = SealedTextField()

    def __str__(self) -> str:
        return f"#{self.paper_id}"

    def sealed_to(self) -> str:
        return str(self.paper_id)


class Delivery(models.Model):
    """One try to serve a paper on one person (送达). ``served_at``: when it counts as received; empty if it failed."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="deliveries")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    method = models.CharField(_("送达方式"), max_length=12, choices=ServiceMethod.choices)
    outcome = models.CharField(_("结果"), max_length=8, choices=ServiceOutcome.choices)
    recipient = SealedTextField(_("受送达人"))
    place = SealedTextField(_("送达地点"))
    tried_at = models.DateTimeField(_("送交时间"))
    served_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    consented = models.BooleanField(_("受送达人已同意电子送达"), default=False)
    witnesses = SealedTextField(_("见证人"))
    proof = SealedTextField(_("证明"))
    evidence = models.CharField(
        _("佐证材料"), max_length=40, blank=True, default="", help_text='Photo or receipt, as "attachment:7".'
    )
    by = _who(_("送达人"))
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("送达记录")
        verbose_name_plural = _("送达记录")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(method=ServiceMethod.ELECTRONIC, outcome=ServiceOutcome.SERVED)
                | Q(consented=True),
                name="delivery_electronic_by_consent",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ServiceOutcome.SERVED, served_at__isnull=False)
                | (~Q(outcome=ServiceOutcome.SERVED) & Q(served_at=None)),
                name="delivery_served_when",
            ),
        )

    def __str__(self) -> str:
        return f"#{self.pk} {self.method} {self.outcome}"

    def sealed_to(self) -> str:
        return str(self.token)

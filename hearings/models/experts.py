"""专家意见, 鉴定, 评估: what was asked of whom, and what came back. Neither is ever changed; no clock stops."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.sealing import SealedTextField
from hearings.enums import ExpertKind
from hearings.models.hearings import person
from petitions.models import Attachment, Petition
from petitions.querysets import OfACase


class ExpertQuestion(models.Model):
    """Asked of an expert or a body, to be answered by ``due_on`` (Asia/Shanghai). Whom: sealed, it may be a person."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="expert_questions")
    token = models.CharField(max_length=64, unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=ExpertKind)
    whom = SealedTextField(_("向谁征求"))
    question = models.TextField(_("问题"))
    asked_on = models.DateField(_("征求日期"))
    due_on = models.DateField(_("答复期限"))
    at = models.DateTimeField()
    by = person()
    who = models.CharField(max_length=120)

    objects: ClassVar[Any] = OfACase.as_manager()

    class Meta:
        verbose_name = _("专家意见")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(question=""), name="expert_question_asks"),
            models.CheckConstraint(condition=Q(due_on__gte=F("asked_on")), name="expert_question_in_order"),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return self.token


class ExpertAnswer(models.Model):
    """The opinion, once for each question."""

    question = models.OneToOneField(ExpertQuestion, on_delete=models.PROTECT, related_name="answer")
    received_on = models.DateField(_("收到日期"))
    opinion = models.TextField(_("意见"))
    files = models.ManyToManyField(Attachment, blank=True, related_name="+")
    at = models.DateTimeField()
    by = person()
    who = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(opinion=""), name="expert_answer_says_something")]


def new_token() -> str:
    """For a question that came by no form."""
    return uuid.uuid4().hex


__all__: list[Any] = ["ExpertAnswer", "ExpertQuestion", "new_token"]

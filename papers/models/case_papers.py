"""The link between a case and a paper: what of the case the paper is about, and how far the work on it has come."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from conference.models import Order
from documents.enums import PaperKind
from documents.models import Paper
from hearings.models import Hearing
from papers.enums import KINDS, ONCE, PER_ANSWER, SUBJECTS
from papers.querysets import CasePaperQuerySet
from petitions.models import (
    AcceptanceRefusal,
    Extension,
    Objection,
    Petition,
    PetitionEvent,
    Reply,
    Share,
)
from reviews.models import Review
from supervision.models import Suggestion, Supervision

_PER_ANSWER = [kind.value for kind in PER_ANSWER]


def _about(model: type[models.Model]) -> Any:
    return models.ForeignKey(model, null=True, blank=True, on_delete=models.PROTECT, related_name="papers")


def _of(name: str) -> Q:
    """Kinds that are about ``name``, with it and nothing else; "" for the case as such. A report on a share names the
    answer beside it."""
    kinds = (
        SUBJECTS[name]
        if name
        else [kind for kind in KINDS if not any(kind in of for of in SUBJECTS.values())]
    )
    others = {f"{other}__isnull": other != name for other in SUBJECTS}
    about = Q(kind__in=[kind.value for kind in kinds], **others)
    if name == "share":
        about |= Q(kind__in=_PER_ANSWER, **others | {"reply__isnull": False})
    return about


def _once(name: str) -> Q:
    found = Q(correction=False, discarded_at=None, **{f"{name}__isnull": False})
    return found & ~Q(kind__in=_PER_ANSWER) if name in {"share", "reply"} else found


class CasePaper(models.Model):
    """A paper of a case. ``kind`` repeats the template's, so that the database can hold it against the subject.

    ``named``: one of its texts names the petitioner, so that of a confidential case only those who know them read it.
    ``revision`` counts what was saved: whoever saves over another's words is told. ``correction``: it takes the place
    of an issued one and is about the same.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="papers")
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="of_case")
    kind = models.CharField(_("文书种类"), max_length=20, choices=PaperKind.choices)
    share = _about(Share)
    objection = _about(Objection)
    refusal = _about(AcceptanceRefusal)
    extension = _about(Extension)
    reply = _about(Reply)
    review = _about(Review)
    supervision = _about(Supervision)
    order = _about(Order)
    suggestion = _about(Suggestion)
    event = _about(PetitionEvent)
    hearing = _about(Hearing)
    proof_of = models.ForeignKey(
        Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="service_records"
    )
    correction = models.BooleanField(_("更正"), default=False)
    named = models.BooleanField(_("写有信访人"), default=True)
    revision = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField(_("提交核稿"), null=True, blank=True)
    token = models.CharField(max_length=64, null=True, blank=True, unique=True)
    discarded_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    discarded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    discard_reason = models.CharField(_("作废的理由"), max_length=500, blank=True, default="")
    raised_at = models.DateTimeField(_("报领导签发"), null=True, blank=True)
    raised_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    raise_reason = models.CharField(
        max_length=500, blank=True, default="", help_text="Why a leader signs, or why none needs to any more."
    )

    objects: ClassVar[Any] = CasePaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("信访件文书")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=reduce(or_, (_of(name) for name in ("", *SUBJECTS))),
                name="case_paper_of_its_subject",
            ),
            models.UniqueConstraint(
                fields=["petition", "kind"],
                condition=Q(kind__in=[kind.value for kind in ONCE], correction=False, discarded_at=None),
                name="case_paper_once_per_case",
            ),
            *(
                models.UniqueConstraint(
                    fields=[name, "kind"],
                    condition=_once(name),
                    name=f"case_paper_once_per_{name}",
                )
                for name in SUBJECTS
                if name != "proof_of"
            ),
            models.UniqueConstraint(
                fields=["share", "reply", "kind"],
                condition=Q(correction=False, discarded_at=None, kind__in=_PER_ANSWER),
                nulls_distinct=False,
                name="case_paper_once_per_answer",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None) | ~Q(discard_reason=""), name="case_paper_discarded_why"
            ),
        )

    def __str__(self) -> str:
        return f"{self.petition_id} {self.kind}"

    def get_absolute_url(self) -> str:
        return reverse("papers:paper", args=[self.paper.key])

    @property
    def subject(self) -> Any:
        """What of the case it is about; None: the case as such."""
        return next((found for name in SUBJECTS if (found := getattr(self, name)) is not None), None)

    @property
    def cases(self) -> list[Petition]:
        """Those it hangs on; of a letter about several, all of them in the order of its table. One query."""
        found = [one.petition for one in self.letter_cases.select_related("petition").order_by("id")]
        return found or [self.petition]


class LetterCase(models.Model):
    """One of the cases of a 转送函 about several (条例 22): the letter hangs on each of them, and is the letter of that
    share. ``counts``: not a correction, nor discarded, so that no other letter about the same share may be written.

    The first case's own columns stand in ``CasePaper`` as well.
    """

    letter = models.ForeignKey(CasePaper, on_delete=models.PROTECT, related_name="letter_cases")
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="letters")
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="letters")
    counts = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("合并转送的信访件")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["share"], condition=Q(counts=True), name="letter_once_per_share"),
            models.UniqueConstraint(fields=["letter", "petition"], name="letter_names_a_case_once"),
        )

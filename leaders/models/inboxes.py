"""Inboxes of leaders (主官在线): the box of a post, who may read it for the leader, what came in, what was answered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Post, User
from accounts.models.people import DateRange
from leaders.enums import ReplyState
from leaders.inbox_querysets import InboxQuerySet, LetterQuerySet
from petitions.models import Petition

SLUG = r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])"


class LeaderInbox(models.Model):
    """The box of a post, not of a person: whoever follows in the post reads it, and whoever left does not."""

    name = models.CharField(_("信箱名称"), max_length=40)
    slug = models.CharField(_("网址短名"), max_length=40, unique=True)
    post = models.ForeignKey(Post, verbose_name=_("职务"), on_delete=models.PROTECT, related_name="inboxes")
    purpose = models.TextField(_("说明"), blank=True, default="")
    closed_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = InboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("领导信箱")
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=rf"^{SLUG}$"), name="inbox_slug_is_plain"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("leaders:inbox", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def holder(self, day: date) -> Post | None:
        """The post whose box it is, while held; after that the one that took it over: same unit, same title, begun
        when the old one ended or later. None between the two, or where several could be meant: then the office names
        one. At most one query when the post comes with unit and user."""
        if self.post.held_on(day):
            return self.post
        if not self.post.title or self.post.valid_until is None or self.post.valid_until > day:
            return None
        heirs = Post.objects.current(day).filter(
            role=Role.LEADER,
            unit=self.post.unit_id,
            title=self.post.title,
            stands_in_for=None,
            valid_from__gte=self.post.valid_until,
        )
        found = list(heirs.select_related("unit", "user")[:2])
        return found[0] if len(found) == 1 else None


class InboxDelegate(models.Model):
    """Somebody who reads the box for the leader and drafts, from ``valid_from`` up to ``valid_until``, not included."""

    inbox = models.ForeignKey(LeaderInbox, on_delete=models.PROTECT, related_name="delegates")
    user = models.ForeignKey(User, verbose_name=_("代阅人"), on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("从哪天起"))
    valid_until = models.DateField(_("到哪天止"))
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-valid_until", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="delegate_ends_after_start"
            ),
            ExclusionConstraint(
                name="delegate_once_at_a_time",
                expressions=[
                    ("inbox", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index("user", "valid_until", name="delegate_of_user")]

    @property
    def last_day(self) -> date:
        return self.valid_until - timedelta(days=1)


class InboxLetter(models.Model):
    """A case that came through a box. An accusation never has one: it is sealed before anybody could read it here."""

    inbox = models.ForeignKey(LeaderInbox, on_delete=models.PROTECT, related_name="letters")
    petition = models.OneToOneField(Petition, on_delete=models.PROTECT, related_name="inbox_letter")
    at = models.DateTimeField(_("来信时间"))

    objects: ClassVar[Any] = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("信箱来信")
        indexes = [models.Index("inbox", F("at").desc(), F("id").desc(), name="letter_of_inbox")]

    def get_absolute_url(self) -> str:
        return reverse("leaders:letter", args=[self.pk])


class LetterReply(models.Model):
    """A reply in the leader's name. It is not the answer that the law asks for (答复), and stops no clock."""

    letter = models.ForeignKey(InboxLetter, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField(_("回复内容"))
    state = models.CharField(max_length=10, choices=ReplyState, default=ReplyState.DRAFT)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_who = models.CharField(max_length=120)
    asked_back = models.TextField(_("退回意见"), blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(
        Post,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="In whose name it went out.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(state__in=[ReplyState.DRAFT, ReplyState.RETURNED]),
                name="reply_one_open_per_letter",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReplyState.RELEASED)
                | Q(post__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="reply_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReplyState.RETURNED) | ~Q(asked_back=""), name="reply_returned_with_words"
            ),
        ]
        indexes = [
            models.Index("letter", name="reply_to_release", condition=Q(state=ReplyState.DRAFT)),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in {ReplyState.DRAFT, ReplyState.RETURNED}

    @property
    def tone(self) -> str:
        return {
            ReplyState.DRAFT: "soon",
            ReplyState.RETURNED: "soon",
            ReplyState.RELEASED: "done",
            ReplyState.DROPPED: "plain",
        }[ReplyState(self.state)]

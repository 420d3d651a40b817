"""Notices in the application, and the outbox of what leaves it.

No foreign key to a case: a notice knows its text, its link, its dedupe key and, as a word, what it is about. No
personal data in its text.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.enums import Channel, Extent, Level, OutboxState


class Notice(models.Model):
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("接收人"),
        on_delete=models.PROTECT,
        related_name="notices",
        db_index=False,
    )
    text = models.CharField(_("内容"), max_length=300)
    link = models.CharField(_("链接"), max_length=300)
    about = models.CharField(
        max_length=40, blank=True, default="", help_text='What it tells of, as "petition:123".'
    )
    dedupe_key = models.CharField(max_length=200)
    level = models.CharField(_("紧要程度"), max_length=8, choices=Level.choices, default=Level.INFO)
    created_at = models.DateTimeField(_("时间"))
    meant_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was to be told, where it was told later: nothing ran then."
    )
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        indexes = (
            models.Index(fields=["recipient", "-created_at", "-id"], name="notice_newest"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["about"], condition=~Q(about=""), name="notice_about"),
        )
        constraints = (
            models.UniqueConstraint(fields=["dedupe_key"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(link__startswith="/") & ~Q(link__startswith="//"),
                name="notice_link_is_local",
            ),
        )

    def __str__(self) -> str:
        return self.text


class DailyMail(models.Model):
    """Whoever has a row here gets one message a day instead of one for each notice; what is late comes at once."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="daily_mail"
    )
    since = models.DateTimeField(_("开始"))

    class Meta:
        verbose_name = _("每日汇总")
        verbose_name_plural = _("每日汇总")

    def __str__(self) -> str:
        return str(self.user_id)


class ChannelChoice(models.Model):
    """Somebody wants to be told by this way too. E-mail needs no choice, only an address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="channel_choices", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    extent = models.CharField(max_length=4, choices=Extent.choices, default=Extent.LATE)

    class Meta:
        verbose_name = _("提醒方式")
        verbose_name_plural = _("提醒方式")
        constraints = (models.UniqueConstraint(fields=["user", "channel"], name="channel_chosen_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.channel} {self.extent}"


class ChannelRate(models.Model):
    """How many messages a channel takes now (``services.rates``): a row a channel, locked while they are claimed."""

    channel = models.CharField(max_length=10, primary_key=True, choices=Channel.choices)
    left = models.FloatField()
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("发送频率")
        verbose_name_plural = _("发送频率")

    def __str__(self) -> str:
        return f"{self.channel} {self.left:.1f}"


class OutboxMessage(models.Model):
    """One message that must leave. ``next_try_at`` of a message being sent is when its claim lapses. One that is held
    leaves with the day's ``digest``, the notice that stands for all of them."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="messages")
    digest = models.ForeignKey(
        Notice, null=True, blank=True, on_delete=models.PROTECT, related_name="gathered", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    state = models.CharField(max_length=10, choices=OutboxState.choices, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("待发消息")
        verbose_name_plural = _("待发消息")
        indexes = (
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=[OutboxState.WAITING.value, OutboxState.SENDING.value]),
                name="outbox_due",
            ),
            models.Index(fields=["id"], condition=Q(state=OutboxState.GAVE_UP.value), name="outbox_given_up"),
            models.Index(fields=["notice"], condition=Q(state=OutboxState.HELD.value), name="outbox_held"),
            models.Index(fields=["digest"], condition=Q(digest__isnull=False), name="outbox_of_digest"),
        )
        constraints = (models.UniqueConstraint(fields=["notice", "channel"], name="outbox_once_per_channel"),)

    def __str__(self) -> str:
        return f"{self.channel} {self.state} #{self.pk}"

"""How people came in: logins and their ends, passwords used before, the second factor."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.devices import short_agent
from accounts.enums import LoginEnd
from accounts.models.people import User
from core.sealing import SealedTextField


class LoginSession(models.Model):
    """One login of one person, in one browser.

    The browser's session holds this row's id and every request looks here: a login that is ended here is over, whatever
    a cache still knows. No session key is kept, so a copy of this table lets nobody in.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="logins", verbose_name=_("人员"))
    address = models.CharField(_("来自地址"), max_length=45, blank=True, default="")
    agent = models.CharField(_("浏览器"), max_length=300, blank=True, default="")
    started_at = models.DateTimeField(_("登录时间"))
    last_seen_at = models.DateTimeField(_("最近操作"), help_text=_("精确到一分钟"))
    second_factor = models.BooleanField(_("用了动态口令"), default=False)
    failures_before = models.PositiveIntegerField(_("此前失败次数"), default=0)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    why = models.CharField(_("结束原因"), max_length=20, choices=LoginEnd.choices, blank=True, default="")

    class Meta:
        verbose_name = _("登录")
        verbose_name_plural = _("登录")
        indexes = (
            models.Index(fields=["user", "-started_at"], name="logins_of_user"),
            models.Index(fields=["last_seen_at"], condition=Q(ended_at=None), name="logins_open"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at=None, why="") | (Q(ended_at__isnull=False) & ~Q(why="")),
                name="login_end_has_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"#{self.pk} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def device(self) -> str:
        """Browser and system in short words."""
        return short_agent(self.agent)


class PasswordUsed(models.Model):
    """A password somebody has had, as its hash: the last few are not taken again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["user", "-id"], name="passwords_of_user"),)

    def __str__(self) -> str:
        return f"#{self.pk} {self.at:%Y-%m-%d}"


class SecondFactor(models.Model):
    """A person's TOTP secret (RFC 6238). Without ``confirmed_at`` it was shown and not yet proved.

    A model of our own and not django-otp's, which keeps its secrets in clear; the arithmetic is django-otp's.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="second_factor", verbose_name=_("人员")
    )
    secret = SealedTextField(_("密钥"), help_text=_("Base32，160 位"))
    made_at = models.DateTimeField(_("生成时间"))
    confirmed_at = models.DateTimeField(_("启用时间"), null=True, blank=True)
    last_step = models.BigIntegerField(_("用过的最后一个时间步"), default=-1)
    failures = models.PositiveIntegerField(_("连续输错次数"), default=0)
    failed_at = models.DateTimeField(_("最近输错时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("动态口令")
        verbose_name_plural = _("动态口令")

    def __str__(self) -> str:
        return f"#{self.pk}"

    def sealed_to(self) -> str:
        return str(self.user_id)

    def is_blocked(self, limit: int, pause: datetime) -> bool:
        """Whether so many wrong codes came in a row, the last one after ``pause``, that none is looked at."""
        return self.failures >= limit and self.failed_at is not None and self.failed_at > pause


class RecoveryCode(models.Model):
    """A code for one login without the telephone, as its hash."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["factor", "code_hash"], name="recovery_code_once"),)

    def __str__(self) -> str:
        return f"#{self.pk}"

"""What a password must be like, which ones were had before, and when one is too old.

Django asks the rules through AUTH_PASSWORD_VALIDATORS and tells them of every new password, whichever way it came.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.timekeeping import now


def kinds_of(password: str) -> int:
    """How many kinds of characters: small letters, capital letters, digits, others."""
    digits = any(sign.isdigit() for sign in password)
    others = any(not sign.isalnum() or (sign.isalpha() and not sign.isascii()) for sign in password)
    small = any(sign.isascii() and sign.islower() for sign in password)
    capital = any(sign.isascii() and sign.isupper() for sign in password)
    return small + capital + digits + others


class LengthRule(MinimumLengthValidator):
    """Django's rule, in the house's words."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return _("密码至少 %(least)d 个字符。") % {"least": self.min_length}


class NameRule(UserAttributeSimilarityValidator):
    """Not like the name, the username, the telephone or the e-mail address."""

    def get_error_message(self) -> str:
        return _("密码与“%(verbose_name)s”太像，请换一个。")

    def get_help_text(self) -> str:
        return _("密码不能与姓名、用户名、电话、邮箱相像。")


class CommonRule(CommonPasswordValidator):
    """None of the twenty thousand passwords that are tried first."""

    def get_error_message(self) -> str:
        return _("这个密码用的人太多，容易被猜中，请换一个。")

    def get_help_text(self) -> str:
        return _("密码不能是常见的，例如 password123。")


class KindsRule:
    """At least ``kinds`` of: small letters, capital letters, digits, others (GB/T 22239-2019 8.1.4.1 a)."""

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: Any = None) -> None:
        if kinds_of(password) < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def get_help_text(self) -> str:
        return _("密码要有大写字母、小写字母、数字、符号中的至少 %(kinds)d 种。") % {"kinds": self.kinds}


class HistoryRule:
    """None of the last ``keep`` passwords again; they are kept as hashes."""

    def __init__(self, keep: int = 5) -> None:
        self.keep = keep

    def validate(self, password: str, user: Any = None) -> None:
        from accounts.models import PasswordUsed

        if user is None or user.pk is None or not self.keep:
            return
        used = PasswordUsed.objects.filter(user_id=user.pk).order_by("-pk")
        had = {user.password, *used.values_list("password", flat=True)[: self.keep]}
        if any(check_password(password, one) for one in had):
            raise ValidationError(self.get_help_text(), code="password_used")

    def password_changed(self, password: str, user: Any = None) -> None:
        """Called by Django once the new password is saved. Keeps its hash and when it was set."""
        from accounts.models import PasswordUsed, User

        if user is None or user.pk is None:
            return
        user.password_set_at = now()
        User.objects.filter(pk=user.pk).update(password_set_at=user.password_set_at)
        PasswordUsed.objects.create(user_id=user.pk, password=user.password, at=user.password_set_at)
        kept = PasswordUsed.objects.filter(user_id=user.pk).order_by("-pk").values("pk")[: max(self.keep, 1)]
        PasswordUsed.objects.filter(user_id=user.pk).exclude(
            pk__in=list(kept.values_list("pk", flat=True))
        ).delete()

    def get_help_text(self) -> str:
        return _("密码不能与最近用过的 %(keep)d 个相同。") % {"keep": self.keep}


def expires_on(user: Any) -> datetime | None:
    """When the password has been had for PASSWORD_MAX_DAYS days; None where none grows old (0)."""
    days: int = settings.PASSWORD_MAX_DAYS
    return (user.password_set_at or user.date_joined) + timedelta(days=days) if days else None


def is_too_old(user: Any) -> bool:
    until = expires_on(user)
    return until is not None and until <= now()

"""People and the posts they hold. Rights come from posts, never from the user."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.enums import POSTLESS_ROLES, SEPARATED_ROLES, Role
from accounts.models.units import Unit
from accounts.querysets import PostQuerySet
from core.timekeeping import local_day, now


class User(AbstractUser):
    """One person who logs in. Petitioners have no account."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=60, blank=True, default="")
    phone = models.CharField(_("电话"), max_length=30, blank=True, default="")
    must_change_password = models.BooleanField(
        _("须更改密码"),
        default=False,
        db_default=False,
        help_text=_("密码由管理员设定，本人登录后须先更改"),
    )
    password_set_at = models.DateTimeField(
        _("密码设定时间"), null=True, blank=True, editable=False, help_text=_("空：设定于记录这一项之前")
    )
    demo_note = models.CharField(
        _("演示说明"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("仅试用环境的演示账号填写"),
    )

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()

    @cached_property
    def current_posts(self) -> list[Post]:
        """Posts held today, oldest first, units loaded; read once per user object (one per request)."""
        return list(self.posts.current(local_day(now())).select_related("unit").order_by("id"))


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


class Post(models.Model):
    """A role in a unit, held by one person from ``valid_from`` up to, not including, ``valid_until``.

    With ``stands_in_for`` it is the post of somebody who is away, held in their place: unit, role and charge are that
    post's, and it always has an end.
    """

    user = models.ForeignKey(User, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, verbose_name=_("机构"), on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(_("角色"), max_length=24, choices=Role.choices)
    title = models.CharField(_("职务"), max_length=60, blank=True, default="")
    valid_from = models.DateField(_("任职日期"))
    valid_until = models.DateField(_("离任日期"), null=True, blank=True)
    charge_units = models.ManyToManyField(
        Unit, verbose_name=_("分管机构"), blank=True, related_name="charged_posts"
    )
    stands_in_for = models.ForeignKey(
        "self",
        verbose_name=_("所代岗位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stand_ins",
    )

    objects: ClassVar[Any] = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")
        indexes = (models.Index(fields=["unit", "role"], name="post_holders"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="post_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[role.value for role in POSTLESS_ROLES]),
                name="post_role_is_a_post",
            ),
            ExclusionConstraint(
                name="post_held_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(stands_in_for=None),
            ),
            ExclusionConstraint(
                name="post_stood_in_for_once_at_a_time",
                expressions=[
                    ("stands_in_for", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(stands_in_for__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for=None)
                | Q(valid_until__isnull=False) & ~Q(role__in=[role.value for role in SEPARATED_ROLES]),
                name="post_stand_in_ends",
            ),
            ExclusionConstraint(
                name="post_admin_roles_apart",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.NOT_EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(role__in=[role.value for role in SEPARATED_ROLES]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.label}"

    @property
    def label(self) -> str:
        """Unit and title (or role) as shown on the hat: 城市管理局 承办人."""
        return f"{self.unit.label} {self.title or self.get_role_display()}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it is held, None without an end."""
        return self.valid_until - timedelta(days=1) if self.valid_until else None

    def held_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

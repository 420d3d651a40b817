"""Filter bars: the audit log, the tree of units, people."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import django_filters
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import audit_cases, audit_words
from accounts.audit_words import acts_called
from accounts.enums import POSTLESS_ROLES, AuditOutcome, Role, UnitKind
from accounts.models import AuditEntry, Post, Unit, User
from accounts.querysets import valid_on
from core.forms import HouseWordsMixin
from core.text import clean_text
from core.timekeeping import SHANGHAI, local_day, now
from core.widgets import Suggest

ROLES = [(role.value, role.label) for role in Role if role not in POSTLESS_ROLES]
DAY = forms.DateInput(attrs={"type": "date"})


#: So many people are offered; others are found by typing the whole name.
MOST_OFFERED = 1000


def _people() -> list[tuple[str, str]]:
    rows = User.objects.exclude(name="").order_by("name", "pk")
    return list(rows.values_list("username", "name")[:MOST_OFFERED])


def _acts() -> list[tuple[str, str]]:
    return [(word, "") for word in audit_words.acts_named()]


def _object_types() -> list[tuple[str, str]]:
    models = apps.get_models()
    named = ((model._meta.label_lower, str(model._meta.verbose_name)) for model in models)
    return sorted((label, word) for label, word in named if not word.isascii())


class AuditFilterForm(HouseWordsMixin, forms.Form):
    """Says what to write where a box holds what cannot be looked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user: User = kwargs.pop("user")
        super().__init__(*args, **kwargs)

    def clean_who(self) -> str:
        who: str = self.cleaned_data["who"]
        if who and not User.objects.filter(Q(username=who) | Q(name=who)).exists():
            raise ValidationError(_("没有这个姓名或用户名的人员，请从列表中选择，或填写完整的姓名。"))
        return who

    def clean_act(self) -> str:
        act: str = self.cleaned_data["act"]
        if act and not (acts_called(act) or AuditEntry.objects.filter(act__startswith=act).exists()):
            raise ValidationError(_("没有这种操作，请从列表中选择，或填写其中几个字，如“登录”。"))
        return act

    def clean_case(self) -> audit_cases.Found | None:
        typed = clean_text(self.cleaned_data["case"])
        if not typed:
            return None
        found = audit_cases.find(typed, self.user)
        if found is None:
            raise ValidationError(_("请填写完整的信访件编号，或只填最后一段数字。"))
        return found


class AuditFilter(django_filters.FilterSet):
    """Who, act, object, outcome, and days in Asia/Shanghai (both included)."""

    who = django_filters.CharFilter(
        label=_("人员"), method="by_person", max_length=60, widget=Suggest(suggestions=_people)
    )
    act = django_filters.CharFilter(
        label=_("操作"), method="by_act", max_length=60, widget=Suggest(suggestions=_acts)
    )
    case = django_filters.CharFilter(
        label=_("信访件编号"),
        method="by_case",
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": _("编号或其最后一段"), "autocomplete": "off"}),
    )
    object_type = django_filters.CharFilter(
        label=_("对象类型"), max_length=60, widget=Suggest(suggestions=_object_types)
    )
    object_id = django_filters.CharFilter(label=_("对象编号"), max_length=60)
    outcome = django_filters.ChoiceFilter(
        label=_("结果"), choices=AuditOutcome.choices, empty_label=_("全部")
    )
    since = django_filters.DateFilter(label=_("起始日期"), method="from_day", widget=DAY)
    until = django_filters.DateFilter(label=_("截止日期"), method="to_day", widget=DAY)

    def get_form_class(self) -> Any:
        return partial(super().get_form_class(), user=self.request.user)

    class Meta:
        model = AuditEntry
        form = AuditFilterForm
        fields = ("who", "act", "case", "since", "until", "outcome", "object_type", "object_id")

    def by_person(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return rows.filter(Q(user__username=value) | Q(user__name=value))

    def by_act(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """By the word on the page (登录) or the start of the act's own name (post.)."""
        return rows.filter(Q(act__startswith=value) | Q(act__in=acts_called(value)))

    def by_case(
        self, rows: QuerySet[AuditEntry], name: str, value: audit_cases.Found
    ) -> QuerySet[AuditEntry]:
        """Under all its names, sealed or not, and with what hangs on it."""
        return rows.filter(audit_cases.about(value.objects))

    def from_day(self, rows: QuerySet[AuditEntry], name: str, value: Any) -> QuerySet[AuditEntry]:
        return rows.filter(at__gte=datetime.combine(value, time.min, SHANGHAI))

    def to_day(self, rows: QuerySet[AuditEntry], name: str, value: Any) -> QuerySet[AuditEntry]:
        return rows.filter(at__lt=datetime.combine(value + timedelta(days=1), time.min, SHANGHAI))


class UnitFilter(django_filters.FilterSet):
    """Words in the names or at the start of the code, kind, in use or closed today."""

    q = django_filters.CharFilter(label=_("名称或代码"), method="by_words", max_length=60)
    kind = django_filters.ChoiceFilter(label=_("性质"), choices=UnitKind.choices, empty_label=_("全部"))
    state = django_filters.ChoiceFilter(
        label=_("状态"),
        method="by_state",
        choices=[("used", _("在用")), ("closed", _("已停用"))],
        empty_label=_("全部"),
    )

    class Meta:
        model = Unit
        fields = ("q", "kind", "state")

    def by_words(self, rows: QuerySet[Unit], name: str, value: str) -> QuerySet[Unit]:
        for word in clean_text(value).split():
            rows = rows.filter(
                Q(name__icontains=word) | Q(short_name__icontains=word) | Q(code__startswith=word)
            )
        return rows

    def by_state(self, rows: QuerySet[Unit], name: str, value: str) -> QuerySet[Unit]:
        over = Q(valid_until__lte=local_day(now()))
        return rows.filter(over) if value == "closed" else rows.exclude(over)


class PersonFilter(django_filters.FilterSet):
    """Words in name, username or telephone; unit and role of a post held today; open or closed account."""

    q = django_filters.CharFilter(label=_("姓名、用户名或电话"), method="by_words", max_length=60)
    unit = django_filters.CharFilter(label=_("机构"), method="by_unit", max_length=60)
    role = django_filters.ChoiceFilter(
        label=_("角色"), method="by_role", choices=ROLES, empty_label=_("全部")
    )
    state = django_filters.ChoiceFilter(
        label=_("账号"),
        method="by_state",
        choices=[("open", _("可登录")), ("closed", _("已停用")), ("idle", _("没有在任岗位"))],
        empty_label=_("全部"),
    )

    class Meta:
        model = User
        fields = ("q", "unit", "role", "state")

    def by_words(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        for word in clean_text(value).split():
            rows = rows.filter(
                Q(name__icontains=word) | Q(username__icontains=word) | Q(phone__contains=word)
            )
        return rows

    def by_unit(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        word = clean_text(value)
        called = Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word)
        return rows.filter(Exists(self._held().filter(called)))

    def by_role(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(Exists(self._held().filter(role=value)))

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        if value == "idle":
            return rows.filter(~Exists(self._held()), is_active=True)
        return rows.filter(is_active=value == "open")

    @staticmethod
    def _held() -> Any:
        """Posts of the row's person that are held today, whether the account is open or not."""
        return Post.objects.filter(valid_on(local_day(now())), user=OuterRef("pk"))

"""The auditor's filter bar."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.audit_words import acts_called
from accounts.enums import AuditOutcome
from accounts.models import AuditEntry
from core.timekeeping import SHANGHAI

DAY = forms.DateInput(attrs={"type": "date"})


class AuditFilter(django_filters.FilterSet):
    """Who, act, object, outcome, and days in Asia/Shanghai (both included)."""

    who = django_filters.CharFilter(label=_("人员"), method="by_person", max_length=60)
    act = django_filters.CharFilter(label=_("操作"), method="by_act", max_length=60)
    object_type = django_filters.CharFilter(label=_("对象类型"), max_length=60)
    object_id = django_filters.CharFilter(label=_("对象编号"), max_length=60)
    outcome = django_filters.ChoiceFilter(
        label=_("结果"), choices=AuditOutcome.choices, empty_label=_("全部")
    )
    since = django_filters.DateFilter(label=_("起始日期"), method="from_day", widget=DAY)
    until = django_filters.DateFilter(label=_("截止日期"), method="to_day", widget=DAY)

    class Meta:
        model = AuditEntry
        fields = ("who", "act", "object_type", "object_id", "outcome", "since", "until")

    def by_person(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return rows.filter(Q(user__username=value) | Q(user__name=value))

    def by_act(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """By the word on the page (登录) or the start of the act's own name (post.)."""
        return rows.filter(Q(act__startswith=value) | Q(act__in=acts_called(value)))

    def from_day(self, rows: QuerySet[AuditEntry], name: str, value: Any) -> QuerySet[AuditEntry]:
        return rows.filter(at__gte=datetime.combine(value, time.min, SHANGHAI))

    def to_day(self, rows: QuerySet[AuditEntry], name: str, value: Any) -> QuerySet[AuditEntry]:
        return rows.filter(at__lt=datetime.combine(value + timedelta(days=1), time.min, SHANGHAI))

"""The filter bar of the case list: five filters in the open, the rest in a drawer, all of it in the address."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.selectors import subtree_ids
from core.forms import BaseForm
from core.timekeeping import SHANGHAI
from deadlines.enums import RuleCode
from petitions.enums import ATTEMPTS, CallOutcome, Channel, Kind, Path, RecordKind, Status, Urgency
from petitions.forms.fields import PickerSelect
from petitions.models import Category, HandlingRecord, Petition, PetitionClock
from petitions.querysets import PetitionQuerySet, mass_visits, sees_district
from petitions.selectors import search
from petitions.selectors.veiling import veiled_from

FIRST_YEAR, LAST_YEAR = 1990, 2100
YES_NO = (("1", _("是")), ("0", _("否")))
CALLED = (("unreached", _("打过，没有联系上")), ("untried", _("应打还没打")))
NOT_LISTED = {"invalid_choice": _("没有这个选项，请重新选择。")}


def _units(request: HttpRequest | None) -> QuerySet[Unit]:
    """Units the reader may filter by: the whole tree for the district's desks, else one's own part of it."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.unit is None:
        return Unit.objects.none()
    units = Unit.objects.exclude(kind=UnitKind.DISTRICT).order_by("path")
    if sees_district(actor) or actor.unit.kind == UnitKind.DISTRICT:
        return units
    return units.subtree(actor.unit)


def _places(request: HttpRequest | None) -> QuerySet[Unit]:
    return Unit.objects.filter(kind__in=[UnitKind.TOWN, UnitKind.VILLAGE]).order_by("path")


def _first_levels() -> list[tuple[str, str]]:
    names = Category.objects.order_by("level1").values_list("level1", flat=True).distinct()
    return [(name, name) for name in names]


class FilterForm(BaseForm):
    """Checks what one field alone cannot."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for first, last in (("since", "until"), ("due_since", "due_until")):
            for name in (first, last):
                day = data.get(name)
                if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                    self.add_error(name, ValidationError(_("请填写 1990 年至 2100 年之间的日期。")))
            if data.get(first) and data.get(last) and data[first] > data[last]:
                self.add_error(last, ValidationError(_("结束日期不能早于开始日期。")))
        return data

    def clean_q(self) -> str:
        words: str = self.cleaned_data["q"] or ""
        if words and len(words) < search.LEAST_SIGNS:
            raise ValidationError(_("请输入两个以上的字，或编号的开头。"))
        return words


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PetitionFilter(django_filters.FilterSet):
    """Narrows rows that already start from ``visible_to``; a forged value is an error of its field, never a probe."""

    q = django_filters.CharFilter(label=_("编号、标题或内容"), method="by_words", max_length=60, strip=True)
    unit = django_filters.ModelChoiceFilter(
        label=_("主办单位"),
        queryset=_units,
        method="by_unit",
        widget=PickerSelect(remember="units"),
        error_messages=NOT_LISTED,
    )
    channel = django_filters.ChoiceFilter(label=_("信访形式"), choices=Channel, error_messages=NOT_LISTED)
    kind = django_filters.ChoiceFilter(label=_("信访目的"), choices=Kind, error_messages=NOT_LISTED)
    category = django_filters.ChoiceFilter(
        label=_("内容分类"), choices=_first_levels, method="by_category", error_messages=NOT_LISTED
    )
    place = django_filters.ModelChoiceFilter(
        label=_("问题属地"),
        queryset=_places,
        method="by_place",
        widget=PickerSelect(remember="places"),
        error_messages=NOT_LISTED,
    )
    since = django_filters.DateFilter(label=_("登记自"), method="by_since", widget=_day_input())
    until = django_filters.DateFilter(label=_("登记至"), method="by_until", widget=_day_input())
    due_since = django_filters.DateFilter(label=_("到期自"), method="by_due_since", widget=_day_input())
    due_until = django_filters.DateFilter(label=_("到期至"), method="by_due_until", widget=_day_input())
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Status, error_messages=NOT_LISTED)
    path = django_filters.ChoiceFilter(label=_("办理路径"), choices=Path, error_messages=NOT_LISTED)
    simplified = django_filters.ChoiceFilter(
        label=_("简易办理"), choices=YES_NO, method="by_simplified", error_messages=NOT_LISTED
    )
    urgency = django_filters.ChoiceFilter(label=_("紧急程度"), choices=Urgency, error_messages=NOT_LISTED)
    repeat = django_filters.ChoiceFilter(
        label=_("重复件"), choices=YES_NO, method="by_repeat", error_messages=NOT_LISTED
    )
    joint = django_filters.ChoiceFilter(
        label=_("联名"), choices=YES_NO, method="by_joint", error_messages=NOT_LISTED
    )
    mass = django_filters.ChoiceFilter(
        label=_("集体访"), choices=YES_NO, method="by_mass", error_messages=NOT_LISTED
    )
    forwarded = django_filters.ChoiceFilter(
        label=_("已转送"), choices=YES_NO, method="by_forwarded", error_messages=NOT_LISTED
    )
    own = django_filters.ChoiceFilter(
        label=_("仅主办单位本级"), choices=YES_NO, method="by_own", error_messages=NOT_LISTED
    )
    call = django_filters.ChoiceFilter(
        label=_("电话联系"), choices=CALLED, method="by_call", error_messages=NOT_LISTED
    )
    sealed = django_filters.ChoiceFilter(
        label=_("密件"), choices=YES_NO, method="by_sealed", error_messages=NOT_LISTED
    )
    confidential = django_filters.ChoiceFilter(
        label=_("保密"), choices=YES_NO, method="by_confidential", error_messages=NOT_LISTED
    )

    class Meta:
        model = Petition
        fields: list[str] = []
        form = FilterForm

    def by_words(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        return search.narrow(rows, value, covered=veiled_from(self.request.actor))

    def by_unit(self, rows: PetitionQuerySet, name: str, value: Unit) -> PetitionQuerySet:
        return rows.filter(lead_unit__in=subtree_ids(value))

    def by_category(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        leaves = Category.objects.filter(level1=value).values_list("pk", flat=True)
        return rows.filter(category__in=list(leaves))

    def by_place(self, rows: PetitionQuerySet, name: str, value: Unit) -> PetitionQuerySet:
        return rows.filter(place_unit__in=subtree_ids(value))

    def by_since(self, rows: PetitionQuerySet, name: str, value: date) -> PetitionQuerySet:
        return rows.filter(registered_at__gte=_start(value))

    def by_until(self, rows: PetitionQuerySet, name: str, value: date) -> PetitionQuerySet:
        return rows.filter(registered_at__lt=_start(value + timedelta(days=1)))

    def by_due_since(self, rows: PetitionQuerySet, name: str, value: date) -> PetitionQuerySet:
        return rows.filter(due_at__gte=_start(value))

    def by_due_until(self, rows: PetitionQuerySet, name: str, value: date) -> PetitionQuerySet:
        return rows.filter(due_at__lt=_start(value + timedelta(days=1)))

    def by_repeat(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        return rows.filter(first_here=value == "0")

    def by_joint(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        return rows.filter(Q(head_count__gt=1) if value == "1" else Q(head_count=1))

    def by_mass(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        return rows.filter(mass_visits()) if value == "1" else rows.exclude(mass_visits())

    def by_forwarded(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        return rows.filter(lead_unit__isnull=value == "0")

    def by_own(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        """With a unit chosen: led by itself, not by one below it."""
        unit = self.form.cleaned_data.get("unit")
        return rows.filter(lead_unit=unit) if unit and value == "1" else rows

    def by_simplified(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        return rows.filter(simplified=value == "1")

    def by_call(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        """An attempt that reached nobody is no contact; nor is it the same as not having tried."""
        calls = HandlingRecord.objects.filter(petition=OuterRef("pk"), kind=RecordKind.PHONE)
        if value == "unreached":
            reached = calls.filter(call_outcome=CallOutcome.REACHED)
            return rows.filter(Exists(calls.filter(call_outcome__in=ATTEMPTS)), ~Exists(reached))
        waiting = PetitionClock.objects.filter(
            petition=OuterRef("pk"), rule__code=RuleCode.CALL_30, stopped_at=None
        )
        return rows.filter(Exists(waiting), ~Exists(calls))

    def by_sealed(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        return rows.filter(sealed=value == "1")

    def by_confidential(self, rows: PetitionQuerySet, name: str, value: str) -> PetitionQuerySet:
        return rows.filter(confidential=value == "1")


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)

"""Forms of own tables. They clean; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from core.forms import BaseForm, RowChoice, day_field
from core.timekeeping import local_day, now
from petitions.enums import Channel, Kind, Path, Status
from petitions.models import Category
from reports.selectors.board import units_offered
from tables import rules
from tables.enums import WEEKDAYS, Every, Key, Period, Told
from tables.measures import MEASURES
from tables.models import LONGEST_TITLE, SavedTable
from tables.shape import Shape

NO_UNIT = {"invalid_choice": _("没有这个机构，或不在您的统计范围内。")}
NO_ACCUSATIONS = {"invalid_choice": _("检举控告不计入统计表，不能作为条件。")}
ANY = ("", _("不限"))


class UnitRow(RowChoice):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


class TableForm(BaseForm):
    """Lines, columns, measures and filters; ``shape`` of what was chosen."""

    title = forms.CharField(label=_("标题"), max_length=LONGEST_TITLE)
    rows = forms.ChoiceField(label=_("行"), choices=Key)
    columns = forms.ChoiceField(label=_("列"), choices=[("", _("不分列")), *Key.choices], required=False)
    period = forms.ChoiceField(label=_("统计期间"), choices=Period)
    since = day_field(_("开始日期"), required=False)
    until = day_field(_("结束日期"), required=False)
    measures = forms.MultipleChoiceField(
        label=_("指标"),
        choices=[(code, one.definition.name) for code, one in MEASURES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选择一个指标。")},
    )
    unit = UnitRow(
        label=_("单位范围"), queryset=Unit.objects.none(), required=False,
        empty_label=_("看表人自己的统计范围"), error_messages=NO_UNIT,
    )  # fmt: skip
    place = UnitRow(label=_("问题属地"), queryset=Unit.objects.none(), required=False, empty_label=_("不限"))
    channel = forms.ChoiceField(label=_("信访形式"), choices=[ANY, *Channel.choices], required=False)
    category = forms.ChoiceField(label=_("内容分类（一级）"), required=False)
    kind = forms.ChoiceField(
        label=_("信访目的"),
        choices=[ANY, *(one for one in Kind.choices if one[0] != Kind.ACCUSATION)],
        required=False,
        error_messages=NO_ACCUSATIONS,
    )
    path = forms.TypedChoiceField(
        label=_("办理路径"), choices=[ANY, *Path.choices], coerce=int, empty_value=None, required=False
    )
    status = forms.ChoiceField(label=_("状态（今天的）"), choices=[ANY, *Status.choices], required=False)
    FILTERS = ("unit", "place", "channel", "category", "kind", "path", "status")

    def __init__(self, data: Any = None, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        units: Any = self.fields["unit"]
        units.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units_offered(actor)]).order_by(
            "path"
        )
        places: Any = self.fields["place"]
        places.queryset = Unit.objects.filter(kind__in=[UnitKind.TOWN, UnitKind.VILLAGE]).order_by("path")
        names = Category.objects.order_by("level1").values_list("level1", flat=True).distinct()
        categories: Any = self.fields["category"]
        categories.choices = [ANY, *((name, name) for name in names)]

    @classmethod
    def of(cls, table: SavedTable, actor: Actor) -> TableForm:
        """Filled in with a table as it is. A unit that the reader has no figures of is not among the choices."""
        shape = table.shape
        initial = {name: getattr(shape, name) for name in Shape.__dataclass_fields__}
        return cls(actor=actor, initial={**initial, "title": table.title, "measures": list(shape.measures)})

    @property
    def shape(self) -> Shape:
        """Of a form without errors."""
        found = {name: self.cleaned_data[name] for name in Shape.__dataclass_fields__}
        return Shape(**{**found, "measures": tuple(found["measures"])})

    @property
    def filters(self) -> list[Any]:
        return [self[name] for name in self.FILTERS]


class PreviewForm(TableForm):
    """Before it has a title."""

    title = forms.CharField(required=False)


class ShareForm(BaseForm):
    unit = UnitRow(label=_("共享给"), queryset=Unit.objects.none())
    role = forms.ChoiceField(
        label=_("岗位"),
        required=False,
        choices=[
            ("", _("所有看统计的岗位")),
            *((role.value, role.label) for role in map(Role, rules.READERS)),
        ],
    )
    below = forms.BooleanField(label=_("包括下级单位"), required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        units: Any = self.fields["unit"]
        units.queryset = Unit.objects.active(local_day(now())).order_by("path")


class ScheduleForm(BaseForm):
    """Of weekday and day only the one that ``every`` asks for is looked at."""

    every = forms.ChoiceField(label=_("频次"), choices=Every)
    weekday = forms.TypedChoiceField(
        label=_("每周的"), choices=WEEKDAYS, coerce=int, initial=0, required=False
    )
    day = forms.IntegerField(
        label=_("每月的几日"), min_value=1, max_value=31, initial=1, required=False,
        help_text=_("没有这一天的月份，在最后一天。"),
    )  # fmt: skip
    hour = forms.IntegerField(label=_("几点（0 至 23）"), min_value=0, max_value=23, initial=8)
    told = forms.ChoiceField(label=_("通知谁"), choices=Told)

    def clean_weekday(self) -> int:
        return int(self.cleaned_data["weekday"] or 0)

    def clean_day(self) -> int:
        return self.cleaned_data["day"] or 1

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.forms.fields import UnitField, UnitsField
from accounts.forms.people import PHONE
from accounts.models import Unit
from accounts.services.unit_changes import LONGEST_REASON
from core.forms import BaseForm, day_field


class UnitForm(BaseForm):
    name = forms.CharField(label=_("名称"), max_length=120)
    short_name = forms.CharField(
        label=_("简称"), max_length=40, required=False, help_text=_("列表和岗位上显示简称；不填则显示名称。")
    )
    phone = forms.CharField(
        label=_("值班电话"),
        max_length=30,
        required=False,
        validators=[PHONE],
        help_text=_("督办和紧急情况时拨打的电话。"),
    )
    kind = forms.ChoiceField(label=_("性质"), choices=[("", _("请选择")), *UnitKind.choices])
    code = forms.CharField(
        label=_("统计代码"),
        max_length=24,
        required=False,
        validators=[RegexValidator(r"^[0-9A-Za-z-]+$", _("统计代码只能由数字、字母和连字符组成。"))],
        help_text=_("统计用区划代码或统一社会信用代码，没有可不填。"),
    )
    parent = UnitField(label=_("上级机构"))
    review_superior = UnitField(
        label=_("复查机关"), required=False, help_text=_("对本机构的处理意见不服时，向哪个机构申请复查。")
    )
    valid_from = day_field(_("启用日期"), required=False)
    valid_until = day_field(
        _("停用日期"), required=False, help_text=_("自这一天起不再使用。下级机构和岗位须先结束。")
    )

    def __init__(self, *args: Any, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        if unit is not None and unit.parent_id is None:
            parent.required = False
            parent.help_text = _("现在没有上级机构；确实没有的，留空即可。")
        for name in ("parent", "review_superior"):
            field = self.fields[name]
            assert isinstance(field, UnitField)
            field.offer(self[name].value())


class KindForm(BaseForm):
    """A unit becomes a discipline body (nothing to choose), or ceases to be one (what it is from now on)."""

    kind = forms.ChoiceField(label=_("改后的性质"), choices=UnitKind.choices)
    reason = forms.CharField(
        label=_("理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写入审计记录，不能更改；不要写信访人和案情。"),
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        # Any kind is understood, so that a form sent twice is told what the unit is by now.
        if unit.kind == UnitKind.DISCIPLINE:
            others = [(one.value, one.label) for one in UnitKind if one != UnitKind.DISCIPLINE]
            kind.widget.choices = [("", _("请选择")), *others]
        else:
            kind.widget, kind.initial = forms.HiddenInput(), UnitKind.DISCIPLINE.value


class SuccessionForm(BaseForm):
    """Who takes over from a unit that ends: one where it was merged, several where it was split."""

    successors = UnitsField(
        label=_("承继机构"),
        help_text=_("合并、撤销的填一个；分立的填几个。"),
        error_messages={"required": _("请选择承继机构。")},
    )
    basis = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("如机构改革方案的文号。写入审计记录。"),
        error_messages={"required": _("请写明依据，如机构改革方案的文号。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successors"]
        assert isinstance(field, UnitsField)
        field.offer(self["successors"].value() or ())


def values_of(unit: Unit) -> dict[str, Any]:
    """What the form starts with for a unit that is there."""
    return {
        "name": unit.name,
        "short_name": unit.short_name,
        "kind": unit.kind,
        "code": unit.code,
        "phone": unit.phone,
        "parent": unit.parent_id,
        "review_superior": unit.review_superior_id,
        "valid_from": unit.valid_from,
        "valid_until": unit.valid_until,
    }

"""Forms of this room. They clean input; the services decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from core.forms import BaseForm, day_field
from core.timekeeping import local_day, now
from core.widgets import CHOOSE
from outcomes.enums import CheckItem, CheckResult, MarkHow, MarkKind, Stage, VisitResult, VisitWay
from petitions.enums import Rating
from petitions.forms.fields import PickedText
from petitions.forms.public_fields import Choices, checked, file_field


def text_field(label: Any, rows: int = 4, picks: Any = (), **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=PickedText(picks, rows=rows), **kwargs)


class SetDueForm(BaseForm):
    due_on = day_field(_("在哪一天以前落实"))
    reason = text_field(
        _("为什么是这一天"), 2, required=False, max_length=500, help_text=_("照默认日期确认的不用写。")
    )


class ReportForm(BaseForm):
    done_on = day_field(_("落实日期"))
    text = text_field(_("怎样落实的"), max_length=5000, help_text=_("写明做了什么、有什么凭据。"))
    proofs = file_field(_("凭据（照片、文件，可以不传）"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = local_day(now())

    def clean_proofs(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["proofs"])


class ConfirmForm(BaseForm):
    done = forms.ChoiceField(
        label=_("结论"), choices=[("", CHOOSE), ("yes", _("已经落实")), ("no", _("没有落实，退回继续执行"))]
    )
    word = text_field(_("怎样核实的"), 3, max_length=5000)
    due_on = day_field(_("退回的，在哪一天以前落实"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("done") == "no" and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("退回的，请写明要在哪一天以前落实。"))
        return data


class OpenVisitForm(BaseForm):
    reason = text_field(_("为什么要回访"), 2, max_length=500)


class PostChoice(forms.ModelChoiceField):
    """One post, by the person's name and what they are."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.get_full_name()}（{obj.label}）"


class AssignVisitForm(BaseForm):
    post = PostChoice(
        label=_("回访人"),
        queryset=Post.objects.none(),
        empty_label=CHOOSE,
        error_messages={"invalid_choice": _("不能选择这个人，请从列表中选择。")},
    )

    def __init__(self, *args: Any, posts: Sequence[Post] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = Post.objects.filter(pk__in=[post.pk for post in posts]).select_related("user", "unit")
        cast(PostChoice, self.fields["post"]).queryset = chosen.order_by("unit__path", "id")


class RecordVisitForm(BaseForm):
    visited_on = day_field(_("回访日期"))
    way = forms.ChoiceField(label=_("回访方式"), choices=[("", CHOOSE), *VisitWay.choices])
    matter = text_field(
        _("事：问题解决得怎样"),
        3,
        required=False,
        max_length=2000,
        help_text=_("按信访人说的和自己看到的写。"),
    )
    mood = text_field(_("气：有没有听完、说清"), 2, required=False, max_length=2000)
    heart = text_field(_("心：接下来怎样相处"), 2, required=False, max_length=2000)
    result = forms.ChoiceField(label=_("结果"), choices=[("", CHOOSE), *VisitResult.choices])
    new_number = forms.CharField(
        label=_("新件编号"), required=False, max_length=32, help_text=_("有新的事实的，先登记新件，再填写。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visited_on"].initial = local_day(now())


class CheckForm(BaseForm):
    """The four items, each with its result and a note, in words about what the office did."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in CheckItem:
            self.fields[item.value] = forms.ChoiceField(
                label=item.label, choices=[("", CHOOSE), *CheckResult.choices]
            )
            self.fields[f"{item.value}_note"] = forms.CharField(
                label=_("说明"), required=False, max_length=500, help_text=_("没有做到的，写明还差什么。")
            )

    @property
    def answers(self) -> dict[CheckItem, tuple[CheckResult, str]]:
        data = self.cleaned_data
        return {item: (CheckResult(data[item.value]), data[f"{item.value}_note"]) for item in CheckItem}


class MarkForm(BaseForm):
    kind = forms.ChoiceField(label=_("登记"), choices=[("", CHOOSE), *MarkKind.choices])
    on = day_field(_("日期"))
    how = forms.ChoiceField(
        label=_("依据"),
        choices=[("", CHOOSE), *MarkHow.choices],
        help_text=_("息诉须由信访人本人表示或者书面签字。"),
    )
    evidence = text_field(_("凭据"), 3, max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = local_day(now())


class StageEvaluationForm(BaseForm):
    """The petitioner rates the body that reviewed; nothing is chosen beforehand."""

    use_required_attribute = False

    stage = forms.ChoiceField(choices=Stage.choices, widget=forms.HiddenInput)
    rating = forms.TypedChoiceField(
        label=_("您对这次办理的评价"),
        choices=Rating.choices,
        coerce=int,
        widget=Choices,
        error_messages={"required": _("请选一项。"), "invalid_choice": _("请在三项里选一项。")},
    )
    comment = text_field(_("想说的话（可以不填）"), 3, required=False, max_length=2000)


class UnmarkForm(BaseForm):
    reason = forms.CharField(label=_("为什么撤销"), max_length=500)

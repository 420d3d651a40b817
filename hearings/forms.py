"""Forms of this room. They clean input; the services decide."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from core.forms import AsShown, BaseForm, day_field
from core.timekeeping import local_day, now
from core.widgets import CHOOSE
from hearings.enums import ExpertKind, Outside, ToldHow
from petitions.forms.fields import MomentField, PickedText
from petitions.forms.public_fields import GroupedField, checked, file_field
from petitions.services.codes import new_token


def text_field(label: Any, rows: int = 3, picks: Any = (), **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=PickedText(picks, rows=rows), **kwargs)


class PrepareForm(BaseForm):
    matter = text_field(
        _("为什么听证、听什么"),
        max_length=5000,
        help_text=_("重大、复杂、疑难的事项可以听证（条例第三十一条第六项）。"),
    )
    starts_at = MomentField(label=_("时间"))
    place = forms.CharField(label=_("地点"), max_length=200)
    public = forms.BooleanField(label=_("公开举行"), required=False)


class PostField(GroupedField):
    """One post, under its unit."""

    def heading(self, row: Any) -> str:
        return str(row.unit.label)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.get_full_name()}（{obj.title or obj.get_role_display()}）"


class SeatForm(BaseForm):
    chair = forms.BooleanField(label=_("作听证主持人"), required=False)
    post = PostField(
        label=_("工作人员"),
        help_text=_("办理过本件、须回避的人不在这里。"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=CHOOSE,
        error_messages={"invalid_choice": _("不能选择这个人，请从列表中选择。")},
    )
    name = forms.CharField(
        label=_("或者：社会人士姓名"),
        required=False,
        max_length=50,
        help_text=_("律师、代表、专家等。工作人员请在上面选择。"),
    )
    outside = forms.ChoiceField(label=_("身份"), choices=[("", CHOOSE), *Outside.choices], required=False)
    body = forms.CharField(label=_("单位、职务"), required=False, max_length=120)

    def __init__(self, *args: Any, posts: QuerySet[Post] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if posts is not None:
            cast(PostField, self.fields["post"]).queryset = posts

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "post" in self.errors:
            return data
        post, name = data.get("post"), data.get("name")
        if not post and not name and "name" not in self.errors:
            self.add_error("post", _("请选择工作人员，或者写明社会人士的姓名。"))
        if post and name:
            self.add_error("name", _("工作人员和社会人士请分两次添加。"))
        if name and not post and not data.get("outside"):
            self.add_error("outside", _("请选择社会人士的身份。"))
        return data


class ReasonForm(BaseForm):
    reason = text_field(_("理由"), 2, max_length=500)


class DecideForm(BaseForm):
    hold = forms.ChoiceField(
        label=_("决定"), choices=[("", CHOOSE), ("yes", _("举行听证")), ("no", _("不举行听证"))]
    )
    reason = text_field(_("理由"), 2, max_length=5000)


class TellForm(AsShown):
    """``moved``: how often the day had been changed when the page was shown: of that day the petitioner was told."""

    seen = "moved"
    moved = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    how = forms.ChoiceField(label=_("怎样通知的"), choices=[("", CHOOSE), *ToldHow.choices])
    told_on = day_field(_("通知日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told_on"].initial = local_day(now())


class PostponeForm(BaseForm):
    starts_at = MomentField(label=_("改到"))
    place = forms.CharField(label=_("地点"), max_length=200)
    reason = text_field(_("改期的理由"), 2, max_length=5000)


class CallOffForm(BaseForm):
    reason = text_field(_("取消的理由"), 2, max_length=5000)


class AskRecusalForm(BaseForm):
    """Of the petitioner on the own page, or of the staff who enter what the petitioner said."""

    reason = forms.CharField(
        label=_("申请回避的理由"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class DecideRecusalForm(BaseForm):
    granted = forms.ChoiceField(
        label=_("决定"), choices=[("", CHOOSE), ("yes", _("同意回避")), ("no", _("不同意"))]
    )
    reason = text_field(_("理由"), 2, max_length=2000)


class RecordForm(BaseForm):
    began_at = MomentField(label=_("开始"))
    ended_at = MomentField(label=_("结束"))
    petitioner_came = forms.ChoiceField(
        label=_("信访人是否到场"),
        choices=[("", CHOOSE), ("yes", _("到场")), ("no", _("没有到场"))],
        help_text=_("没有到场不影响本件继续办理，也不是信访人的过错。"),
    )
    came = text_field(
        _("参加人"), 2, max_length=2000, help_text=_("听证人员以外的：信访人、代理人、办理单位等。")
    )
    petitioner_said = text_field(_("信访人的陈述"), required=False, max_length=20000)
    unit_said = text_field(_("办理单位的说明"), max_length=20000)
    evidence = text_field(_("证据和质证"), max_length=20000)
    opinion = text_field(_("听证意见"), max_length=20000, help_text=_("多数人的意见。"))
    minority = text_field(_("少数意见"), 2, required=False, max_length=20000)
    proofs = file_field(_("笔录、照片等（可以不传）"))

    def clean_proofs(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["proofs"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        said = data.get("petitioner_said")
        if data.get("petitioner_came") == "yes" and not said and "petitioner_said" not in self.errors:
            self.add_error("petitioner_said", _("信访人到场的，请写明其陈述。"))
        return data


class ExpertForm(BaseForm):
    kind = forms.ChoiceField(label=_("类别"), choices=[("", CHOOSE), *ExpertKind.choices])
    whom = forms.CharField(label=_("向谁征求"), max_length=200, help_text=_("专家姓名或者机构名称。"))
    question = text_field(_("要回答的问题"), max_length=20000)
    asked_on = day_field(_("征求日期"))
    due_on = day_field(_("在哪一天以前答复"), help_text=_("办理期限不因此停止。"))
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked_on"].initial = local_day(now())
        self.fields["token"].initial = new_token
        self.helper.render_unmentioned_fields = True


class ExpertAnswerForm(BaseForm):
    received_on = day_field(_("收到日期"))
    opinion = text_field(_("意见的结论"), max_length=20000)
    proofs = file_field(_("意见书（可以不传）"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = local_day(now())

    def clean_proofs(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["proofs"])

"""Forms about one session. They clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm, RowChoice
from core.uploads.recordings import ACCEPT
from core.widgets import CHOOSE
from mediation.enums import ConsentHow, Side
from mediation.models import Attendee, Party, Recording, Session
from mediation.services import minutes
from mediation.session_enums import AsWhat


class _Named(RowChoice):
    """A row by what it is called for this reader."""

    names: dict[int, str] = {}

    def label_from_instance(self, obj: Any) -> str:
        return self.names.get(obj.pk, "")


class SessionForm(BaseForm):
    """``names``: what the parties are called for whoever fills it in."""

    def __init__(self, *args: Any, session: Session, names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = session.mediation.parties.filter(left_at=None)
        for field in self.fields.values():
            if isinstance(field, _Named):
                field.queryset, field.names = here, names


class AgendaForm(SessionForm):
    text = forms.CharField(
        label=_("议程"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=minutes.MOST_POINTS * (minutes.LONGEST_POINT + 1),
        help_text=_("一行一项，例如：噪音从几点到几点；空调外机移到哪里。"),
    )


class LinkForm(SessionForm):
    side = forms.ChoiceField(label=_("给谁"), choices=Side.choices, required=False)
    url = forms.CharField(
        label=_("会议链接"),
        max_length=500,
        required=False,
        widget=forms.URLInput,
        help_text=_(
            "本区会议系统的链接，开场前不久才显示给当事人；改期或者取消以后作废，要重新填。不填就是撤掉。"
        ),
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, session=session, **kwargs)
        sides = [(one.value, one.called_in(session.mediation)) for one in Side]
        self.fields["side"].choices = [("", _("双方用同一个")), *sides]  # type: ignore[attr-defined]


class AttendForm(SessionForm):
    as_what = forms.ChoiceField(label=_("身份"), choices=AsWhat.choices)
    party = _Named(
        label=_("哪一位当事人"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=_("不随哪一位来"),
        help_text=_("陪同的人，选随哪一位来。"),
    )
    name = forms.CharField(
        label=_("陪同人的姓名"),
        max_length=60,
        required=False,
        help_text=_("当事人本人到场的，不用写。"),
    )

    def clean_as_what(self) -> AsWhat:
        return AsWhat(self.cleaned_data["as_what"])


class MinuteForm(SessionForm):
    about = _Named(
        label=_("哪一种谈话"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=_("共同谈话"),
        help_text=_("单独谈话只有这场调解的调解员能看，不给另一方，也不和共同的笔录一起打印。"),
    )
    text = forms.CharField(
        label=_("笔录"), widget=forms.Textarea(attrs={"rows": 5}), max_length=minutes.LONGEST_MINUTE
    )


class ProposeForm(SessionForm):
    party = _Named(label=_("谁提出"), queryset=Party.objects.none(), required=False, empty_label=_("调解员"))
    text = forms.CharField(
        label=_("方案"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=minutes.LONGEST_PROPOSAL,
        help_text=_("各方都会看到。单独谈话里说的、本人不愿意告诉对方的，不要写在这里。"),
    )


class AnswerForm(SessionForm):
    party = _Named(label=_("哪一位"), queryset=Party.objects.none(), empty_label=CHOOSE)
    accepted = forms.ChoiceField(
        label=_("意见"), choices=[("", CHOOSE), ("yes", _("接受")), ("no", _("不接受"))]
    )

    def clean_accepted(self) -> bool:
        return bool(self.cleaned_data["accepted"] == "yes")


class AgreeForm(BaseForm):
    attendee = _Named(label=_("到场人"), queryset=Attendee.objects.none(), empty_label=CHOOSE)
    how = forms.ChoiceField(label=_("方式"), choices=ConsentHow.choices)

    def __init__(self, *args: Any, recording: Recording, names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["attendee"]
        assert isinstance(field, _Named)
        field.queryset = recording.session.attendees.filter(left_at=None)
        field.names = names

    def clean_how(self) -> ConsentHow:
        return ConsentHow(self.cleaned_data["how"])


class KeepForm(BaseForm):
    """Either the file, or where a system of the district keeps it."""

    file = forms.FileField(
        label=_("录音录像文件"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("MP4、MP3、M4A 或 AMR。文件太大的，填写下面两项。"),
    )
    elsewhere = forms.CharField(
        label=_("存放在哪个系统、怎样查到"),
        max_length=300,
        required=False,
        help_text=_("存放在本区自己的系统里的，不用上传。"),
    )
    sha256 = forms.CharField(
        label=_("SHA-256 校验值"), max_length=100, required=False, help_text=_("从保存的系统里复制，64 位。")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, words = data.get("file"), data.get("elsewhere") or data.get("sha256")
        if "file" not in self.errors:
            if file and words:
                self.add_error(None, _("上传文件和登记存放的地方，只选一样。"))
            elif not file and not words:
                self.add_error(None, _("请上传文件，或者登记存放的地方和校验值。"))
        return data

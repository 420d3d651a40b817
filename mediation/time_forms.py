"""Forms about when a session is and who sits. They clean input; the services decide."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import BaseForm, day_field
from core.timekeeping import SHANGHAI, now
from mediation import selectors
from mediation.enums import DisputeKind
from mediation.forms import RoomAndMediator
from mediation.free_times import Ask
from mediation.models import MediationCase, Room, Session
from mediation.people_enums import Language


def _time_field(label: Any, initial: time) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial=initial
    )


class TimesForm(RoomAndMediator):
    """Room, panel and time. ``anyway`` is asked for only where the time is an unusual one."""

    beside = forms.ModelMultipleChoiceField(
        label=_("一起调解的人"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    apart = forms.BooleanField(
        label=_("分开调解：两边错开到场，分别谈"),
        required=False,
        help_text=_("有当事人须与对方分开的，必须勾选；本人明确要求当面调的，先在当事人的页面登记。"),
    )
    day = day_field(_("日期"))
    start = _time_field(_("开始"), time(9, 0))
    end = _time_field(_("结束"), time(10, 30))
    other_comes = forms.TimeField(
        label=_("对方几点到"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("分开调解的填写。“开始”是申请人（信访人）到的时间，每一方只看到自己的。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mediator"].label = _("主持的调解员")
        self.fields["beside"].queryset = selectors.mediators_today()  # type: ignore[attr-defined]
        if "anyway" in self.data:
            self.ask_anyway()

    def ask_anyway(self) -> None:
        self.fields["anyway"] = forms.BooleanField(label=_("仍按这个时间安排"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, start, end = data.get("day"), data.get("start"), data.get("end")
        if day and start and end:
            data["starts_at"] = datetime.combine(day, start, SHANGHAI)
            data["ends_at"] = datetime.combine(day, end, SHANGHAI)
            if end <= start:
                self.add_error("end", _("结束时间须晚于开始时间。"))
        other = data.get("other_comes")
        data["other_comes_at"] = datetime.combine(day, other, SHANGHAI) if day and other else None
        if data.get("apart") and not other and "other_comes" not in self.errors:
            self.add_error("other_comes", _("分开调解的，请填对方几点到，两边错开。"))
        return data

    def wanted(self) -> dict[str, Any]:
        """What the doors take of it."""
        data = self.cleaned_data
        names = ("room", "mediator", "starts_at", "ends_at", "other_comes_at")
        return {
            **{name: data[name] for name in names},
            "beside": list(data["beside"]),
            "apart": data["apart"],
            "anyway": bool(data.get("anyway")),
        }


#: What of an address fills the form in: one press on a suggestion.
SUGGESTED = ("room", "mediator", "day", "start", "end")


class SuggestForm(BaseForm):
    """What is looked for beside the form; nothing of it has to be given."""

    n = forms.IntegerField(label=_("几位调解员"), min_value=1, max_value=10, required=False, initial=1)
    minutes = forms.IntegerField(label=_("多少分钟"), min_value=15, max_value=480, required=False, initial=90)
    field = forms.ChoiceField(
        label=_("纠纷类型"), choices=[("", _("不限")), *DisputeKind.choices], required=False
    )
    language = forms.ChoiceField(
        label=_("方言或语言"), choices=[("", _("不限")), *Language.choices], required=False
    )
    women = forms.BooleanField(label=_("女性调解组"), required=False)
    anywhere = forms.BooleanField(label=_("本单位的其他调解室也可以"), required=False)

    def ask(self, mediation: MediationCase, room: Room) -> Ask:
        """The question; what was typed wrongly is left at what is usual."""
        self.is_valid()
        data = self.cleaned_data
        busy = Session.objects.filter(mediation=mediation, cancelled_at=None, ends_at__gt=now())
        field = data.get("field") or None
        return Ask(
            length=timedelta(minutes=data.get("minutes") or 90),
            rooms=() if data.get("anywhere") else [room.pk],
            unit=room.unit if data.get("anywhere") else None,
            kind=DisputeKind(field) if field else None,
            mediators=data.get("n") or 1,
            not_these=selectors.may_not_sit(mediation),
            field=DisputeKind(field) if field else None,
            language=Language(data["language"]) if data.get("language") else None,
            women_only=bool(data.get("women")),
            busy=list(busy.values_list("starts_at", "ends_at")),
        )


class ScheduleForm(TimesForm):
    women_only = forms.BooleanField(
        label=_("请女性调解组"),
        required=False,
        help_text=_("家庭纠纷当事人提出的，只安排女性调解员。"),
    )


class MoveForm(TimesForm):
    """A booked session's new time; a panel of women stays one."""

    token = None  # type: ignore[assignment]

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        start, end = session.starts_at.astimezone(SHANGHAI), session.ends_at.astimezone(SHANGHAI)
        return {
            "room": session.room_id,
            "mediator": session.mediator_id,
            "beside": [person.pk for person in session.beside],
            "apart": session.apart or selectors.sit_apart(session.mediation),
            "day": start.date(),
            "start": start.time(),
            "end": end.time(),
            "other_comes": session.other_hour or None,
        }


def room_of(text: str, otherwise: Room) -> Room:
    """The room whose times somebody looks at."""
    known = text.isdecimal() and len(text) < 10
    found: Room | None = Room.objects.filter(pk=int(text)).first() if known else None
    return found or otherwise

"""Forms of this room. They clean input; the services decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import BaseForm, RowChoice, day_field
from core.timekeeping import SHANGHAI, local_day, now
from core.widgets import CHOOSE
from mediation import selectors
from mediation.enums import SESSION_RESULTS, Result
from mediation.models import MediationCase, Room, Session
from mediation.services.booking import odd_hours


class RoomAndMediator(BaseForm):
    room = forms.ModelChoiceField(label=_("调解室"), queryset=Room.objects.none())
    mediator = forms.ModelChoiceField(label=_("调解员"), queryset=User.objects.none())
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = Room.objects.select_related("unit")  # type: ignore[attr-defined]
        self.fields["mediator"].queryset = selectors.mediators_today()  # type: ignore[attr-defined]


class OpenForm(RoomAndMediator):
    pass


class EndForm(BaseForm):
    text = forms.CharField(label=_("情况"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500)


class HoldForm(BaseForm):
    record = forms.CharField(label=_("调解记录"), widget=forms.Textarea(attrs={"rows": 5}))
    result = forms.ChoiceField(
        label=_("结果"),
        choices=[("", CHOOSE), *((result.value, result.label) for result in SESSION_RESULTS)],
    )
    agreement = forms.CharField(
        label=_("调解协议"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=_("达成协议的填写：内容、履行方式和时间。"),
    )
    apart = forms.BooleanField(label=_("这场是分开谈的（两边没有见面）"), required=False)


class HeldForm(HoldForm):
    """A session held without a booking or before its time, with the times it really had."""

    instead_of = RowChoice(
        label=_("是原来安排的哪一场"),
        queryset=Session.objects.none(),
        required=False,
        empty_label=_("没有安排过，临时开的"),
    )
    room = forms.ModelChoiceField(label=_("调解室"), queryset=Room.objects.none())
    day = day_field(_("日期"))
    start = forms.TimeField(
        label=_("实际开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    end = forms.TimeField(label=_("实际结束"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    field_order = ("instead_of", "room", "day", "start", "end", "record", "result", "agreement", "apart")

    def ask_anyway(self) -> None:
        self.fields["anyway"] = forms.BooleanField(label=_("确实是这个时间"), required=False)

    def __init__(self, *args: Any, mediation: MediationCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned = Session.objects.filter(mediation=mediation, cancelled_at=None, held_at=None)
        booked = self.fields["instead_of"]
        booked.queryset = planned.select_related("room").order_by("starts_at")  # type: ignore[attr-defined]
        booked.label_from_instance = lambda one: f"{one.day.isoformat()} {one.hours} {one.room.name}"  # type: ignore[attr-defined]
        # One that was booked when the form was opened, and no longer is, is told rather than passed over.
        if not self.data.get("instead_of") and not booked.queryset.exists():  # type: ignore[attr-defined]
            del self.fields["instead_of"]
        self.fields["room"].queryset = Room.objects.select_related("unit")  # type: ignore[attr-defined]
        self.fields["room"].initial = mediation.room_id
        self.fields["day"].initial = local_day(now())
        self.fields["end"].initial = now().time()
        if "anyway" in self.data:
            self.ask_anyway()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, start, end = data.get("day"), data.get("start"), data.get("end")
        if start and end and not self.data.get("anyway") and (why := odd_hours(start, end)):
            self.ask_anyway()
            self.add_error("start", _("%(why)s请核对；确实是这个时间的，请勾选再保存。") % {"why": why})
        if day and start and end:
            data["starts_at"] = datetime.combine(day, start, SHANGHAI)
            data["ends_at"] = datetime.combine(day, end, SHANGHAI)
            if end <= start:
                self.add_error("end", _("结束时间须晚于开始时间。"))
            elif data["ends_at"] > now():
                self.add_error("end", _("结束时间还没有到，请在调解结束以后记录。"))
        agreed = data.get("result") == Result.AGREED
        if agreed and not data.get("agreement"):
            self.add_error("agreement", _("达成协议的，请写明协议内容。"))
        elif data.get("result") and not agreed and data.get("agreement"):
            self.add_error("agreement", _("没有达成协议的，不要填写协议内容。"))
        return data

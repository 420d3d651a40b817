"""Forms about when a session is and who sits. They clean input; the services decide."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import day_field
from core.timekeeping import SHANGHAI
from mediation import selectors
from mediation.forms import RoomAndMediator
from mediation.models import Room, Session


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
    day = day_field(_("日期"))
    start = _time_field(_("开始"), time(9, 0))
    end = _time_field(_("结束"), time(10, 30))

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
        return data

    def wanted(self) -> dict[str, Any]:
        """What the doors take of it."""
        data = self.cleaned_data
        names = ("room", "mediator", "starts_at", "ends_at")
        return {
            **{name: data[name] for name in names},
            "beside": list(data["beside"]),
            "anyway": bool(data.get("anyway")),
        }


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
            "day": start.date(),
            "start": start.time(),
            "end": end.time(),
        }


def room_of(text: str, otherwise: Room) -> Room:
    """The room whose times somebody looks at."""
    known = text.isdecimal() and len(text) < 10
    found: Room | None = Room.objects.filter(pk=int(text)).first() if known else None
    return found or otherwise

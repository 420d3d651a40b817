from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.duty import LONGEST_NOTE, Turn, hours_of
from core.forms import BaseForm
from core.timekeeping import now


class WeekForm(BaseForm):
    """A week's turns, one box each; those that have begun are shown and not asked."""

    def __init__(
        self, *args: Any, monday: date, people: QuerySet[User], given: dict[Turn, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.turns: dict[str, Turn] = {}
        self.rows: list[tuple[date, list[tuple[str, Any, str]]]] = []
        at = now()
        for n in range(7):
            day = monday + timedelta(days=n)
            cells: list[tuple[str, Any, str]] = []
            for place, (name, _start, _end) in enumerate(settings.DUTY_TURNS):
                shift = given.get((day, place))
                if hours_of(day, place)[0] <= at:
                    cells.append((name, None, shift.user.get_full_name() if shift else ""))
                    continue
                key = f"t{n}_{place}"
                self.fields[key] = forms.ModelChoiceField(
                    label=f"{day:%m-%d} {name}",
                    queryset=people,
                    required=False,
                    initial=shift.user_id if shift else None,
                    empty_label=_("不安排"),
                )
                self.turns[key] = (day, place)
                cells.append((name, key, ""))
            self.rows.append((day, cells))

    def bound_rows(self) -> list[tuple[date, list[tuple[str, Any, str]]]]:
        """Days with their turns: name, box (None where it has begun), who had it then."""
        return [
            (day, [(name, self[key] if key else None, who) for name, key, who in cells])
            for day, cells in self.rows
        ]

    def chosen(self) -> dict[Turn, User | None]:
        return {turn: self.cleaned_data.get(key) for key, turn in self.turns.items()}


class HandOverForm(BaseForm):
    note = forms.CharField(
        label=_("交班情况"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明未办事项的编号和要做的事；不写信访人姓名。没有的写“无”。"),
    )

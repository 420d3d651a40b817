"""Which running clocks a change reaches, and what each goes over to: the same for all its batches and second looks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from deadlines.arithmetic import Due
from deadlines.models import CalendarTable, Clock, ClockEntry, SecondLook
from deadlines.services import moving
from deadlines.services.moving import Choose, Free


@dataclass(frozen=True)
class Reach:
    """``which`` clocks, the rule that each goes over to, and whether one may be due earlier by a calendar."""

    which: Q
    choose: Choose | None = None
    free: Free | None = None


def reach_of(look: SecondLook) -> Reach:
    """Of the clocks that the change is about those that it has not reached."""
    if look.rule is None:
        assert look.year is not None
        return Reach(moving.by_calendar(look.year), free=_free(look.year))
    if look.leaving:
        assert look.rule.valid_until is not None
        choose = moving.away_from(look.rule, look.rule.valid_until)
        return Reach(moving.under_version(look.rule), choose)
    elsewhere = moving.under_rule(look.rule.code) & ~moving.under_version(look.rule)
    return Reach(elsewhere, moving.over_to(look.rule, look.rule.valid_from))


def _free(year: int) -> Free | None:
    """Where the year's table took a mistaken one back, what was counted by that may come nearer."""
    table = CalendarTable.objects.filter(year=year).select_related("takes_back").order_by("-pk").first()
    return counted_by(table.takes_back) if table is not None and table.takes_back is not None else None


def counted_by(table: CalendarTable) -> Free:
    """Whether a date may come nearer: it goes by the mistaken table, and no line of the clock's ledger from before that
    table put it further off than it would be now. One query for each clock that would come nearer."""

    def free(clock: Clock, due: Due) -> bool:
        if (clock.explanation.get("calendar") or 0) < table.pk:
            return False
        if due.due_at >= clock.due_at:
            return True
        lines = ClockEntry.objects.filter(clock_class=clock._meta.label_lower, clock_id=clock.pk)
        relied = lines.filter(calendar__lt=table.pk).order_by("-pk").values_list("due_at", flat=True).first()
        return relied is None or due.due_at >= relied

    return free

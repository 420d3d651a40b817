"""Reads addresses of tables. Whatever cannot be read is a Refusal with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day, now
from reports.periods import FIRST_YEAR
from reports.selectors.behind import SIDES, WHOLE
from tables import rules
from tables.measures import MEASURES, Measure
from tables.models import SavedTable

#: Kinds of files a table is taken out as, and what people call them.
FORMS = {"xlsx": "XLSX", "csv": "CSV"}


def table_of(actor: Actor, pk: int) -> SavedTable:
    """A table the actor may open, with what is printed of it.

    Raises:
        Refusal: ``"forbidden"``: this hat reads no statistics; ``"not_found"``: there is none, or not any more.
    """
    rules.require_reader(actor)
    found = rules.visible_to(actor).select_related("owner__user", "owner__unit", "unit", "place", "schedule")
    row = found.filter(pk=pk).first()
    if row is None:
        raise Refusal(_("没有这张统计表：可能已经删除，或不再共享给您这个岗位。"), code="not_found")
    return row


def day_of(asked: Mapping[str, str]) -> date:
    """The day on which the period is meant; today by default, and never later."""
    today = local_day(now())
    if not asked.get("day"):
        return today
    try:
        day = date.fromisoformat(asked["day"])
    except ValueError:
        day = date.min
    if not day.year > FIRST_YEAR:
        raise Refusal(_("日期写得不对，请从统计表重新点开。"), code="invalid")
    return min(day, today)


def form_of(text: str) -> str:
    """Raises Http404: nobody is led to another kind of file."""
    if text not in FORMS:
        raise Http404
    return text


def at_of(asked: Mapping[str, str]) -> datetime:
    """The moment a running span was counted; now by default, and never later."""
    if not asked.get("at"):
        return now()
    try:
        moment = datetime.fromisoformat(asked["at"])
    except ValueError:
        moment = datetime.min
    if moment.tzinfo is None or not moment.year > FIRST_YEAR:
        raise Refusal(_("时间写得不对，请从统计表重新点开。"), code="invalid")
    return min(moment, now())


def number_of(table: SavedTable, code: str, asked: Mapping[str, str]) -> tuple[Measure, str]:
    """The measure and the side of it. Raises Http404: nobody is led there by a link."""
    side = asked.get("side", WHOLE)
    if code not in MEASURES or code not in table.measures or side not in SIDES:
        raise Http404
    return MEASURES[code], side

"""What a table says of itself beside its numbers: they are of now, and which of its months were frozen."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from reports.selectors.frozen import latest_of
from tables.selectors.counting import View


@dataclass(frozen=True)
class FrozenMonth:
    """A month of the period, with the version of it that holds and the address of its page."""

    label: str
    version: int
    url: str


def frozen_months(view: View) -> list[FrozenMonth]:
    """Months that a day of the period is in and that were frozen. Two queries."""
    unit = view.reading.unit
    found = sorted(latest_of(unit, view.span.months).items(), key=lambda one: one[0].first_day)
    page = reverse("reports:month")
    return [
        FrozenMonth(
            month.label, freeze.version, f"{page}?{urlencode({'month': str(month), 'unit': unit.pk})}"
        )
        for month, freeze in found
    ]


def sentence(months: list[FrozenMonth]) -> str:
    """For a file, which is read where there is no page to follow."""
    said = _("数字按导出时的记录计，不是冻结的数。")
    if months:
        one = _("%(month)s（第 %(n)d 版）")
        which = "、".join(one % {"month": each.label, "n": each.version} for each in months)
        said += _("%(which)s已经冻结，与这里不同的，以冻结的月报为准。") % {"which": which}
    return said

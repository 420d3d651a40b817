"""Questions to the tables of papers."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.querysets import valid_on
from core.errors import Refusal
from core.timekeeping import han_date
from documents.enums import PaperKind, Series
from documents.models import Paper, PaperCounter, PaperSeries, PaperTemplate

#: 机关代字〔year〕serial号
NUMBER = re.compile(r"^(?P<word>.+)〔(?P<year>\d{4})〕(?P<serial>\d{1,9})号$")


def template_on(kind: str, day: date) -> PaperTemplate:
    """The version under which a paper is drafted on that day. Raises Refusal (code "invalid") where there is none."""
    found = PaperTemplate.objects.filter(valid_on(day), kind=kind).first()
    if found is None:
        words = {"day": han_date(day), "paper": PaperKind(kind).label}
        raise Refusal(_("%(day)s没有启用的%(paper)s模板，请先由系统管理员启用。") % words, code="invalid")
    return found


def papers_about(about: str) -> QuerySet[Paper]:
    """Every paper about something (``petition:123``), oldest first, with template and unit. Rights: the caller's."""
    return Paper.objects.filter(about=about).select_related("template", "unit", "corrects")


def series_of(unit: Unit, series: str) -> PaperSeries | None:
    """The unit's word for that series, or the one for all of them."""
    rows = {row.series: row for row in PaperSeries.objects.filter(unit=unit)}
    return rows.get(series) or rows.get(Series.GENERAL)


def given_here_alone(number: str) -> bool:
    """Whether only this system can have given that 文号: it stands on a paper of here, or lies beyond the last one of a
    series that is kept here. What a unit numbered before it came here stands below. Two queries."""
    parts = NUMBER.match(number)
    if parts is None:
        return False
    word, year, serial = parts["word"], int(parts["year"]), int(parts["serial"])
    if Paper.objects.filter(word=word, year=year, serial=serial).exists():
        return True
    kept = PaperCounter.objects.filter(series__word=word, year=year).first()
    return kept is not None and serial > kept.last

"""政法 units: courts and procuratorates by their kind, and whoever else the district names (``LEGAL_UNITS``), such as
政法委 or the police. 涉法涉诉 matters go to them (条例 22, 28)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Q

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.querysets import UnitQuerySet


def is_legal(unit: Unit) -> bool:
    return unit.kind == UnitKind.COURT_PROCURATORATE or unit.name in settings.LEGAL_UNITS


def bodies(on: date) -> UnitQuerySet:
    """Those of that day, by their place in the tree. Empty: the district has none in its tree."""
    found: UnitQuerySet = Unit.objects.active(on).filter(
        Q(kind=UnitKind.COURT_PROCURATORATE) | Q(name__in=settings.LEGAL_UNITS)
    )
    return found.order_by("path")

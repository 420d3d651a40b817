"""Which packages are proposed for the next level (提级): those past their day, and those that failed at their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from core.timekeeping import han_date, local_day
from leaders.enums import PackageLevel, ProposalGround, StrikeOffState
from leaders.models import CasePackage, PackageHandover, PackageReopening, StrikeOff


def open_packages() -> QuerySet[CasePackage]:
    rows = CasePackage.objects.open().filter(petition__sealed=False)
    found: QuerySet[CasePackage] = rows.select_related("petition", "post__unit", "post__user")
    return found


def due(at: datetime, most: int) -> Iterator[tuple[ProposalGround, CasePackage, str]]:
    """Ground, package and the figure in words; none at the highest level. At most so many of each ground."""
    below = open_packages().filter(level__lt=PackageLevel.CHIEF)
    for package in below.filter(target_on__lt=local_day(at)).order_by("target_on", "id")[:most]:
        yield ProposalGround.OVERDUE, package, _late_words(package, at)
    for package in _failed(below)[:most]:
        yield ProposalGround.FAILED, package, _failed_words(package)


def _late_words(package: CasePackage, at: datetime) -> str:
    days = (local_day(at) - package.target_on).days
    return _("%(level)s包案，超目标日期 %(n)d 天") % {"level": package.get_level_display(), "n": days}


def _failed(packages: QuerySet[CasePackage]) -> QuerySet[Any]:
    """销案 was refused, or the matter came back after it, in the hands that have it now: what failed before it was
    handed on was answered by handing it on."""
    handed = PackageHandover.objects.filter(package=OuterRef("pk")).order_by().values("package")
    refused = StrikeOff.objects.filter(package=OuterRef("pk"), state=StrikeOffState.REFUSED)
    back = PackageReopening.objects.filter(package=OuterRef("pk"))
    marked = packages.annotate(
        in_hand_since=Coalesce(Subquery(handed.annotate(last=Max("at")).values("last")), "assigned_at"),
        refused_at=Subquery(refused.order_by("-decided_at").values("decided_at")[:1]),
        back_at=Subquery(back.order_by("-at").values("at")[:1]),
    )
    # The later of the two, or the one that there is.
    failed = marked.annotate(failed_at=Greatest("refused_at", "back_at"))
    return failed.filter(failed_at__gt=F("in_hand_since")).order_by("failed_at", "id")


def _failed_words(package: Any) -> str:
    words = (
        _("%(day)s 销案申请没有同意")
        if package.failed_at == package.refused_at
        else _("%(day)s 销案后又反映，恢复包案")
    )
    return f"{package.get_level_display()}包案，{words % {'day': han_date(package.failed_at)}}"

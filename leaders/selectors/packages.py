"""A package's row on a list or a page: its lamp and the reason for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.timekeeping import local_day, now
from deadlines.enums import Lamp
from leaders.models import CasePackage
from petitions.models import Petition


@dataclass(frozen=True)
class PackageRow:
    """A package with its lamp and the reason for the lamp in words."""

    package: CasePackage
    clock: Any
    lamp: Lamp
    reason: str
    #: What else is late: the case itself, by the law's own clock.
    note: str
    #: The package has no leader any more who may read the case (条例 28); the office finds another.
    recused: str = ""

    @property
    def tone(self) -> str:
        return "done" if self.lamp == Lamp.GREEN else self.lamp.value


def package_row(package: CasePackage, at: datetime | None = None) -> PackageRow:
    """Green, yellow before the date, red after it (domain A4), and why. ``with_row_relations`` comes first."""
    at = at or now()
    clock = next(iter(getattr(package, "ordered_clocks", [])), None)
    lamp = clock.lamp(at) if clock else Lamp.GREEN
    due_at = package.petition.due_at
    note = _("案件办理期限已过") if due_at is not None and due_at < at else ""
    recused = ""
    if package.is_open and getattr(package, "leader_recused", False):
        recused = _("领导已回避，请另行安排")
    elif package.is_open and not (package.post.held_on(local_day(at)) and package.leader.is_active):
        recused = _("领导已离任，待交接")
    return PackageRow(package, clock, lamp, _reason(package, lamp, at), note, recused)


def _reason(package: CasePackage, lamp: Lamp, at: datetime) -> str:
    if not package.is_open:
        return _("%(day)s 销案") % {"day": local_day(package.struck_off_at or at).isoformat()}
    apart = (package.target_on - local_day(at)).days
    if lamp == Lamp.RED:
        words = _("超目标日期 %(n)d 天") % {"n": max(-apart, 1)}
    elif apart == 0:
        words = _("今天到目标日期")
    elif lamp == Lamp.YELLOW:
        words = _("再过 %(n)d 天到目标日期") % {"n": apart}
    else:
        words = _("目标 %(day)s，还有 %(n)d 天") % {"day": package.target_on.isoformat(), "n": apart}
    return words


def package_rows(packages: Any, at: datetime | None = None) -> list[PackageRow]:
    return [package_row(package, at) for package in packages]


def own_package_on(petition: Petition, actor: Actor) -> CasePackage | None:
    """The leader's own open package of a case."""
    return CasePackage.objects.open().holding([petition.pk]).filter(leader=actor.user).first()

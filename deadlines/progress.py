"""How far changes have come that are carried out in batches (``deadlines.services.big_moves``)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from deadlines.models import SecondLook


def moves_under_way(code: str = "", *, rules: bool = True) -> list[str]:
    """One sentence for each, of one code, of all rules, or of the calendar. Tenths and no counts: sealed clocks are
    among them, and inspectors read these pages (条例 30). One query."""
    which = Q(rule__code=code) if code else Q(rule__isnull=not rules)
    found = SecondLook.objects.filter(which, total__isnull=False, carried_at=None).select_related("rule")
    return [_sentence(look) for look in found.order_by("pk")]


def _sentence(look: SecondLook) -> str:
    what = look.rule.name if look.rule is not None else _("%(year)d 年日历") % {"year": look.year}
    tenths = min(9, 10 * look.looked_at // max(1, look.total or 1))
    words = _("“%(what)s”的改动正在分批进行，已完成约 %(tenths)d 成；还没改到的期限暂按原来的日期。")
    return words % {"what": what, "tenths": tenths}

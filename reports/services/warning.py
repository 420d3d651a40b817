"""Warning units by rule (红榜预警), and clearing a warning when what it was for is mended."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit
from accounts.selectors import holders
from accounts.services import audit
from core.timekeeping import local_day, now
from deadlines.rulebook import rulebook
from notifications.services import notify
from reports.models import UnitWarning
from reports.selectors.bulletin import what_to_do, why
from reports.selectors.units_late import measured


def look(*, at: datetime | None = None) -> tuple[int, int]:
    """Warn the units that a rule names and that have no open warning by it; clear those no rule names any more.

    On working days alone: a head is told when the unit can act. Gives how many were warned and cleared.
    """
    at = at or now()
    if not rulebook().calendar.is_workday(local_day(at)):
        return 0, 0
    with transaction.atomic():
        there = {
            (one.unit_id, one.rule): one
            for one in UnitWarning.objects.select_for_update().filter(cleared_at=None)
        }
        named = {(one.unit.pk, one.rule.value): one for one in measured(at)}
        warned = [
            UnitWarning.objects.create(
                unit=one.unit, rule=one.rule, value=one.value, whole=one.whole,
                threshold=one.threshold, warned_at=at,
            )
            for key, one in named.items()
            if key not in there
        ]  # fmt: skip
        for row in warned:
            _say(row, _("红榜预警：%(why)s。%(do)s") % {"why": why(row), "do": what_to_do(row)}, "warned", at)
        mended = [row for key, row in there.items() if key not in named]
        for row in mended:
            row.cleared_at = at
            row.save(update_fields=["cleared_at"])
            text = _("红榜预警已解除：%(rule)s已经回到预警线以下。") % {"rule": row.get_rule_display()}
            _say(row, text, "cleared", at)
    return len(warned), len(mended)


def _say(row: UnitWarning, text: str, key: str, at: datetime) -> None:
    audit.record(actor=Actor.system(), act=f"warning.{key}", obj=row, detail={"unit": row.unit_id}, at=at)
    notify(
        recipients=_heads(row.unit, at),
        text=text,
        link=reverse("reports:warnings"),
        dedupe_key=f"warning:{row.pk}:{key}",
        level="soon" if key == "warned" else "info",
        at=at,
    )


def _heads(unit: Unit, at: datetime) -> set[int]:
    """The unit's heads; where it has none, whoever handles cases there."""
    posts = holders(Role.UNIT_HEAD, unit=unit, at=at) or holders(Role.HANDLER, unit=unit, at=at)
    return {post.user_id for post in posts}

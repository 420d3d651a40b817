"""Changing a rule: what was found under the old version keeps it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from supervision import rules
from supervision.enums import Ground, Opens, SupervisionAct
from supervision.models import SupervisionRule

FIELDS = ("threshold", "window_days", "least", "demand", "days", "opens", "enabled")


def change_rule(
    *,
    rule: SupervisionRule,
    actor: Actor,
    threshold: int,
    days: int,
    demand: str,
    opens: Opens,
    enabled: bool,
    window_days: int | None = None,
    least: int | None = None,
    at: datetime | None = None,
) -> SupervisionRule:
    """A new version from today; the old one ends. One that began today is changed in place. Low ratings are never
    opened at once: what they mean is for a person to see (domain G).

    Raises Refusal: not one's right, numbers out of bounds, or a version that has ended.
    """
    at = at or now()
    rules.require(SupervisionAct.CHANGE_RULE, actor)
    day, demand = local_day(at), said(demand, _("请写明督办要求。"), longest=2000)
    _check(Ground(rule.ground), threshold, days, opens, window_days, least)
    new = dict(zip(FIELDS, (threshold, window_days, least, demand, days, opens, enabled), strict=True))
    with transaction.atomic():
        row = SupervisionRule.objects.select_for_update().get(pk=rule.pk)
        if row.valid_until is not None:
            raise Refusal(_("没有生效：这条规则已经有新的版本。"), code="stale")
        was = {name: getattr(row, name) for name in FIELDS}
        if row.valid_from < day:
            row.valid_until = day
            row.save(update_fields=["valid_until"])
            row = SupervisionRule(ground=row.ground, basis=row.basis, valid_from=day)
        for name, value in new.items():
            setattr(row, name, value)
        row.save()
        changed = {name: str(new[name]) for name in FIELDS if was[name] != new[name]}
        detail = {"ground": row.ground, "fields": sorted(changed)}
        audit.record(actor=actor, act="supervision.rule", obj=row, detail=detail, at=at)
    return row


def _check(
    ground: Ground, threshold: int, days: int, opens: Opens, window_days: int | None, least: int | None
) -> None:
    if not 1 <= threshold <= 365 or not 1 <= days <= 365:
        raise Refusal(_("起点和反馈天数填 1 到 365。"), code="invalid")
    if ground is not Ground.LOW_RATING:
        return
    if threshold > 100:
        raise Refusal(_("不满意的比例填 1 到 100。"), code="invalid")
    if opens == Opens.AT_ONCE:
        raise Refusal(_("满意度低须由督查专员核实后发出。"), code="invalid")
    if least is None or least < 5:
        raise Refusal(_("最少件数不少于 5：件数太少会看出是谁评价的。"), code="invalid")

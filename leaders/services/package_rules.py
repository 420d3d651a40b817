"""By which rules cases are proposed for a package: thresholds that the office sets, each from the next day on."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct, ProposalGround
from leaders.models import PackageRule
from leaders.models.proposals import RULED

#: Ten years of days, and more people than a county's square holds.
GREATEST = 3_650


def set_rule(
    *, actor: Actor, ground: ProposalGround, threshold: int | None, at: datetime | None = None
) -> PackageRule | None:
    """From tomorrow (Asia/Shanghai) the ground proposes from ``threshold`` on, or no more (None). Tonight's run still
    goes by what holds today. What was set for tomorrow before is replaced; what held is kept with its days.

    Raises Refusal: not one's right, not a ground of rules, out of range, or as it is already.
    """
    at = at or now()
    rules.require(LeaderAct.SET_RULE, actor)
    if ground not in RULED:
        raise Refusal(_("请从列表中选择情形。"), code="invalid")
    if threshold is not None and not 1 <= threshold <= GREATEST:
        raise Refusal(_("请填写 1 到 %(n)d 之间的数。") % {"n": GREATEST}, code="invalid")
    tomorrow = local_day(at) + timedelta(days=1)
    with transaction.atomic():
        rows = PackageRule.objects.select_for_update().filter(ground=ground)
        last = rows.order_by("-valid_from").first()
        stands = last.threshold if last is not None and last.valid_until is None else None
        if stands == threshold:
            raise Refusal(_("没有改动：这条规则已经是这样。"), code="stale")
        # Of tomorrow's nothing was proposed yet.
        rows.filter(valid_from__gte=tomorrow).delete()
        rows.filter(valid_until=None).update(valid_until=tomorrow)
        made = None
        if threshold is not None:
            made = PackageRule.objects.create(ground=ground, threshold=threshold, valid_from=tomorrow)
        detail = {"ground": str(ground), "threshold": threshold, "from": tomorrow.isoformat()}
        audit.record(actor=actor, act="package.rule", obj=made or last, detail=detail, at=at)
    return made
